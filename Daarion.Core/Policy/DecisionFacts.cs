using System.Net;
using Daarion.Core.Kernel;

namespace Daarion.Core.Policy;

/// <summary>
/// Everything the engine needs to know of one question, gathered before it decides. The engine itself looks nothing up. A value: a decision that nobody
/// keeps leaves nothing behind, and none can see another's facts.
/// </summary>
public readonly record struct DecisionFacts
{
    /// <summary>A question about the city as a whole, of one unit, whose facts can be had.</summary>
    public DecisionFacts()
    {
    }

    /// <summary>What kind of subject asks.</summary>
    public required SubjectKind Kind { get; init; }

    /// <summary>Who asks.</summary>
    public required string SubjectId { get; init; }

    /// <summary>The capability's code.</summary>
    public required string Action { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The person whose role counts: the one who asks, the one a service key acts for, or the owner of an access key; null where there is none.</summary>
    public UserId? Person { get; init; }

    /// <summary>The key that was presented.</summary>
    public string? KeyId { get; init; }

    /// <summary>That key; null where no such key ever was.</summary>
    public KeyFact? Key { get; init; }

    /// <summary>Whom the presented key stands for and what cuts it, where it is an access key.</summary>
    public AccessGrant? Grant => Key?.Access;

    /// <summary>Where the request comes from; null where nobody knows.</summary>
    public IPAddress? Ip { get; init; }

    /// <summary>The capabilities that the key's token was asked for; null where it is not narrowed.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>The name of the city's own service that asks.</summary>
    public string? Service { get; init; }

    /// <summary>The name of the outside platform that asks.</summary>
    public string? Platform { get; init; }

    /// <summary>The team it is about; the city's own where nothing says otherwise.</summary>
    public TeamId TeamId { get; init; } = Id<TeamKind>.WellKnown();

    /// <summary>That team and the person's membership in it.</summary>
    public StandingFact Standing { get; init; }

    /// <summary>That team; null for the city's own and for one that does not exist.</summary>
    public TeamFact? Team
    {
        get => Standing.Team;
        init => Standing = new StandingFact(value, Standing.Membership);
    }

    /// <summary>The person's membership in that team.</summary>
    public MembershipFact? Membership
    {
        get => Standing.Membership;
        init => Standing = new StandingFact(Standing.Team, value);
    }

    /// <summary>The person's membership in the city's own team: their office as an operator.</summary>
    public MembershipFact? Office { get; init; }

    /// <summary>What the action is done to.</summary>
    public ResourceRef? Resource { get; init; }

    /// <summary>Units of the quota it takes.</summary>
    public decimal Units { get; init; } = 1;

    /// <summary>How the quota stands; null where the action is not metered.</summary>
    public QuotaFact? Quota { get; init; }

    /// <summary>How the rate stands; null where nobody counts it.</summary>
    public RateFact? Rate { get; init; }

    /// <summary>False where the facts could not be had, or the action changes state while the database is away.</summary>
    public bool Available { get; init; } = true;

    /// <summary>True for actions that only look.</summary>
    public bool IsRead => Actions.IsRead(Action);

    /// <summary>True when what it is done to belongs to the person.</summary>
    public bool IsOwn => Person is { } person && Resource?.OwnerId is { } owner && string.Equals(owner, person.Value, StringComparison.Ordinal);

    /// <summary>True for what is the person's own and belongs to no team: a session, a profile, a wallet of one's own. Of an agent or integration nothing is, whoever owns it.</summary>
    public bool IsOwnOutsideTeams => Resource is { TeamId: null } && IsOwn && IsOneself;

    /// <summary>True where the person themselves acts, by a session, a key of their own or a service; false for what only belongs to them.</summary>
    public bool IsOneself => Kind is not (SubjectKind.Agent or SubjectKind.Integration);

    /// <summary>True for what belongs to the city as a whole.</summary>
    public bool IsAboutCity => TeamId == Id<TeamKind>.WellKnown();

    /// <summary>True where the person or key asks for itself: then a team in which it has nothing to say is to it as one that is not there.</summary>
    public bool AskedByPerson { get; init; }

    /// <summary>True where whoever asks heeds the scope of the answer: with <see cref="DecisionScope.Own"/> a list then shows the person's own things only.</summary>
    public bool HeedsScope { get; init; }

    /// <summary>True when no single thing is named, so that a list limited to the person's own things is a right answer. An agent or integration has no things of its own to list.</summary>
    public bool IsList => HeedsScope && IsOneself && (Resource is null || (Resource.OwnerId is null && (Resource.Id is null || Resource.Kind == "team")));
}

/// <summary>What the code of an action says about it.</summary>
public static class Actions
{
    /// <summary>A service key must hold it to act for a person.</summary>
    public const string ActAs = "service.act_as";

    /// <summary>A change that a locked team takes: that of its state.</summary>
    public const string ChangeState = "team.state.change";

    /// <summary>A change that a deleted team takes: that it comes back.</summary>
    public const string Restore = "team.restore";

    /// <summary>A change that a locked team takes: that a key ends, which only takes away.</summary>
    public const string RevokeKey = "access_key.revoke";

    /// <summary>What everybody may, also where they see nothing.</summary>
    public const string Leave = "team.leave";

    /// <summary>True for actions that only look. Everything else changes state: it is refused in a locked team, to readers, and while the database is away.</summary>
    public static bool IsRead(string action)
    {
        var last = action.AsSpan()[(action.LastIndexOf('.') + 1)..];
        return last is "read" or "view" or "list" or "audit" or "decide" or "explain";
    }

    /// <summary>True for actions on messages, which a commenter may take.</summary>
    public static bool IsMessage(string action) => action.StartsWith("chat.message.", StringComparison.Ordinal);

    /// <summary>True for what no agent may do, whatever key it holds: money and votes.</summary>
    public static bool IsForPeopleOnly(string action) =>
        action.StartsWith("wallet.", StringComparison.Ordinal) || action.StartsWith("governance.", StringComparison.Ordinal);

    /// <summary>True for what no access key may do, whatever it holds: what it gave out would outlive it.</summary>
    public static bool IsNeverByKey(string action) => action is "access_key.create" or "access_key.rotate" or "auth.service_key.manage" or "auth.service_key.give_more" or "auth.operator.manage" or "auth.oidc_client.manage";
}

/// <summary>The reasons of the PDP.</summary>
public static class Reasons
{
    /// <summary>Yes.</summary>
    public const string Ok = "ok";

    /// <summary>No such key.</summary>
    public const string KeyInvalid = "key_invalid";

    /// <summary>The key has run out.</summary>
    public const string KeyExpired = "key_expired";

    /// <summary>The key was revoked.</summary>
    public const string KeyRevoked = "key_revoked";

    /// <summary>The team is locked, suspended or archived.</summary>
    public const string TeamLocked = "team_locked";

    /// <summary>No role in the team.</summary>
    public const string NoRole = "no_role";

    /// <summary>Nothing that the subject holds has the capability.</summary>
    public const string CapabilityMissing = "capability_missing";

    /// <summary>The role holds it, but not for this.</summary>
    public const string RbacDenied = "rbac_denied";

    /// <summary>The team's plan does not have it.</summary>
    public const string NotEntitled = "not_entitled";

    /// <summary>Not on the access list.</summary>
    public const string AclBlock = "acl_block";

    /// <summary>The team or the thing is confidential.</summary>
    public const string ConfidentialRestriction = "confidential_restriction";

    /// <summary>The quota is used up.</summary>
    public const string QuotaExceeded = "quota_exceeded";

    /// <summary>Too often in a minute.</summary>
    public const string RateLimited = "rate_limited";

    /// <summary>The compute budget is used up.</summary>
    public const string CostExceeded = "cost_exceeded";

    /// <summary>It is frozen: nobody may do it until the freeze ends.</summary>
    public const string Frozen = "frozen";

    /// <summary>The facts could not be had.</summary>
    public const string PolicyUnavailable = "policy_unavailable";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        Ok, KeyInvalid, KeyExpired, KeyRevoked, TeamLocked, NoRole, CapabilityMissing, RbacDenied, NotEntitled, AclBlock, ConfidentialRestriction, QuotaExceeded, RateLimited, CostExceeded, Frozen,
        PolicyUnavailable,
    ];
}
