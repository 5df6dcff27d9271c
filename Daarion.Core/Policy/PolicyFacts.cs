using System.Net;
using System.Text.Json.Serialization;
using Daarion.Core.Kernel;

namespace Daarion.Core.Policy;

/// <summary>Roles in a team (access: roles).</summary>
public enum TeamRole
{
    /// <summary>Reads what is public in a public team.</summary>
    Visitor,

    /// <summary>Works in the team, as far as the viewer type goes.</summary>
    Member,

    /// <summary>Runs the team beside the Owner.</summary>
    Guardian,

    /// <summary>Exactly one.</summary>
    Owner,
}

/// <summary>What a Member may do (access: roles).</summary>
public enum ViewerType
{
    /// <summary>Only reads.</summary>
    Reader,

    /// <summary>Also writes messages.</summary>
    Commenter,

    /// <summary>Does everything a Member may.</summary>
    Contributor,
}

/// <summary>Who sees a team's things.</summary>
public enum TeamMode
{
    /// <summary>Visitors read what is public.</summary>
    Public,

    /// <summary>Members only; agents get summaries.</summary>
    Confidential,
}

/// <summary>Whether a team may change anything.</summary>
public enum TeamState
{
    /// <summary>As usual.</summary>
    Active,

    /// <summary>Locked by its Owner or an operator: every change is refused with <c>team_locked</c>.</summary>
    Locked,

    /// <summary>Suspended by an operator: as locked.</summary>
    Suspended,

    /// <summary>Deleted; may be restored for 30 days.</summary>
    Archived,
}

/// <summary>Plans, smallest first (access: plans, quotas, stake).</summary>
public enum TeamPlan
{
    /// <summary>The default.</summary>
    Freemium,

    /// <summary>Small teams.</summary>
    Casual,

    /// <summary>Working teams.</summary>
    Premium,

    /// <summary>Whole districts.</summary>
    Platformium,
}

/// <summary>What the PDP knows of a team.</summary>
public sealed record TeamFact(TeamId Id, string Name, TeamState State, TeamMode Mode, TeamPlan Plan);

/// <summary>What the PDP knows of a person.</summary>
public sealed record PersonFact(UserId Id, DateTimeOffset? DisabledAt);

/// <summary>What the PDP knows of a membership.</summary>
public sealed record MembershipFact(TeamId TeamId, UserId UserId, TeamRole Role, ViewerType? ViewerType, DateTimeOffset Since);

/// <summary>
/// What the PDP knows of a person in a team: the team, and the membership. One fact, because every question asks for both; the default is that nothing is
/// known of either.
/// </summary>
/// <remarks>
/// What every decision looks at is here once more, so that it finds all of it in one place of memory: in a city of ten thousand teams the PDP waits for
/// memory more than for anything else (<c>decide_growth</c>).
/// </remarks>
public readonly record struct StandingFact
{
    // One more than the value, so that the default has none.
    private readonly byte state;
    private readonly byte mode;
    private readonly byte plan;
    private readonly byte role;
    private readonly byte viewer;

    /// <summary>What is known of both.</summary>
    public StandingFact(TeamFact? team, MembershipFact? membership)
    {
        (Team, Membership) = (team, membership);
        if (team is not null)
        {
            (state, mode, plan) = ((byte)(team.State + 1), (byte)(team.Mode + 1), (byte)(team.Plan + 1));
        }

        if (membership is not null)
        {
            role = (byte)(membership.Role + 1);
            viewer = membership.ViewerType is { } type ? (byte)(type + 1) : (byte)0;
        }
    }

    /// <summary>The team; null where there is none.</summary>
    public TeamFact? Team { get; }

    /// <summary>The membership; null where there is none, and for a person who is disabled.</summary>
    public MembershipFact? Membership { get; }

    /// <summary>The team's state; null where there is no team.</summary>
    public TeamState? State => state == 0 ? null : (TeamState)(state - 1);

    /// <summary>The team's mode; null where there is no team.</summary>
    public TeamMode? Mode => mode == 0 ? null : (TeamMode)(mode - 1);

    /// <summary>The team's plan; null where there is no team.</summary>
    public TeamPlan? Plan => plan == 0 ? null : (TeamPlan)(plan - 1);

    /// <summary>The person's role; null where there is no membership.</summary>
    public TeamRole? Role => role == 0 ? null : (TeamRole)(role - 1);

    /// <summary>The member's viewer type; null where there is none.</summary>
    public ViewerType? Viewer => viewer == 0 ? null : (ViewerType)(viewer - 1);
}

/// <summary>What the PDP knows of a key that was presented.</summary>
/// <param name="KeyId">A service key's <c>client_id</c>, or an access key's id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Revoked">When it was revoked; null while it is good.</param>
/// <param name="ExpiresAt">When it ends by itself; null for never.</param>
/// <param name="Capabilities">What it holds itself.</param>
public sealed record KeyFact(string KeyId, string Name, DateTimeOffset? Revoked, DateTimeOffset? ExpiresAt, IReadOnlyList<string> Capabilities)
{
    /// <summary>Since when it is suspended; null while it is not.</summary>
    public DateTimeOffset? Suspended { get; init; }

    /// <summary>True where it was revoked, or is suspended until somebody lifts that.</summary>
    [JsonIgnore]
    public bool IsEnded => Revoked is not null || Suspended is not null;

    /// <summary>Whose access key it is and how far it goes; null for a service key.</summary>
    public AccessGrant? Access { get; init; }
}

/// <summary>What makes a key an access key (access: access keys): whom it stands for, in which team, and what cuts it.</summary>
/// <param name="SubjectKind">A person, an agent or an integration.</param>
/// <param name="SubjectId"><c>u_…</c>, <c>agent:&lt;name&gt;</c>, <c>integration:&lt;name&gt;</c>.</param>
/// <param name="TeamId">The team it reaches.</param>
/// <param name="Owner">The person it belongs to: it never reaches further than they do.</param>
/// <param name="Bundles">Names of the bundles it holds beside its own capabilities.</param>
/// <param name="PerMinute">Requests a minute; null for what the team's plan gives.</param>
/// <param name="Budget1T">Compute tokens a month; null for no limit of its own.</param>
/// <param name="Cidrs">Addresses it may come from; empty for any.</param>
public sealed record AccessGrant(
    SubjectKind SubjectKind, string SubjectId, TeamId TeamId, UserId Owner, IReadOnlyList<string> Bundles, int? PerMinute, decimal? Budget1T, IReadOnlyList<string> Cidrs)
{
    /// <summary>What it holds for the owner's own things only.</summary>
    public IReadOnlyList<string> OwnCapabilities { get; init; } = [];

    /// <summary>True where a request may come from an address: where nothing is said any may, else one that nobody knows may not.</summary>
    public bool Admits(IPAddress? address)
    {
        if (Cidrs.Count == 0)
        {
            return true;
        }

        var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        for (var i = 0; plain is not null && i < Cidrs.Count; i++)
        {
            if (IPNetwork.TryParse(Cidrs[i], out var network) && network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Teams and memberships for the PDP; the teams service gives them from its own tables. The PDP keeps what it got for a short time and forgets it when told (<see cref="IPolicyCache"/>).</summary>
public interface ITeamFacts
{
    /// <summary>A team, or null.</summary>
    Task<TeamFact?> Team(TeamId team, CancellationToken ct);

    /// <summary>A person, or null.</summary>
    Task<PersonFact?> Person(UserId user, CancellationToken ct);

    /// <summary>A team and a person's membership in it; without a membership for a person who is disabled.</summary>
    Task<StandingFact> Standing(TeamId team, UserId user, CancellationToken ct);

    /// <summary>The memberships of a team, at most so many, without people who are disabled: for the question who can.</summary>
    Task<IReadOnlyList<MembershipFact>> Members(TeamId team, int limit, CancellationToken ct);
}

/// <summary>Whether people may act at all, from the facts that the PDP keeps: whoever was disabled is known within seconds, without a question to the database for each request.</summary>
public interface IDisabledPeople
{
    /// <summary>True for a person who was disabled.</summary>
    ValueTask<bool> Include(UserId user, CancellationToken ct);
}

/// <summary>Keys for the PDP: the auth service gives service keys, the capabilities service access keys. Each key belongs to one of them.</summary>
public interface IKeyFacts
{
    /// <summary>A key, or null where this service never had such a key.</summary>
    Task<KeyFact?> Key(string keyId, CancellationToken ct);

    /// <summary>The keys that hold a capability, reach a team and are not revoked, at most so many: for the question who can.</summary>
    Task<IReadOnlyList<KeyFact>> Holding(string capability, TeamId team, int limit, CancellationToken ct);
}

/// <summary>What is kept of an access key's secrets, for the door. Kept and forgotten together with the key's fact.</summary>
/// <param name="Digest">SHA-256 of the secret.</param>
/// <param name="Previous">That of the secret before, after a rotation.</param>
/// <param name="PreviousUntil">How long that one is good.</param>
public sealed record SecretFact(byte[] Digest, byte[]? Previous, DateTimeOffset? PreviousUntil);

/// <summary>Digests of access keys' secrets; the capabilities service gives them.</summary>
public interface ISecretFacts
{
    /// <summary>A key's digests, or null where no such key ever was.</summary>
    Task<SecretFact?> Secret(string keyId, CancellationToken ct);
}

/// <summary>Forgets what the PDP keeps for a short time. The service that changes a fact calls it after its commit and before it answers; other replicas hear of it by event.</summary>
public interface IPolicyCache
{
    /// <summary>A team's state, mode or plan changed.</summary>
    void ForgetTeam(TeamId team);

    /// <summary>A membership was made, changed or ended.</summary>
    void ForgetMembership(TeamId team, UserId user);

    /// <summary>A key was made, changed or revoked.</summary>
    void ForgetKey(string keyId);
}
