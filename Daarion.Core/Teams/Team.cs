using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Teams;

/// <summary>A team and its members. What may become of them is decided here; that it stays so under concurrency, by the row's lock and the database's constraints.</summary>
internal sealed class Team
{
    /// <summary>How long a deletion can be undone.</summary>
    public static readonly TimeSpan RestoreLimit = TimeSpan.FromDays(30);

    private readonly List<Member> members = [];

    private Team()
    {
    }

    public TeamId Id { get; private set; }

    public string Name { get; private set; } = string.Empty;

    public string Slug { get; private set; } = string.Empty;

    public TeamMode Mode { get; private set; }

    public TeamState State { get; private set; }

    public TeamPlan Plan { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset? ArchivedAt { get; private set; }

    public long Version { get; private set; }

    public IReadOnlyList<Member> Members => members;

    public DateTimeOffset? RestorableUntil => ArchivedAt + RestoreLimit;

    public bool IsCity => Id == TeamId.WellKnown();

    public static Team New(string name, string slug, TeamMode mode, UserId owner, DateTimeOffset at)
    {
        var team = new Team { Id = TeamId.New(at), Name = Names.Checked(name, "name"), Slug = slug, Mode = mode, State = TeamState.Active, Plan = TeamPlan.Freemium, CreatedAt = at, Version = 1 };
        team.members.Add(new Member(team.Id, owner, TeamRole.Owner, null, at));
        return team;
    }

    public Member? Find(UserId user) => members.Find(member => member.UserId == user);

    /// <summary>A member, or <c>not_found</c>.</summary>
    public Member Get(UserId user) => Find(user) ?? throw CityException.NotFound("member");

    /// <summary>Adds a person. A team that has no member yet (the city at its first start) gets its Owner this way; no other ever does.</summary>
    public Member Add(UserId user, TeamRole role, ViewerType? viewerType, DateTimeOffset at)
    {
        if (role == TeamRole.Owner && members.Count > 0)
        {
            throw CityException.Invalid("role", "A team has one Owner; transfer the ownership instead.");
        }

        if (Find(user) is not null)
        {
            throw CityException.Conflict("This person is a member already.", "already_member");
        }

        RequireRoleFits(role);

        var member = new Member(Id, user, role, viewerType, at);
        members.Add(member);
        return member;
    }

    public Member Remove(UserId user)
    {
        var member = Get(user);
        if (member.Role == TeamRole.Owner)
        {
            throw CityException.Conflict("The Owner leaves only after transferring the ownership to another member.", "owner_must_transfer");
        }

        members.Remove(member);
        return member;
    }

    public Member ChangeRole(UserId user, TeamRole role, ViewerType? viewerType)
    {
        var member = Get(user);
        if (role == TeamRole.Owner || member.Role == TeamRole.Owner)
        {
            throw CityException.Conflict("Ownership changes only by transferring it.", "owner_must_transfer");
        }

        RequireRoleFits(role);

        member.Become(role, viewerType);
        return member;
    }

    /// <summary>The first half of a transfer: the Owner steps back. The database allows no moment with two.</summary>
    public Member StepBack(UserId successor)
    {
        var next = Get(successor);
        var owner = members.Single(member => member.Role == TeamRole.Owner);
        if (owner == next)
        {
            throw CityException.Conflict("This person is the Owner already.", "already_owner");
        }

        owner.Become(TeamRole.Guardian, null);
        return owner;
    }

    /// <summary>The second half of a transfer.</summary>
    public Member StepUp(UserId successor)
    {
        var next = Get(successor);
        next.Become(TeamRole.Owner, null);
        return next;
    }

    public void Rename(string name)
    {
        RequireNotArchived();
        Name = Names.Checked(name, "name");
    }

    public void ChangeMode(TeamMode mode)
    {
        RequireNotArchived();
        if (IsCity && mode == TeamMode.Public)
        {
            throw CityException.Conflict("The city's own team stays confidential.", "city_team");
        }

        Mode = mode;
    }

    public void ChangePlan(TeamPlan plan)
    {
        RequireNotArchived();
        Plan = plan;
    }

    public void ChangeState(TeamState state)
    {
        RequireNotArchived();
        if (state == TeamState.Archived)
        {
            throw CityException.Invalid("state", "Delete the team to archive it.");
        }

        RequireNotCity();
        State = state;
    }

    public void Archive(DateTimeOffset at)
    {
        RequireNotArchived();
        RequireNotCity();
        (State, ArchivedAt) = (TeamState.Archived, at);
    }

    public void Restore(DateTimeOffset at)
    {
        if (State != TeamState.Archived)
        {
            throw CityException.Conflict("This team is not deleted.", "not_archived");
        }

        if (at > RestorableUntil)
        {
            throw CityException.Conflict("A deletion can be undone within 30 days.", "restore_expired");
        }

        (State, ArchivedAt) = (TeamState.Active, null);
    }

    /// <summary>Refuses a change made from a version that is not the current, also one that would change nothing.</summary>
    public void RequireVersion(long? expectedVersion)
    {
        if (expectedVersion is { } expected && expected != Version)
        {
            throw CityException.Conflict("Somebody else has changed this team since; read it again.", "stale_version");
        }
    }

    /// <summary>Counts a change.</summary>
    public void Touch() => Version++;

    /// <summary>The members of the city's own team are its operators: a Visitor there would see nothing and yet be one of them.</summary>
    public void RequireRoleFits(TeamRole role)
    {
        if (IsCity && role == TeamRole.Visitor)
        {
            throw CityException.Invalid("role", "The city's own team has no Visitors; make an operator a Guardian or a Member.");
        }
    }

    private void RequireNotArchived()
    {
        if (State == TeamState.Archived)
        {
            throw CityException.Conflict("This team is deleted; restore it first.", "archived");
        }
    }

    private void RequireNotCity()
    {
        if (IsCity)
        {
            throw CityException.Conflict("The city's own team cannot be locked or deleted.", "city_team");
        }
    }
}
