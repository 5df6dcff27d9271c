using Daarion.Core.Kernel;

namespace Daarion.Core.Governance;

/// <summary><c>governance.proposal.created</c>: there is a proposal.</summary>
/// <param name="PolicyId"><c>gov_…</c>.</param>
/// <param name="Type">What it is about.</param>
/// <param name="TeamId">The team that proposes.</param>
/// <param name="Targets">What it touches.</param>
/// <param name="OpensAt">When its vote opens.</param>
/// <param name="ClosesAt">When its vote closes.</param>
public sealed record GovernanceProposalCreated(PolicyId PolicyId, string Type, TeamId? TeamId, IReadOnlyList<string> Targets, DateTimeOffset OpensAt, DateTimeOffset ClosesAt);

/// <summary><c>governance.vote.cast</c>: somebody voted, or voted otherwise than before.</summary>
/// <param name="PolicyId"><c>gov_…</c>.</param>
/// <param name="VoterId">Who.</param>
/// <param name="Choice">The vote.</param>
/// <param name="Weight">With what weight.</param>
public sealed record GovernanceVoteCast(PolicyId PolicyId, UserId VoterId, VoteChoice Choice, Quantity Weight);

/// <summary><c>governance.policy.created</c>: a proposal was adopted and is about to be applied.</summary>
/// <param name="PolicyId"><c>gov_…</c>.</param>
/// <param name="Type">What it is about.</param>
/// <param name="Yes">Weight for it.</param>
/// <param name="No">Weight against it.</param>
/// <param name="Abstain">Weight of neither.</param>
public sealed record GovernancePolicyCreated(PolicyId PolicyId, string Type, Quantity Yes, Quantity No, Quantity Abstain);

/// <summary><c>governance.policy.updated</c>: a proposal opened, was decided or ended, or a policy came into force.</summary>
/// <param name="PolicyId"><c>gov_…</c>.</param>
/// <param name="Type">What it is about.</param>
/// <param name="Status">How it stands now.</param>
/// <param name="Targets">What it touches.</param>
/// <param name="RegistryVersion">The version of the registry that it made; null where it made none.</param>
public sealed record GovernancePolicyUpdated(PolicyId PolicyId, string Type, PolicyStatus Status, IReadOnlyList<string> Targets, long? RegistryVersion);

/// <summary><c>governance.policy.failed</c>: a rule forbade by then what had been adopted.</summary>
/// <param name="PolicyId"><c>gov_…</c>.</param>
/// <param name="Type">What it is about.</param>
/// <param name="Rule">The rule.</param>
public sealed record GovernancePolicyFailed(PolicyId PolicyId, string Type, string Rule);

/// <summary><c>governance.policy.rolled_back</c>: a policy is no longer in force.</summary>
/// <param name="PolicyId">The policy.</param>
/// <param name="RolledBackBy">The policy that took it back.</param>
/// <param name="RegistryVersion">The version of the registry that this made.</param>
public sealed record GovernancePolicyRolledBack(PolicyId PolicyId, PolicyId RolledBackBy, long RegistryVersion);
