using System.Globalization;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Teams;

/// <summary>The operations on members. Each holds the team's row while it works.</summary>
internal sealed partial class MembershipService(TeamsDbContext db, IAccess access, IPolicyCache policies, IMail mail) : IMembershipService
{
    public async Task<Page<MemberView>> List(Caller caller, ListMembers request, CancellationToken ct)
    {
        await access.Require(caller, "team.read", ResourceRef.Team(request.TeamId), ct);
        var page = request.Page.Checked();
        var after = PageCursor.Decode(page.Cursor, 2);
        var afterRank = after is null ? -1 : int.TryParse(after[0], NumberStyles.None, CultureInfo.InvariantCulture, out var rank) ? rank : throw CityException.Invalid("cursor", "This is not a cursor of this list; begin again without one.");
        var (afterId, pattern, role) = (after?[1] ?? string.Empty, TeamViews.Pattern(request.Search), request.Role is { } wanted ? Words.Of(wanted) : null);
        var members = db.Members.FromSql(
            $"""
            select m.* from teams.team_members m join teams.users u on u.id = m.user_id
            where m.team_id = {request.TeamId.Value}
              and ({role}::text is null or m.role = {role})
              and ({pattern}::text is null or u.display_name ilike {pattern} or u.email ilike {pattern})
              and (array_position(array['owner', 'guardian', 'member', 'visitor'], m.role) - 1, m.user_id) > ({afterRank}, {afterId})
            """);
        var rows = await members.AsNoTracking()
            .Join(db.Users, member => member.UserId, user => user.Id, (member, user) => new { member, user })
            .OrderBy(row => row.member.Role == TeamRole.Owner ? 0 : row.member.Role == TeamRole.Guardian ? 1 : row.member.Role == TeamRole.Member ? 2 : 3)
            .ThenBy(row => row.member.UserId)
            .Take(page.Limit + 1)
            .Select(row => new MemberView(row.member.TeamId, row.member.UserId, row.user.DisplayName, row.user.Email, row.member.Role, row.member.ViewerType, row.member.JoinedAt))
            .ToListAsync(ct);
        return Page<MemberView>.From(rows, page, member => [((int)TeamRole.Owner - (int)member.Role).ToString(CultureInfo.InvariantCulture), member.UserId.Value]);
    }

    public async Task<MemberView> Get(Caller caller, GetMember request, CancellationToken ct)
    {
        await access.Require(caller, "team.read", ResourceRef.Team(request.TeamId), ct);
        var row = await db.Members.AsNoTracking()
            .Where(member => member.TeamId == request.TeamId && member.UserId == request.UserId)
            .Join(db.Users, member => member.UserId, user => user.Id, (member, user) => new { member, user })
            .SingleOrDefaultAsync(ct) ?? throw CityException.NotFound("member");
        return row.member.View(row.user);
    }

    public async Task<MemberAdded> Add(Caller caller, AddMember request, CancellationToken ct)
    {
        await RequireManaging(caller, "team.member.add", request.TeamId, request.Role is TeamRole.Guardian or TeamRole.Owner, ct);
        if ((request.UserId is null) == (request.Email is null))
        {
            throw CityException.Invalid("user_id", "Give either user_id or email.");
        }

        EmailAddress? email = request.Email is null ? null : EmailAddress.Parse(request.Email);
        var letter = default(Letter);
        var added = await db.Transact(
            async token =>
            {
                var team = await db.Lock(request.TeamId, token);
                var user = request.UserId is { } id
                    ? await db.Users.SingleOrDefaultAsync(person => person.Id == id, token) ?? throw CityException.Invalid("user_id", "There is no such person.")
                    : await db.Users.SingleOrDefaultAsync(person => person.Email == email!.Value.Value, token);
                if (user is null)
                {
                    (var invitation, letter) = await Invite(caller, team, email!.Value, request, token);
                    return new MemberAdded(null, invitation);
                }

                var member = team.Add(user.Id, request.Role, request.ViewerType, db.Now);
                db.Publish(new TeamMemberJoined(team.Id, user.Id, member.Role, member.ViewerType), team.Id.Value, team.Id);
                Record(team, "added", user.Id, ("role", Words.Of(member.Role)));
                letter = user.Id == caller.User ? null : new AddedToTeamLetter(user.Email, user.Locale, team.Name, team.Id);
                return new MemberAdded(member.View(user), null);
            },
            ct);
        if (added.Member is { } joined)
        {
            policies.ForgetMembership(joined.TeamId, joined.UserId);
        }

        if (letter is not null)
        {
            mail.Post(letter);
        }

        return added;
    }

    public async Task<MemberView> Remove(Caller caller, RemoveMember request, CancellationToken ct)
    {
        var leaving = caller.User == request.UserId;
        await access.Require(caller, leaving ? "team.leave" : "team.member.remove", ResourceRef.Team(request.TeamId), ct);
        var removed = await db.Transact(
            async token =>
            {
                var team = await db.Lock(request.TeamId, token);
                if (!leaving && team.Get(request.UserId).Role == TeamRole.Guardian)
                {
                    await access.Require(caller, "team.guardian.manage", ResourceRef.Team(team.Id), token);
                }

                var member = team.Remove(request.UserId);
                db.Publish(new TeamMemberLeft(team.Id, member.UserId, member.Role, member.ViewerType), team.Id.Value, team.Id);
                Record(team, leaving ? "left" : "removed", member.UserId, ("role", Words.Of(member.Role)));
                return member.View(await db.Users.SingleAsync(user => user.Id == member.UserId, token));
            },
            ct);
        policies.ForgetMembership(removed.TeamId, removed.UserId);
        return removed;
    }

    public async Task<MemberView> ChangeRole(Caller caller, ChangeMemberRole request, CancellationToken ct)
    {
        await RequireManaging(caller, "team.member.change_role", request.TeamId, request.Role == TeamRole.Guardian, ct);
        var changed = await db.Transact(
            async token =>
            {
                var team = await db.Lock(request.TeamId, token);
                if (team.Get(request.UserId).Role == TeamRole.Guardian)
                {
                    await access.Require(caller, "team.guardian.manage", ResourceRef.Team(team.Id), token);
                }

                var before = (team.Get(request.UserId).Role, team.Get(request.UserId).ViewerType);
                var member = team.ChangeRole(request.UserId, request.Role, request.ViewerType);
                PublishRole(team, member, before);
                return member.View(await db.Users.SingleAsync(user => user.Id == member.UserId, token));
            },
            ct);
        policies.ForgetMembership(changed.TeamId, changed.UserId);
        return changed;
    }

    public async Task<MemberView> TransferOwner(Caller caller, TransferOwner request, CancellationToken ct)
    {
        await access.Require(caller, "team.owner.transfer", ResourceRef.Team(request.TeamId), ct);
        var (owner, former) = await db.Transact(
            async token =>
            {
                var team = await db.Lock(request.TeamId, token);
                var successor = team.Get(request.UserId);
                var before = (successor.Role, successor.ViewerType);
                var previous = team.StepBack(request.UserId);
                PublishRole(team, previous, (TeamRole.Owner, null));
                await db.SaveChangesAsync(token);
                var next = team.StepUp(request.UserId);
                PublishRole(team, next, before);
                db.Audit("team.owner.transferred", "team", team.Id.Value, team.Id, ("from", previous.UserId.Value), ("to", next.UserId.Value));
                return (next.View(await db.Users.SingleAsync(user => user.Id == next.UserId, token)), previous.UserId);
            },
            ct);
        policies.ForgetMembership(owner.TeamId, owner.UserId);
        policies.ForgetMembership(owner.TeamId, former);
        return owner;
    }

    private void PublishRole(Team team, Member member, (TeamRole Role, ViewerType? ViewerType) before)
    {
        if (before != (member.Role, member.ViewerType))
        {
            db.Publish(new TeamMemberRoleChanged(team.Id, member.UserId, member.Role, member.ViewerType, before.Role, before.ViewerType), team.Id.Value, team.Id);
            Record(team, "role_changed", member.UserId, ("from", Place(before.Role, before.ViewerType)), ("to", Place(member.Role, member.ViewerType)));
        }
    }

    private static string Place(TeamRole role, ViewerType? viewer) => viewer is { } type ? $"{Words.Of(role)} ({Words.Of(type)})" : Words.Of(role);

    /// <summary>Who came, went or became something else is asked about later; in the city's own team they are its operators.</summary>
    private void Record(Team team, string change, UserId user, params (string Name, string Value)[] details) =>
        db.Audit($"{(team.IsCity ? "city.operator" : "team.member")}.{change}", "user", user.Value, team.Id, details);

    /// <summary>A Guardian is made and unmade by who holds <c>team.guardian.manage</c> as well, which no Guardian does.</summary>
    private async Task RequireManaging(Caller caller, string capability, TeamId team, bool guardian, CancellationToken ct)
    {
        await access.Require(caller, capability, ResourceRef.Team(team), ct);
        if (guardian)
        {
            await access.Require(caller, "team.guardian.manage", ResourceRef.Team(team), ct);
        }
    }
}
