using System.Text.Json;
using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;

namespace Daarion.Core.Governance;

/// <summary>A proposal, and the policy that it becomes.</summary>
public sealed class Proposal
{
    /// <summary><c>gov_…</c>.</summary>
    public required PolicyId Id { get; init; }

    /// <summary>Its title.</summary>
    public required string Title { get; init; }

    /// <summary>Why.</summary>
    public string? Body { get; init; }

    /// <summary>What it is about.</summary>
    public required string PolicyType { get; init; }

    /// <summary>What it touches.</summary>
    public required string[] Targets { get; init; }

    /// <summary>What it does to the registry, as JSON.</summary>
    public required string Operations { get; init; }

    /// <summary>Who made it.</summary>
    public required string ProposedBy { get; init; }

    /// <summary>The team that proposes.</summary>
    public TeamId? TeamId { get; init; }

    /// <summary>The policy that it takes back.</summary>
    public PolicyId? RollsBack { get; init; }

    /// <summary>How it stands, but for being taken back by another: that is not written here, because what was decided never changes.</summary>
    public required PolicyStatus Status { get; set; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its vote opens.</summary>
    public required DateTimeOffset OpensAt { get; init; }

    /// <summary>When its vote closes.</summary>
    public required DateTimeOffset ClosesAt { get; init; }

    /// <summary>Percent of the circulating DAARION which must have voted: the setting when the vote opened.</summary>
    public required Quantity QuorumPct { get; set; }

    /// <summary>Percent of yes and no which must be yes: the setting when the vote opened.</summary>
    public required Quantity ApprovalPct { get; set; }

    /// <summary>When its vote opened.</summary>
    public DateTimeOffset? OpenedAt { get; set; }

    /// <summary>All DAARION that people and teams had then.</summary>
    public Quantity? Circulating { get; set; }

    /// <summary>When its vote closed, or it was ended.</summary>
    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>Weight for it, at the end.</summary>
    public Quantity Yes { get; set; }

    /// <summary>Weight against it, at the end.</summary>
    public Quantity No { get; set; }

    /// <summary>Weight of neither, at the end.</summary>
    public Quantity Abstain { get; set; }

    /// <summary>When it came into force, or failed to.</summary>
    public DateTimeOffset? AppliedAt { get; set; }

    /// <summary>Who made it so: the city's governance, or the second of two operators.</summary>
    public string? AppliedBy { get; set; }

    /// <summary>What became of it, as JSON: a <see cref="PolicyResult"/>.</summary>
    public string? Result { get; set; }

    /// <summary>The version of the registry that it made.</summary>
    public long? RegistryVersion { get; set; }

    /// <summary>Opens the vote with what the city had at that moment.</summary>
    public void Open(Quantity circulating, Quantity quorum, Quantity approval, DateTimeOffset now) =>
        (Status, Circulating, QuorumPct, ApprovalPct, OpenedAt) = (PolicyStatus.Voting, circulating, quorum, approval, now);

    /// <summary>Closes the vote: adopted where enough have voted and enough of yes and no are yes.</summary>
    public void Close(Ballot ballot, DateTimeOffset now)
    {
        (Yes, No, Abstain, ClosedAt) = (ballot.Yes, ballot.No, ballot.Abstain, now);
        Status = ballot.Passes(this) ? PolicyStatus.Approved : PolicyStatus.Rejected;
    }

    /// <summary>It is in force.</summary>
    public void Apply(AppliedChange change, string by, DateTimeOffset now)
    {
        (Status, AppliedAt, AppliedBy, RegistryVersion) = (PolicyStatus.Applied, now, by, change.Version);
        Result = JsonSerializer.Serialize(new PolicyResult(change.Changes, change.Inverse, null, null), CityJson.Sparse);
    }

    /// <summary>A rule forbade it by now.</summary>
    public void Fail(string rule, string problem, string by, DateTimeOffset now)
    {
        (Status, AppliedAt, AppliedBy) = (PolicyStatus.Failed, now, by);
        Result = JsonSerializer.Serialize(new PolicyResult([], [], rule, problem), CityJson.Sparse);
    }

    /// <summary>Ends it undecided.</summary>
    /// <exception cref="CityException"><c>conflict</c> (<c>already_decided</c>).</exception>
    public void Cancel(DateTimeOffset now)
    {
        if (Status is not (PolicyStatus.Draft or PolicyStatus.Voting))
        {
            throw CityException.Conflict("It is decided already.", "already_decided");
        }

        (Status, ClosedAt) = (PolicyStatus.Cancelled, now);
    }

    /// <summary>What it does to the registry.</summary>
    public IReadOnlyList<RegistryOperation> ReadOperations() => JsonSerializer.Deserialize<List<RegistryOperation>>(Operations, CityJson.Sparse)!;

    /// <summary>What became of it; null before that.</summary>
    public PolicyResult? ReadResult() => Result is null ? null : JsonSerializer.Deserialize<PolicyResult>(Result, CityJson.Sparse);
}

/// <summary>What became of a policy.</summary>
/// <param name="Changes">What it changed, line by line.</param>
/// <param name="Inverse">The operations that take it back.</param>
/// <param name="Rule">The rule that forbade it.</param>
/// <param name="Problem">In words.</param>
public sealed record PolicyResult(IReadOnlyList<RegistryChange> Changes, IReadOnlyList<RegistryOperation> Inverse, string? Rule, string? Problem);

/// <summary>What was voted.</summary>
/// <param name="Yes">Weight for it.</param>
/// <param name="No">Weight against it.</param>
/// <param name="Abstain">Weight of neither.</param>
/// <param name="Voters">How many voted.</param>
public sealed record Ballot(Quantity Yes, Quantity No, Quantity Abstain, int Voters)
{
    /// <summary>All weight.</summary>
    public decimal Turnout => Yes.Value + No.Value + Abstain.Value;

    /// <summary>Percent of the circulating DAARION that voted.</summary>
    public decimal TurnoutPct(Proposal policy) => policy.Circulating is { IsPositive: true } all ? Turnout / all.Value * 100m : 0m;

    /// <summary>Enough have voted. Where nobody has any DAARION nobody decides.</summary>
    public bool ReachesQuorum(Proposal policy) => policy.Circulating is { IsPositive: true } && Turnout > 0 && TurnoutPct(policy) >= policy.QuorumPct.Value;

    /// <summary>It would be adopted.</summary>
    public bool Passes(Proposal policy) =>
        ReachesQuorum(policy) && Yes.Value + No.Value > 0 && Yes.Value / (Yes.Value + No.Value) * 100m >= policy.ApprovalPct.Value;
}

/// <summary>What a resident had when a vote opened.</summary>
public sealed class WeightRow
{
    /// <summary>The proposal.</summary>
    public required PolicyId PolicyId { get; init; }

    /// <summary>The resident.</summary>
    public required UserId VoterId { get; init; }

    /// <summary>Their DAARION.</summary>
    public required Quantity Weight { get; init; }
}

/// <summary>A vote.</summary>
public sealed class VoteRow
{
    /// <summary>The proposal.</summary>
    public required PolicyId PolicyId { get; init; }

    /// <summary>Whose vote.</summary>
    public required UserId VoterId { get; init; }

    /// <summary>The vote.</summary>
    public required VoteChoice Choice { get; set; }

    /// <summary>Its weight.</summary>
    public required Quantity Weight { get; init; }

    /// <summary>When it was cast, or cast otherwise.</summary>
    public required DateTimeOffset At { get; set; }
}

/// <summary>The first of two operators who take a policy back without a vote.</summary>
public sealed class RollbackRow
{
    /// <summary>The policy.</summary>
    public required PolicyId PolicyId { get; init; }

    /// <summary>The first operator.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset RequestedAt { get; init; }
}
