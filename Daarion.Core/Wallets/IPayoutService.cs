using Daarion.Core.Kernel;

namespace Daarion.Core.Wallets;

/// <summary>Payouts: what movements of the inventory earned, and who claims it (seed 4.7). Agents can do none of this, whatever key they hold.</summary>
public interface IPayoutService
{
    /// <summary>
    /// Payouts, newest first. Asks <c>wallet.payout.view</c> in the team that is asked for, for the person that is asked for, or in the city;
    /// a Member sees what is their own.
    /// </summary>
    Task<Page<Payout>> ListPayouts(Caller caller, PayoutQuery request, CancellationToken ct);

    /// <summary>One payout with its whole story. Asks <c>wallet.payout.view</c> in its team.</summary>
    Task<Payout> GetPayout(Caller caller, PayoutRef request, CancellationToken ct);

    /// <summary>What a list of payouts sums to, by status. Asks <c>wallet.payout.view</c> as <see cref="ListPayouts"/> does.</summary>
    Task<PayoutSummary> SummarisePayouts(Caller caller, PayoutQuery request, CancellationToken ct);

    /// <summary>
    /// Claims one payout: <c>generated → claimed</c> and the transfer of the ledger in one transaction. Asks <c>wallet.payout.claim</c>: Owner and
    /// Guardian claim the team's into the team's wallet, a person their own into theirs. A service must say for whom (<c>Daarion-Subject</c>).
    /// Publishes <c>payout.claimed</c> and <c>wallet.balance.updated</c>; audited. <c>conflict</c> where it is claimed already or waits for its review.
    /// </summary>
    Task<Payout> ClaimPayout(Caller caller, PayoutRef request, CancellationToken ct);

    /// <summary>Claims up to 500 payouts at once, as <see cref="ClaimPayout"/> does, with an outcome for each; each has its own transaction in the ledger.</summary>
    [TimeLimit(15)]
    Task<ClaimResults> ClaimPayouts(Caller caller, ClaimPayouts request, CancellationToken ct);

    /// <summary>
    /// Makes the payouts of a movement that a service states, by each rule of its domain, once, up to the day's cap; a movement that was rewarded before makes none.
    /// Asks <c>service.mint.payout</c>; audited; publishes <c>payout.generated</c>.
    /// </summary>
    Task<GeneratedPayouts> GeneratePayout(Caller caller, GeneratePayout request, CancellationToken ct);

    /// <summary>Lets a payout above the review limit be claimed. Asks <c>city.payout.review</c>; audited. <c>conflict</c> where it is not in review.</summary>
    Task<Payout> ApprovePayout(Caller caller, ReviewPayout request, CancellationToken ct);

    /// <summary>Ends a payout above the review limit; it is never paid, and no longer counts for its day's cap. Asks <c>city.payout.review</c>; audited. <c>conflict</c> where it is not in review.</summary>
    Task<Payout> CancelPayout(Caller caller, ReviewPayout request, CancellationToken ct);

    /// <summary>How movements become payouts: rates, caps, limits. Asks <c>wallet.payout.view</c> in the city.</summary>
    Task<PayoutRules> GetRules(Caller caller, PayoutRulesRequest request, CancellationToken ct);

    /// <summary>How far a team's days are filled, newest first. Asks <c>wallet.payout.view</c> in the team.</summary>
    Task<Page<RewardDay>> ListRewardDays(Caller caller, RewardDayQuery request, CancellationToken ct);
}

/// <summary>A movement of the inventory, as a service states it.</summary>
/// <param name="RwaRef">The movement: <c>rwa_…</c>.</param>
/// <param name="TeamId">Whose it is.</param>
/// <param name="Domain"><c>energy</c>.</param>
/// <param name="SiteId">The site.</param>
/// <param name="Unit">The unit that the city counts in.</param>
/// <param name="Delta">What the movement brought; above zero.</param>
/// <param name="InventoryId">The inventory that moved.</param>
/// <param name="OracleId">The reading behind the movement.</param>
/// <param name="Ts">The time of the reading; its UTC day counts for the cap.</param>
/// <param name="BeneficiaryUserId">The person who is paid instead of the team.</param>
public sealed record GeneratePayout(
    RwaId RwaRef, TeamId TeamId, string Domain, string SiteId, string Unit, Quantity Delta, RwaId InventoryId, OracleId OracleId, DateTimeOffset Ts, UserId? BeneficiaryUserId = null);

/// <summary>What was made.</summary>
/// <param name="PayoutIds">None where the movement was rewarded before, where no rule rewards it, or where the day's cap is full.</param>
public sealed record GeneratedPayouts(IReadOnlyList<PayoutId> PayoutIds);

/// <summary>How a payout stands.</summary>
public enum PayoutStatus
{
    /// <summary>It waits to be claimed.</summary>
    Generated,

    /// <summary>It is above the review limit and waits for an operator.</summary>
    Review,

    /// <summary>It is claimed to an address on the chain and waits for its confirmations.</summary>
    Claiming,

    /// <summary>It was claimed.</summary>
    Claimed,

    /// <summary>An operator ended it; it is never paid.</summary>
    Cancelled,
}

/// <summary>What a movement of the inventory earned.</summary>
/// <param name="Id"><c>pay_…</c>.</param>
/// <param name="TeamId">The team of the site.</param>
/// <param name="Symbol">The token.</param>
/// <param name="Amount">How much.</param>
/// <param name="Status">How it stands.</param>
/// <param name="RwaRef">The movement of the inventory.</param>
/// <param name="Rule">The rule that made it; one movement earns once by each rule.</param>
/// <param name="BeneficiaryKind">A team or a person.</param>
/// <param name="BeneficiaryId">Which; it is claimed into their wallet.</param>
/// <param name="Domain"><c>energy</c>.</param>
/// <param name="SiteId">The site.</param>
/// <param name="InventoryId">The inventory that moved.</param>
/// <param name="OracleId">The reading behind the movement.</param>
/// <param name="Delta">What the reading added.</param>
/// <param name="Unit"><c>kwh</c>.</param>
/// <param name="Rate">Tokens for one unit, as the rule was then.</param>
/// <param name="Unpaid">The part above the day's cap, which is not paid.</param>
/// <param name="ReadingTs">The time of the reading; its UTC day counts for the cap.</param>
/// <param name="CreatedAt">When it was generated.</param>
/// <param name="ReviewedBy">The operator who approved or cancelled it.</param>
/// <param name="ReviewedAt">When.</param>
/// <param name="ReviewNote">What the operator wrote.</param>
/// <param name="ClaimedBy">The person who claimed it.</param>
/// <param name="ClaimedAt">When.</param>
/// <param name="TransactionId">The transaction of the ledger that paid it.</param>
/// <param name="TraceId">The trace that goes back to the webhook.</param>
/// <param name="TxHash">The transaction on the chain that paid it.</param>
/// <param name="ClaimFailure">Why its last claim to the chain failed.</param>
public sealed record Payout(
    PayoutId Id,
    TeamId TeamId,
    Symbol Symbol,
    Quantity Amount,
    PayoutStatus Status,
    RwaId RwaRef,
    string Rule,
    OwnerKind BeneficiaryKind,
    OwnerId BeneficiaryId,
    string Domain,
    string SiteId,
    RwaId InventoryId,
    OracleId OracleId,
    Quantity Delta,
    string Unit,
    Quantity Rate,
    Quantity Unpaid,
    DateTimeOffset ReadingTs,
    DateTimeOffset CreatedAt,
    string? ReviewedBy,
    DateTimeOffset? ReviewedAt,
    string? ReviewNote,
    UserId? ClaimedBy,
    DateTimeOffset? ClaimedAt,
    TransferId? TransactionId,
    string? TraceId,
    string? TxHash = null,
    string? ClaimFailure = null);

/// <summary>Which payouts.</summary>
/// <param name="TeamId">Of one team.</param>
/// <param name="Status">In one state.</param>
/// <param name="Beneficiary">Paid to one owner.</param>
/// <param name="SiteId">Of one site.</param>
/// <param name="RwaRef">Made by one movement.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record PayoutQuery(
    TeamId? TeamId = null,
    PayoutStatus? Status = null,
    OwnerId? Beneficiary = null,
    string? SiteId = null,
    RwaId? RwaRef = null,
    int Limit = PageRequest.DefaultLimit,
    string? Cursor = null);

/// <summary>Names a payout.</summary>
public sealed record PayoutRef(PayoutId Id);

/// <summary>What a list of payouts sums to.</summary>
/// <param name="Totals">Each token and status that occurs.</param>
public sealed record PayoutSummary(IReadOnlyList<PayoutTotal> Totals);

/// <summary>Payouts of one token in one state.</summary>
/// <param name="Symbol">The token.</param>
/// <param name="Status">The state.</param>
/// <param name="Count">How many.</param>
/// <param name="Amount">How much together.</param>
public sealed record PayoutTotal(Symbol Symbol, PayoutStatus Status, long Count, Quantity Amount);

/// <summary>Payouts to claim.</summary>
/// <param name="PayoutIds">1 to 500, each once.</param>
public sealed record ClaimPayouts(IReadOnlyList<PayoutId> PayoutIds)
{
    /// <summary>The most payouts of one claim.</summary>
    public const int MaxPayouts = 500;
}

/// <summary>Outcomes, in the order asked.</summary>
public sealed record ClaimResults(IReadOnlyList<ClaimResult> Results);

/// <summary>What became of one claim.</summary>
/// <param name="PayoutId">The payout.</param>
/// <param name="Status">Whether this claim got it.</param>
/// <param name="Code">Why not: <c>conflict</c>, <c>not_found</c>, <c>forbidden</c>; null when it did.</param>
/// <param name="TransactionId">The transaction of the ledger; null when it did not.</param>
public sealed record ClaimResult(PayoutId PayoutId, ClaimStatus Status, ErrorCode? Code, TransferId? TransactionId);

/// <summary>Whether a claim got its payout.</summary>
public enum ClaimStatus
{
    /// <summary>It did.</summary>
    Claimed,

    /// <summary>It is on its way to an address on the chain.</summary>
    Claiming,

    /// <summary>It did not; the code says why.</summary>
    Refused,
}

/// <summary>An operator's word on a payout in review.</summary>
/// <param name="Id">The payout.</param>
/// <param name="Note">Why; at most 500 characters.</param>
public sealed record ReviewPayout(PayoutId Id, string? Note = null);

/// <summary>Asks for the rules of payouts.</summary>
public sealed record PayoutRulesRequest;

/// <summary>How movements become payouts, and which transfers wait.</summary>
/// <param name="Rules">Each rule.</param>
/// <param name="TransferLimits">Each token's limit above which a transfer waits for a second operator.</param>
public sealed record PayoutRules(IReadOnlyList<PayoutRule> Rules, IReadOnlyList<TransferLimit> TransferLimits);

/// <summary>A rule.</summary>
/// <param name="Code">Its name.</param>
/// <param name="Domain">For movements of this domain,</param>
/// <param name="Unit">counted in this unit,</param>
/// <param name="Symbol">this token,</param>
/// <param name="Rate">so many for one unit,</param>
/// <param name="DailyCap">at most so many for each team, domain and UTC day of the reading,</param>
/// <param name="ReviewLimit">and above so many an operator reviews it.</param>
/// <param name="Active">Whether it makes payouts now.</param>
public sealed record PayoutRule(string Code, string Domain, string Unit, Symbol Symbol, Quantity Rate, Quantity DailyCap, Quantity ReviewLimit, bool Active)
{
    /// <summary>Whether it rewards a movement.</summary>
    public bool AppliesTo(Rwa.RwaInventoryUpdated movement) =>
        string.Equals(movement.Domain, Domain, StringComparison.Ordinal) && string.Equals(movement.Unit, Unit, StringComparison.Ordinal);
}

/// <summary>The limit above which a transfer of a token waits for a second operator.</summary>
public sealed record TransferLimit(Symbol Symbol, Quantity Limit);

/// <summary>Which days.</summary>
/// <param name="TeamId">The team.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record RewardDayQuery(TeamId TeamId, int Limit = PageRequest.DefaultLimit, string? Cursor = null);

/// <summary>How far a team's day is filled.</summary>
/// <param name="TeamId">The team.</param>
/// <param name="Day">The UTC day of the readings.</param>
/// <param name="Domain"><c>energy</c>.</param>
/// <param name="Symbol">The token.</param>
/// <param name="Paid">What payouts of that day sum to.</param>
/// <param name="Unpaid">What was above the cap.</param>
/// <param name="Cap">The cap as it is now.</param>
public sealed record RewardDay(TeamId TeamId, DateOnly Day, string Domain, Symbol Symbol, Quantity Paid, Quantity Unpaid, Quantity Cap);
