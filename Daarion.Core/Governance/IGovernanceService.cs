using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;

namespace Daarion.Core.Governance;

/// <summary>How residents change the city's rules (seed 4.11): proposals, votes, policies, and the way back.</summary>
public interface IGovernanceService
{
    /// <summary>
    /// Makes a proposal; the vote opens at once or at the time given. Asks <c>governance.proposal.create</c> of the team that proposes, of the city, or of
    /// any team of the person's where none is named. Publishes <c>governance.proposal.created</c>. <c>conflict</c> with a rule's code as reason where a rule
    /// forbids what is proposed.
    /// </summary>
    Task<PolicyView> Propose(Caller caller, Propose request, CancellationToken ct);

    /// <summary>What a proposal would change, and which rules it would break; nothing is stored. Asks <c>governance.proposal.create</c>.</summary>
    Task<ProposalCheck> Validate(Caller caller, Propose request, CancellationToken ct);

    /// <summary>Which recorded decisions of the last days would be others if a proposal were adopted. Asks <c>governance.read</c>.</summary>
    [TimeLimit(30)]
    Task<Simulation> Simulate(Caller caller, SimulateProposal request, CancellationToken ct);

    /// <summary>The same for operations that are not proposed yet. Asks <c>governance.proposal.create</c>.</summary>
    [TimeLimit(30)]
    Task<Simulation> SimulateOperations(Caller caller, SimulateOperations request, CancellationToken ct);

    /// <summary>
    /// Votes, or votes otherwise than before, until the vote closes; with the weight of what one had when it opened. Asks <c>governance.vote.cast</c>.
    /// Publishes <c>governance.vote.cast</c>. <c>conflict</c> (<c>not_voting</c>) before it opens and after it has closed.
    /// </summary>
    Task<VoteView> CastVote(Caller caller, CastVote request, CancellationToken ct);

    /// <summary>Ends a proposal before it is decided. For whoever proposed it (<c>governance.read</c>), else asks <c>governance.policy.manage</c>. <c>conflict</c> (<c>already_decided</c>).</summary>
    Task<PolicyView> Cancel(Caller caller, CancelProposal request, CancellationToken ct);

    /// <summary>Proposals and policies, newest first. Asks <c>governance.read</c>.</summary>
    Task<Page<PolicyView>> ListPolicies(Caller caller, PolicyFilter request, CancellationToken ct);

    /// <summary>One of them, with how the vote stands. Asks <c>governance.read</c>.</summary>
    Task<PolicyDetail> GetPolicy(Caller caller, PolicyRef request, CancellationToken ct);

    /// <summary>What happened to one, oldest first. Asks <c>governance.read</c>.</summary>
    Task<PolicyChangelog> GetChangelog(Caller caller, PolicyRef request, CancellationToken ct);

    /// <summary>
    /// Takes an applied policy back without a vote, in an emergency: the first of two operators asks, the second makes it so. Asks
    /// <c>governance.policy.manage</c>; audited. Publishes <c>governance.policy.rolled_back</c>. <c>conflict</c>: <c>four_eyes</c> for whoever asked
    /// for it, <c>not_applied</c>, <c>already_rolled_back</c>, <c>changed_since</c> where a later change touched the same.
    /// </summary>
    Task<RollbackView> Rollback(Caller caller, RollbackPolicy request, CancellationToken ct);

    /// <summary>How the city votes. Asks <c>governance.read</c>.</summary>
    Task<GovernanceSettings> GetSettings(Caller caller, GovernanceSettingsRequest request, CancellationToken ct);

    /// <summary>
    /// Sets how the city votes by hand, as long as no policy was ever applied: a city is founded by its operators and changed by its residents. Asks
    /// <c>governance.policy.manage</c>; audited. <c>conflict</c> (<c>policy_required</c>) afterwards.
    /// </summary>
    Task<GovernanceSettings> PutSetting(Caller caller, PutGovernanceSetting request, CancellationToken ct);
}

/// <summary>How a proposal or policy stands.</summary>
public enum PolicyStatus
{
    /// <summary>Its vote opens later.</summary>
    Draft,

    /// <summary>It is voted on.</summary>
    Voting,

    /// <summary>It was adopted and is about to be applied.</summary>
    Approved,

    /// <summary>It was not adopted.</summary>
    Rejected,

    /// <summary>It is in force.</summary>
    Applied,

    /// <summary>It was adopted, but a rule forbade it by then.</summary>
    Failed,

    /// <summary>It was in force, until another policy took it back.</summary>
    RolledBack,

    /// <summary>It was ended before it was decided.</summary>
    Cancelled,
}

/// <summary>A vote.</summary>
public enum VoteChoice
{
    /// <summary>For it.</summary>
    Yes,

    /// <summary>Against it.</summary>
    No,

    /// <summary>Neither; counts for the quorum.</summary>
    Abstain,
}

/// <summary>A proposal.</summary>
/// <param name="Title">3 to 120 characters.</param>
/// <param name="ClosesAt">When the vote closes.</param>
/// <param name="Operations">What it does to the registry; left out of a rollback.</param>
/// <param name="RollsBack">The applied policy that it takes back; its operations are computed.</param>
/// <param name="Body">Why; at most 10 000 characters.</param>
/// <param name="TeamId">The team that proposes.</param>
/// <param name="OpensAt">When the vote opens; at once without it.</param>
public sealed record Propose(
    string Title,
    DateTimeOffset ClosesAt,
    IReadOnlyList<RegistryOperation>? Operations = null,
    PolicyId? RollsBack = null,
    string? Body = null,
    TeamId? TeamId = null,
    DateTimeOffset? OpensAt = null);

/// <summary>What a proposal would do.</summary>
/// <param name="Valid">It may be made.</param>
/// <param name="PolicyType">What it is about.</param>
/// <param name="RegistryVersion">The version of the registry it was checked against.</param>
/// <param name="Violations">The rules it would break.</param>
/// <param name="Changes">What it would change, line by line.</param>
/// <param name="Operations">Its operations; the computed ones of a rollback.</param>
/// <param name="Inverse">The operations that would take it back.</param>
public sealed record ProposalCheck(
    bool Valid,
    string PolicyType,
    long RegistryVersion,
    IReadOnlyList<RuleViolation> Violations,
    IReadOnlyList<RegistryChange> Changes,
    IReadOnlyList<RegistryOperation> Operations,
    IReadOnlyList<RegistryOperation> Inverse);

/// <summary>Asks what a proposal would change in what was decided.</summary>
/// <param name="Id">The proposal.</param>
/// <param name="Days">Of how many days: 1 to 14.</param>
public sealed record SimulateProposal(PolicyId Id, int Days = 7);

/// <summary>The same for operations.</summary>
/// <param name="Operations">What would be done to the registry.</param>
/// <param name="Days">Of how many days: 1 to 14.</param>
public sealed record SimulateOperations(IReadOnlyList<RegistryOperation> Operations, int Days = 7);

/// <summary>A vote to cast.</summary>
/// <param name="Id">The proposal.</param>
/// <param name="Choice">The vote.</param>
public sealed record CastVote(PolicyId Id, VoteChoice Choice);

/// <summary>A vote that was cast.</summary>
/// <param name="PolicyId">The proposal.</param>
/// <param name="VoterId">Whose vote.</param>
/// <param name="Choice">The vote.</param>
/// <param name="Weight">What the voter had when the vote opened.</param>
/// <param name="At">When.</param>
public sealed record VoteView(PolicyId PolicyId, UserId VoterId, VoteChoice Choice, Quantity Weight, DateTimeOffset At);

/// <summary>Names a proposal to end.</summary>
public sealed record CancelProposal(PolicyId Id);

/// <summary>Names a proposal or policy.</summary>
public sealed record PolicyRef(PolicyId Id);

/// <summary>Which proposals and policies.</summary>
/// <param name="Status">In this state.</param>
/// <param name="Query">With this in the title.</param>
/// <param name="Page">Which page.</param>
public sealed record PolicyFilter(PolicyStatus? Status = null, string? Query = null, PageRequest? Page = null);

/// <summary>A proposal or policy.</summary>
/// <param name="Id"><c>gov_…</c>.</param>
/// <param name="Title">Its title.</param>
/// <param name="PolicyType">What it is about: <c>capability.update</c>, <c>plan.entitlement.update</c>, <c>stake.multiplier</c>, <c>compute.price</c>, <c>energy.policy</c>, <c>rwa.policy</c>, <c>burst_mode</c>, <c>governance.process</c>, <c>policy.rollback</c>.</param>
/// <param name="Targets">What it touches: <c>grant role.Member task.create</c>.</param>
/// <param name="Status">How it stands.</param>
/// <param name="ProposedBy">Who made it.</param>
/// <param name="TeamId">The team that proposes.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="OpensAt">When its vote opens.</param>
/// <param name="ClosesAt">When its vote closes.</param>
/// <param name="AppliedAt">When it came into force.</param>
/// <param name="RegistryVersion">The version of the registry that it made.</param>
public sealed record PolicyView(
    PolicyId Id,
    string Title,
    string PolicyType,
    IReadOnlyList<string> Targets,
    PolicyStatus Status,
    string ProposedBy,
    TeamId? TeamId,
    DateTimeOffset CreatedAt,
    DateTimeOffset OpensAt,
    DateTimeOffset ClosesAt,
    DateTimeOffset? AppliedAt,
    long? RegistryVersion);

/// <summary>How a vote stands.</summary>
/// <param name="Yes">Weight for it.</param>
/// <param name="No">Weight against it.</param>
/// <param name="Abstain">Weight of neither.</param>
/// <param name="Voters">How many have voted.</param>
/// <param name="Circulating">All DAARION that people and teams had when it opened; null before.</param>
/// <param name="QuorumPct">Percent of that which must have voted.</param>
/// <param name="ApprovalPct">Percent of yes and no together which must be yes.</param>
/// <param name="TurnoutPct">Percent of the circulating that has voted.</param>
/// <param name="QuorumReached">Enough have voted.</param>
/// <param name="WouldPass">It would be adopted if the vote closed now.</param>
/// <param name="MyChoice">The caller's vote.</param>
/// <param name="MyWeight">The caller's weight; null before it opens, and for callers who are no person.</param>
public sealed record VoteTally(
    Quantity Yes,
    Quantity No,
    Quantity Abstain,
    int Voters,
    Quantity? Circulating,
    Quantity QuorumPct,
    Quantity ApprovalPct,
    Quantity TurnoutPct,
    bool QuorumReached,
    bool WouldPass,
    VoteChoice? MyChoice,
    Quantity? MyWeight);

/// <summary>A proposal or policy with everything.</summary>
/// <param name="Policy">What it is.</param>
/// <param name="Body">Why.</param>
/// <param name="Operations">What it does to the registry.</param>
/// <param name="Tally">How the vote stands.</param>
/// <param name="Changes">What it changed, or would change, line by line.</param>
/// <param name="Inverse">The operations that take it back; empty before it is applied.</param>
/// <param name="Problem">Why it failed.</param>
/// <param name="RollsBack">The policy that it takes back.</param>
/// <param name="RolledBackBy">The policy that took it back.</param>
/// <param name="RollbackAskedBy">The operator who asked that it be taken back without a vote.</param>
/// <param name="RollbackReason">Their reason.</param>
public sealed record PolicyDetail(
    PolicyView Policy,
    string? Body,
    IReadOnlyList<RegistryOperation> Operations,
    VoteTally Tally,
    IReadOnlyList<RegistryChange> Changes,
    IReadOnlyList<RegistryOperation> Inverse,
    string? Problem,
    PolicyId? RollsBack,
    PolicyId? RolledBackBy,
    string? RollbackAskedBy,
    string? RollbackReason);

/// <summary>What happened to a proposal.</summary>
/// <param name="Entries">Oldest first.</param>
public sealed record PolicyChangelog(IReadOnlyList<PolicyEntry> Entries);

/// <summary>One thing that happened.</summary>
/// <param name="At">When.</param>
/// <param name="What"><c>proposed</c>, <c>opened</c>, <c>closed</c>, <c>approved</c>, <c>rejected</c>, <c>applied</c>, <c>failed</c>, <c>cancelled</c>, <c>rollback_asked</c>, <c>rolled_back</c>.</param>
/// <param name="By">Who did it.</param>
/// <param name="Note">More of it.</param>
public sealed record PolicyEntry(DateTimeOffset At, string What, string? By, string? Note);

/// <summary>A policy to take back without a vote.</summary>
/// <param name="Id">The policy.</param>
/// <param name="Reason">Why: 3 to 500 characters.</param>
public sealed record RollbackPolicy(PolicyId Id, string Reason);

/// <summary>How a rollback stands.</summary>
/// <param name="PolicyId">The policy to take back.</param>
/// <param name="Status"><c>awaiting_second</c>, or <c>rolled_back</c>.</param>
/// <param name="RequestedBy">The first operator.</param>
/// <param name="RolledBackBy">The policy that took it back; null while it waits.</param>
/// <param name="RegistryVersion">The version of the registry that this made.</param>
public sealed record RollbackView(PolicyId PolicyId, string Status, string RequestedBy, PolicyId? RolledBackBy, long? RegistryVersion);

/// <summary>Asks for the settings.</summary>
public sealed record GovernanceSettingsRequest;

/// <summary>How the city votes.</summary>
/// <param name="Settings">By name.</param>
/// <param name="Founding">True while no policy was ever applied: operators may still set them by hand.</param>
/// <param name="RegistryVersion">The registry's version.</param>
public sealed record GovernanceSettings(IReadOnlyList<RegistrySetting> Settings, bool Founding, long RegistryVersion);

/// <summary>A setting to set.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
public sealed record PutGovernanceSetting(string Name, string Value);
