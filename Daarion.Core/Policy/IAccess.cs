using Daarion.Core.Kernel;

namespace Daarion.Core.Policy;

/// <summary>
/// The PEP's one door to the PDP: every operation of every service asks it before it acts. Records each decision in the operation's
/// scope and in the decision log (every refusal, a sample of the allowances).
/// </summary>
public interface IAccess
{
    /// <summary>
    /// Asks, and throws where the answer is no. Where the action uses up a quota, its units are taken in the same step; they are given back when the
    /// operation fails.
    /// </summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="action">The capability's code without scope: <c>wallet.payout.claim</c>.</param>
    /// <param name="resource">What it is done to; null for the city as a whole.</param>
    /// <param name="ct">Cancellation.</param>
    /// <exception cref="CityException"><c>forbidden</c> with the PDP's reason and the decision; <c>rate_limited</c>; <c>not_found</c> where even the resource's existence is not for this caller.</exception>
    ValueTask<Decision> Require(Caller caller, string action, ResourceRef? resource, CancellationToken ct);

    /// <summary>Refuses where a quota that whoever asks has looked at itself does not hold the units: for those who take by other ways than a decision.</summary>
    /// <exception cref="CityException"><c>forbidden</c> (<c>quota_exceeded</c>, <c>cost_exceeded</c>) with the decision.</exception>
    ValueTask<Decision> RequireWithin(Caller caller, string action, ResourceRef? resource, QuotaFact quota, decimal units, CancellationToken ct);

    /// <summary>Asks without throwing, and takes nothing: for lists that show only what may be seen and for screens that show why not.</summary>
    ValueTask<Decision> Ask(Caller caller, string action, ResourceRef? resource, CancellationToken ct);

    /// <summary>
    /// For operations that verify a proof of their own instead of an identity (a sign-in code, a setup token, an invitation's link):
    /// records an allowance with the proof's name, so that the guards hold there too. The few callers are held by an architecture test.
    /// </summary>
    Decision AllowByProof(Caller caller, string action, string proof);
}

/// <summary>What an action is done to.</summary>
/// <param name="Kind">What kind of thing: <c>team</c>, <c>payout</c>, <c>wallet</c>, <c>site</c>, ….</param>
/// <param name="Id">Which one.</param>
/// <param name="TeamId">The team it belongs to; the role factor looks at the caller's role there.</param>
/// <param name="OwnerId">The person it belongs to, for capabilities with the scope <c>:own</c>.</param>
/// <param name="Acl">Who is on its access list (people, other subjects, or <c>role.Member</c>), where it has one; null where it has none.</param>
/// <param name="Mode">Its own mode, where it is confidential inside a public team; null for the team's.</param>
/// <param name="HeedsScope">
/// True where the operation heeds <see cref="Decision.Scope"/>: it is a list and shows only the caller's own things when the answer is <see cref="DecisionScope.Own"/>.
/// Without this word a grant for one's own is no grant for a list.
/// </param>
/// <param name="TakesNothing">
/// True where the operation needs the right and uses nothing up by it: who may cancel a transfer is who may send one, and cancelling sends nothing.
/// </param>
/// <param name="Units">How many units of the action's quota it uses up, where the action has one.</param>
public sealed record ResourceRef(
    string Kind, string? Id = null, TeamId? TeamId = null, string? OwnerId = null, IReadOnlyList<string>? Acl = null, TeamMode? Mode = null, bool HeedsScope = false,
    bool TakesNothing = false, int Units = 1)
{
    /// <summary>A team as a whole.</summary>
    public static ResourceRef Team(TeamId team) => new("team", team.Value, team);

    /// <summary>The city as a whole: the team <c>t_city</c>.</summary>
    public static ResourceRef City { get; } = Team(Id<TeamKind>.WellKnown());

    /// <summary>Any team, whichever: what a service key or an office in the city reaches, and no role in one team does.</summary>
    public static ResourceRef AnyTeam { get; } = Team(Id<TeamKind>.Parse("t_00000000000000000000000000"));

    /// <summary>Something of a person's own.</summary>
    public static ResourceRef Own(string kind, string? id, UserId owner) => new(kind, id, null, owner.Value);
}

/// <summary>The PDP's answer.</summary>
/// <param name="Number">Its identifier, not yet text.</param>
/// <param name="Allow">Yes or no.</param>
/// <param name="Reason"><c>ok</c>, or the first factor that failed: <c>key_invalid</c>, <c>key_expired</c>, <c>key_revoked</c>, <c>team_locked</c>, <c>no_role</c>,
/// <c>capability_missing</c>, <c>rbac_denied</c>, <c>not_entitled</c>, <c>acl_block</c>, <c>confidential_restriction</c>, <c>quota_exceeded</c>, <c>cost_exceeded</c>, <c>frozen</c>, <c>policy_unavailable</c>.</param>
/// <param name="Obligations">What the caller must respect, for example <c>summary_only</c>.</param>
/// <param name="Scope">Where an allowance holds: everything, or only what is the caller's own (lists then filter by owner).</param>
public readonly record struct Decision(DecisionNumber Number, bool Allow, string Reason, IReadOnlyList<string> Obligations, DecisionScope Scope)
{
    /// <summary><c>dec_…</c>.</summary>
    public DecisionId DecisionId => Number.Id;
}

/// <summary>How far an allowance reaches.</summary>
public enum DecisionScope
{
    /// <summary>The whole team's, or the whole city's.</summary>
    All,

    /// <summary>Only what belongs to the person who asks.</summary>
    Own,
}
