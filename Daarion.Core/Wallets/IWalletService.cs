using Daarion.Core.Kernel;

namespace Daarion.Core.Wallets;

/// <summary>Balances, transfers and the ledger behind them (seed 4.7). Every change of a balance is a transfer between two accounts; nothing is ever rewritten.</summary>
public interface IWalletService
{
    /// <summary>How a token went between mint, treasury, teams, people, chain and burn in a time of at most ten years. Asks <c>wallet.balance.view</c> in the city.</summary>
    Task<MoneyMap> GetMoneyMap(Caller caller, FlowQuery request, CancellationToken ct);

    /// <summary>What an owner has, each token. Asks <c>wallet.balance.view</c> of the owner's wallet.</summary>
    Task<Balance> GetBalance(Caller caller, BalanceRef request, CancellationToken ct);

    /// <summary>Every account with something in it, the city's own included. Asks <c>wallet.balance.view</c> in the city.</summary>
    Task<Page<Account>> ListAccounts(Caller caller, AccountQuery request, CancellationToken ct);

    /// <summary>
    /// Moves tokens from one owner to another. Asks <c>wallet.transfer</c> of the owner who gives. Above the token's limit it waits,
    /// with the amount locked, for an operator other than the one who asked. Publishes <c>wallet.tx.sent</c> and <c>wallet.balance.updated</c> when it moves.
    /// <c>conflict</c> (<c>insufficient_funds</c>) when there is not enough; <c>not_found</c> when there is no such receiver.
    /// </summary>
    Task<Transfer> SendTransfer(Caller caller, SendTransfer request, CancellationToken ct);

    /// <summary>A transfer that a person asked for, moved or not. Asks <c>wallet.balance.view</c> of either owner.</summary>
    Task<Transfer> GetTransfer(Caller caller, TransferRef request, CancellationToken ct);

    /// <summary>Transfers above their limit, newest first. Asks <c>wallet.balance.view</c> of the owner that is asked for, or in the city.</summary>
    Task<Page<Transfer>> ListHeldTransfers(Caller caller, HeldTransferQuery request, CancellationToken ct);

    /// <summary>
    /// Lets a waiting transfer move. Asks <c>city.wallet.approve</c>; audited. <c>conflict</c> (<c>four_eyes</c>) for the one who asked for it,
    /// and where it is not waiting any more.
    /// </summary>
    Task<Transfer> ApproveTransfer(Caller caller, TransferRef request, CancellationToken ct);

    /// <summary>
    /// Ends a waiting transfer and gives the locked amount back. Asks <c>wallet.transfer</c> of the owner who gives, or <c>city.wallet.approve</c>; audited.
    /// </summary>
    Task<Transfer> CancelTransfer(Caller caller, TransferRef request, CancellationToken ct);

    /// <summary>
    /// Makes tokens for a person or a team; audited. A person asks for new DAARION (<c>city.wallet.mint</c>), which always waits for an operator other than the one
    /// who asked (<see cref="ApproveTransfer"/>). A service that holds <c>service.mint.payout</c> makes any token, at once up to the token's limit; above it the
    /// same second look is needed. <c>not_found</c> when there is no such receiver.
    /// </summary>
    Task<Transfer> Mint(Caller caller, MintTokens request, CancellationToken ct);

    /// <summary>
    /// Ends tokens of a person or a team: they go to <c>burn:&lt;symbol&gt;</c>. Asks <c>service.mint.payout</c>; audited; above the token's limit it waits as a transfer does.
    /// <c>conflict</c> (<c>insufficient_funds</c>) when there is not enough.
    /// </summary>
    Task<Transfer> Burn(Caller caller, BurnTokens request, CancellationToken ct);

    /// <summary>
    /// Locks RINGK for a team, which raises its quotas. Asks <c>wallet.stake.ringk</c> in the team; a person locks their own, a team's own is locked by whoever may move
    /// it. Event <c>staking.locked</c>. <c>conflict</c> (<c>insufficient_funds</c>) when there is not enough.
    /// </summary>
    Task<Stake> Stake(Caller caller, StakeTokens request, CancellationToken ct);

    /// <summary>Unlocks a stake whose day has come. Asks as <see cref="Stake"/>. Event <c>staking.unlocked</c>. <c>conflict</c> (<c>still_locked</c>, <c>unlocked</c>) before it and after.</summary>
    Task<Stake> Unstake(Caller caller, StakeRef request, CancellationToken ct);

    /// <summary>Stakes, newest first. Asks <c>wallet.balance.view</c> of the owner or the team that is asked for, or in the city.</summary>
    Task<Page<Stake>> ListStakes(Caller caller, StakeQuery request, CancellationToken ct);

    /// <summary>How much RINGK is locked for a team, which is what its multiplier goes by.</summary>
    /// <exception cref="CityException"><c>not_found</c> to those who may not see the team.</exception>
    Task<StakeTotal> SumStakes(Caller caller, StakeTotalRef request, CancellationToken ct);

    /// <summary>
    /// Changes tokens of a wallet into others at the rate in force, up to the day's limit: what is given goes to <c>burn:&lt;symbol&gt;</c>, what is got comes from
    /// <c>mint:&lt;symbol&gt;</c>. Asks <c>wallet.convert</c> of the wallet; a team's is converted by its Owner, a person's by themselves. Event <c>wallet.converted</c>.
    /// <c>conflict</c> (<c>insufficient_funds</c>, <c>daily_limit</c>); <c>invalid_payload</c> for a pair that has no rate.
    /// </summary>
    Task<Conversion> Convert(Caller caller, ConvertTokens request, CancellationToken ct);

    /// <summary>Conversions, newest first. Asks <c>wallet.balance.view</c> of the owner that is asked for, or in the city.</summary>
    Task<Page<Conversion>> ListConversions(Caller caller, ConversionQuery request, CancellationToken ct);

    /// <summary>The rates in force, and what an owner may still convert today. Asks <c>wallet.balance.view</c> of the owner.</summary>
    Task<ConversionRates> GetConversionRates(Caller caller, ConversionRatesRef request, CancellationToken ct);

    /// <summary>
    /// Asks that what a transfer or a payout moved goes back, by a new transaction that another operator lets move as he does transfers above their limit; until then it is
    /// locked where it is. Asks <c>city.wallet.approve</c>; audited. <c>conflict</c> (<c>not_reversible</c>, <c>reversed</c>, <c>insufficient_funds</c>).
    /// </summary>
    Task<Transfer> ReverseTransaction(Caller caller, ReverseTransaction request, CancellationToken ct);

    /// <summary>Who has how much of a token, as of one moment: what votes weigh by. Asks <c>service.read.wallet</c>.</summary>
    [TimeLimit(30)]
    Task<Holdings> GetHoldings(Caller caller, HoldingsQuery request, CancellationToken ct);

    /// <summary>Transactions of the ledger, newest first. Asks <c>wallet.balance.view</c> of the owner that is asked for, or in the city.</summary>
    Task<Page<Transaction>> ListTransactions(Caller caller, TransactionQuery request, CancellationToken ct);

    /// <summary>One transaction with its entries. Asks <c>wallet.balance.view</c> of an owner who takes part.</summary>
    Task<Transaction> GetTransaction(Caller caller, TransactionRef request, CancellationToken ct);

    /// <summary>An owner's entries in order, with the balance after each. Asks <c>wallet.balance.view</c> of the owner's wallet.</summary>
    Task<Page<StatementLine>> GetStatement(Caller caller, StatementQuery request, CancellationToken ct);

    /// <summary>What an owner had at the beginning and at the end of a time, and what came and went in between, for each token that took part.</summary>
    /// <param name="caller">Needs <c>wallet.balance.view</c> of the owner.</param>
    /// <param name="request">Whose and when; its page is not heeded.</param>
    /// <param name="ct">Cancellation.</param>
    [TimeLimit(30)]
    Task<StatementSummary> SummariseStatement(Caller caller, StatementQuery request, CancellationToken ct);

    /// <summary>Totals of each token, and every invariant of the ledger checked now. Asks <c>city.wallet.audit</c>.</summary>
    [TimeLimit(60)]
    Task<LedgerAudit> Audit(Caller caller, AuditRequest request, CancellationToken ct);
}

/// <summary>Names an owner's wallet.</summary>
public sealed record BalanceRef(OwnerId Owner);

/// <summary>What an owner has.</summary>
/// <param name="OwnerId"><c>u_…</c>, <c>t_…</c>, or one of the city's accounts.</param>
/// <param name="OwnerKind">What kind of owner.</param>
/// <param name="WalletId">The wallet; null while nothing ever came into it.</param>
/// <param name="Balances">Each token, also those the owner has none of.</param>
public sealed record Balance(OwnerId OwnerId, OwnerKind OwnerKind, WalletId? WalletId, IReadOnlyList<TokenBalance> Balances);

/// <summary>How much of a token.</summary>
/// <param name="Symbol">The token.</param>
/// <param name="Available">What can be moved. Below zero only for the accounts where tokens come from.</param>
/// <param name="Locked">What waits for an approval.</param>
public sealed record TokenBalance(Symbol Symbol, Quantity Available, Quantity Locked);

/// <summary>Which accounts.</summary>
/// <param name="OwnerKind">Of one kind of owner.</param>
/// <param name="Symbol">Of one token.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
/// <param name="WalletId">Of one wallet.</param>
public sealed record AccountQuery(OwnerKind? OwnerKind = null, Symbol? Symbol = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null, WalletId? WalletId = null);

/// <summary>One token of one wallet.</summary>
/// <param name="WalletId">The wallet.</param>
/// <param name="OwnerKind">What kind of owner.</param>
/// <param name="OwnerId">Whose it is.</param>
/// <param name="Symbol">The token.</param>
/// <param name="Available">What can be moved.</param>
/// <param name="Locked">What waits for an approval.</param>
public sealed record Account(WalletId WalletId, OwnerKind OwnerKind, OwnerId OwnerId, Symbol Symbol, Quantity Available, Quantity Locked);

/// <summary>A transfer to make.</summary>
/// <param name="From">Who gives: a person or a team, or their wallet.</param>
/// <param name="To">Who gets: a person or a team, or their wallet.</param>
/// <param name="Symbol">The token.</param>
/// <param name="Amount">How much; above zero.</param>
/// <param name="Memo">For the two of them; at most 200 characters.</param>
/// <param name="Key">Any text of at most 128 characters: asking again with it gives the transfer of the first time.</param>
public sealed record SendTransfer(PartyId From, PartyId To, Symbol Symbol, Quantity Amount, string? Memo = null, string? Key = null);

/// <summary>Tokens to make.</summary>
/// <param name="To">Who gets them: a person or a team.</param>
/// <param name="Symbol">DAARION where a person asks; any token where a service makes it.</param>
/// <param name="Amount">How much; above zero.</param>
/// <param name="Reason">Why: 1 to 200 characters.</param>
public sealed record MintTokens(OwnerId To, Symbol Symbol, Quantity Amount, string Reason);

/// <summary>Tokens to end.</summary>
/// <param name="From">Whose: a person's or a team's.</param>
/// <param name="Symbol">The token.</param>
/// <param name="Amount">How much; above zero.</param>
/// <param name="Reason">Why: 1 to 200 characters.</param>
public sealed record BurnTokens(OwnerId From, Symbol Symbol, Quantity Amount, string Reason);

/// <summary>RINGK to lock.</summary>
/// <param name="Owner">Whose: the person who asks, or the team for which it is locked.</param>
/// <param name="TeamId">For which team.</param>
/// <param name="Amount">How much; above zero.</param>
/// <param name="LockDays">For how many days at least: 7 to 3650.</param>
public sealed record StakeTokens(OwnerId Owner, TeamId TeamId, Quantity Amount, int LockDays)
{
    /// <summary>A week.</summary>
    public const int LeastDays = 7;

    /// <summary>Ten years.</summary>
    public const int MostDays = 3650;
}

/// <summary>Names a stake.</summary>
public sealed record StakeRef(StakeId StakeId);

/// <summary>Which stakes.</summary>
/// <param name="Owner">Of one owner.</param>
/// <param name="TeamId">For one team.</param>
/// <param name="Locked">Only those that are still locked.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record StakeQuery(OwnerId? Owner = null, TeamId? TeamId = null, bool Locked = false, int Limit = PageRequest.DefaultLimit, string? Cursor = null);

/// <summary>Names a team whose stakes are added up.</summary>
/// <param name="TeamId">The team.</param>
public sealed record StakeTotalRef(TeamId TeamId);

/// <summary>What is locked for a team.</summary>
/// <param name="TeamId">The team.</param>
/// <param name="Locked">RINGK that is locked for it now, whoever owns it; also what could be unlocked and was not yet.</param>
/// <param name="Stakes">In so many stakes.</param>
public sealed record StakeTotal(TeamId TeamId, Quantity Locked, long Stakes);

/// <summary>RINGK locked for a team.</summary>
/// <param name="Id"><c>stk_…</c>.</param>
/// <param name="OwnerId">Whose it is.</param>
/// <param name="TeamId">For which team.</param>
/// <param name="Amount">How much.</param>
/// <param name="LockedBy">Who locked it.</param>
/// <param name="LockedAt">When.</param>
/// <param name="LockUntil">Nobody unlocks it before.</param>
/// <param name="UnlockedBy">Who unlocked it; null while it is locked.</param>
/// <param name="UnlockedAt">When.</param>
public sealed record Stake(
    StakeId Id, OwnerId OwnerId, TeamId TeamId, Quantity Amount, string LockedBy, DateTimeOffset LockedAt, DateTimeOffset LockUntil, string? UnlockedBy, DateTimeOffset? UnlockedAt);

/// <summary>Tokens to change into others.</summary>
/// <param name="Wallet">Whose: a person or a team, or their wallet.</param>
/// <param name="From">The token that is given.</param>
/// <param name="To">The token that is got.</param>
/// <param name="Amount">How much is given; above zero.</param>
public sealed record ConvertTokens(PartyId Wallet, Symbol From, Symbol To, Quantity Amount);

/// <summary>Tokens changed into others.</summary>
/// <param name="Id"><c>conv_…</c>.</param>
/// <param name="OwnerId">Whose.</param>
/// <param name="From">The token that was given.</param>
/// <param name="To">The token that was got.</param>
/// <param name="Amount">How much was given.</param>
/// <param name="Received">How much was got: <paramref name="Amount"/> × <paramref name="Rate"/>, rounded once, banker's, at 9 places.</param>
/// <param name="Rate">The rate that was in force.</param>
/// <param name="GivenBy">The transaction that took what was given.</param>
/// <param name="GotBy">The transaction that brought what was got.</param>
/// <param name="ConvertedBy">Who asked.</param>
/// <param name="At">When.</param>
public sealed record Conversion(
    ConversionId Id, OwnerId OwnerId, Symbol From, Symbol To, Quantity Amount, Quantity Received, Quantity Rate, TransferId GivenBy, TransferId GotBy, string ConvertedBy, DateTimeOffset At);

/// <summary>Which conversions.</summary>
/// <param name="Owner">Of one owner; the whole city's without.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record ConversionQuery(OwnerId? Owner = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null);

/// <summary>Whose rates: what is left of the day is the owner's.</summary>
public sealed record ConversionRatesRef(OwnerId Owner);

/// <summary>At what rates tokens are changed into others.</summary>
/// <param name="DailyLimit">How much of a token an owner may change into another in a day (UTC).</param>
/// <param name="Rates">The pairs that have a rate.</param>
public sealed record ConversionRates(Quantity DailyLimit, IReadOnlyList<ConversionRate> Rates);

/// <summary>A rate.</summary>
/// <param name="From">The token that is given.</param>
/// <param name="To">The token that is got.</param>
/// <param name="Rate">How much is got for one that is given.</param>
/// <param name="LeftToday">How much the owner may still give today.</param>
public sealed record ConversionRate(Symbol From, Symbol To, Quantity Rate, Quantity LeftToday);

/// <summary>Which token's holders.</summary>
public sealed record HoldingsQuery(Symbol Symbol);

/// <summary>Who has how much.</summary>
/// <param name="Symbol">The token.</param>
/// <param name="At">When.</param>
/// <param name="Circulating">All that people and teams have, what waits for an approval included.</param>
/// <param name="People">The people who have some.</param>
public sealed record Holdings(Symbol Symbol, DateTimeOffset At, Quantity Circulating, IReadOnlyList<Holding> People);

/// <summary>What a person has.</summary>
/// <param name="User">The person.</param>
/// <param name="Amount">How much.</param>
public sealed record Holding(UserId User, Quantity Amount);

/// <summary>Names a transfer.</summary>
public sealed record TransferRef(TransferId Id);

/// <summary>How a transfer stands.</summary>
public enum TransferStatus
{
    /// <summary>It moved.</summary>
    Completed,

    /// <summary>It is above the limit and waits for a second operator.</summary>
    Pending,

    /// <summary>It was ended before it moved.</summary>
    Cancelled,
}

/// <summary>A transfer that a person asked for.</summary>
/// <param name="Id"><c>tx_…</c>; the transaction of the ledger has the same one.</param>
/// <param name="Status">How it stands.</param>
/// <param name="From">Who gives.</param>
/// <param name="To">Who gets.</param>
/// <param name="Symbol">The token.</param>
/// <param name="Amount">How much.</param>
/// <param name="Memo">For the two of them.</param>
/// <param name="RequestedBy">Who asked for it.</param>
/// <param name="RequestedAt">When.</param>
/// <param name="DecidedBy">Who approved or ended it; null where nobody had to.</param>
/// <param name="DecidedAt">When.</param>
/// <param name="Reverses">The transaction whose amount goes back by it; null for others.</param>
public sealed record Transfer(
    TransferId Id,
    TransferStatus Status,
    OwnerId From,
    OwnerId To,
    Symbol Symbol,
    Quantity Amount,
    string? Memo,
    string RequestedBy,
    DateTimeOffset RequestedAt,
    string? DecidedBy,
    DateTimeOffset? DecidedAt,
    TransferId? Reverses = null);

/// <summary>Which transfers above their limit.</summary>
/// <param name="Owner">From or to one owner; the whole city's without.</param>
/// <param name="Status">In one state.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record HeldTransferQuery(OwnerId? Owner = null, TransferStatus? Status = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null);

/// <summary>Why a transaction was made.</summary>
public enum TransactionKind
{
    /// <summary>A payout was claimed.</summary>
    Payout,

    /// <summary>A person moved tokens.</summary>
    Transfer,

    /// <summary>One half of a conversion: what was given, or what was got.</summary>
    Conversion,

    /// <summary>What another transaction moved went back.</summary>
    Reversal,

    /// <summary>Tokens went out to the chain.</summary>
    Withdrawal,

    /// <summary>Compute was used: 1T ended.</summary>
    Usage,
}

/// <summary>Which flows.</summary>
/// <param name="Symbol">Of which token.</param>
/// <param name="From">From; 30 days before <paramref name="To"/> when left out.</param>
/// <param name="To">To; now when left out.</param>
public sealed record FlowQuery(Symbol Symbol, DateTimeOffset? From = null, DateTimeOffset? To = null);

/// <summary>How a token went between kinds of owners in a time.</summary>
/// <param name="Symbol">The token.</param>
/// <param name="From">From.</param>
/// <param name="To">To.</param>
/// <param name="Flows">Each pair that something went between, the largest first.</param>
public sealed record MoneyMap(Symbol Symbol, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<MoneyFlow> Flows);

/// <summary>What went from one kind of owner to another.</summary>
/// <param name="Giver"><c>mint</c>, <c>burn</c>, <c>treasury</c>, <c>escrow</c>, <c>chain</c>, <c>teams</c>, <c>people</c>.</param>
/// <param name="Receiver">As <paramref name="Giver"/>.</param>
/// <param name="Kind">Why.</param>
/// <param name="Amount">How much.</param>
/// <param name="Transactions">In how many transactions.</param>
public sealed record MoneyFlow(string Giver, string Receiver, TransactionKind Kind, Quantity Amount, long Transactions);

/// <summary>A transaction of the ledger.</summary>
/// <param name="Id"><c>tx_…</c>.</param>
/// <param name="Kind">Why it was made.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Who made it.</param>
/// <param name="Ref">What it is about: the payout for a claim, the conversion for its halves, the transaction that a reversal takes back.</param>
/// <param name="Memo">What was written on it.</param>
/// <param name="Entries">What it did to each account; they sum to zero.</param>
/// <param name="ReversedBy">The transaction by which its amount went back; null where it did not.</param>
public sealed record Transaction(
    TransferId Id, TransactionKind Kind, DateTimeOffset At, string Actor, string? Ref, string? Memo, IReadOnlyList<LedgerEntry> Entries, TransferId? ReversedBy = null);

/// <summary>What a transaction did to one account.</summary>
/// <param name="WalletId">The wallet.</param>
/// <param name="OwnerKind">What kind of owner.</param>
/// <param name="OwnerId">Whose it is.</param>
/// <param name="Symbol">The token.</param>
/// <param name="Amount">What came (above zero) or went (below).</param>
/// <param name="BalanceAfter">The balance after it; null for the accounts where tokens come from and end, whose balance is the sum of their entries.</param>
public sealed record LedgerEntry(WalletId WalletId, OwnerKind OwnerKind, OwnerId OwnerId, Symbol Symbol, Quantity Amount, Quantity? BalanceAfter);

/// <summary>Which transactions.</summary>
/// <param name="Owner">Of one owner; the whole ledger without.</param>
/// <param name="Kind">Of one kind.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record TransactionQuery(OwnerId? Owner = null, TransactionKind? Kind = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null);

/// <summary>Names a transaction.</summary>
public sealed record TransactionRef(TransferId Id);

/// <summary>Which transaction goes back.</summary>
/// <param name="Id">The transaction.</param>
/// <param name="Reason">Why: 1 to 200 characters.</param>
public sealed record ReverseTransaction(TransferId Id, string Reason);

/// <summary>Which part of a statement.</summary>
/// <param name="Owner">Whose.</param>
/// <param name="Symbol">One token.</param>
/// <param name="From">From this time on.</param>
/// <param name="To">Before this time.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record StatementQuery(
    OwnerId Owner, Symbol? Symbol = null, DateTimeOffset? From = null, DateTimeOffset? To = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null);

/// <summary>One line of a statement, oldest first.</summary>
/// <param name="At">When.</param>
/// <param name="TransactionId">The transaction.</param>
/// <param name="Kind">Why.</param>
/// <param name="Counterparty">The other owner.</param>
/// <param name="Symbol">The token.</param>
/// <param name="Amount">What came or went.</param>
/// <param name="BalanceAfter">The balance after it.</param>
/// <param name="Ref">What it is about: the payout for a claim.</param>
/// <param name="Memo">What was written on it.</param>
public sealed record StatementLine(
    DateTimeOffset At, TransferId TransactionId, TransactionKind Kind, OwnerId Counterparty, Symbol Symbol, Quantity Amount, Quantity? BalanceAfter, string? Ref, string? Memo);

/// <summary>A statement in a few numbers.</summary>
/// <param name="OwnerId">Whose.</param>
/// <param name="WalletId">Their wallet; null where nothing ever moved.</param>
/// <param name="From">From when; null from the beginning on.</param>
/// <param name="To">Until when.</param>
/// <param name="Totals">One for each token.</param>
public sealed record StatementSummary(OwnerId OwnerId, WalletId? WalletId, DateTimeOffset? From, DateTimeOffset To, IReadOnlyList<StatementTotal> Totals);

/// <summary>A token in a statement.</summary>
/// <param name="Symbol">Which.</param>
/// <param name="Opening">What there was at the beginning, locked or not.</param>
/// <param name="Received">What came.</param>
/// <param name="Given">What went, as a number above zero.</param>
/// <param name="Closing">What there was at the end: <c>opening + received − given</c>.</param>
/// <param name="Lines">How many lines the statement has.</param>
public sealed record StatementTotal(Symbol Symbol, Quantity Opening, Quantity Received, Quantity Given, Quantity Closing, long Lines);

/// <summary>Asks for the audit of the ledger.</summary>
public sealed record AuditRequest;

/// <summary>The ledger, checked.</summary>
/// <param name="Ok">True when every check holds.</param>
/// <param name="At">When it was checked.</param>
/// <param name="Checks">Each invariant.</param>
/// <param name="Totals">Each token.</param>
public sealed record LedgerAudit(bool Ok, DateTimeOffset At, IReadOnlyList<AuditCheck> Checks, IReadOnlyList<TokenTotals> Totals);

/// <summary>One invariant.</summary>
/// <param name="Name">For example <c>entries_sum_to_zero</c>.</param>
/// <param name="Ok">Whether it holds.</param>
/// <param name="Detail">What was looked at, or the first that breaks it.</param>
public sealed record AuditCheck(string Name, bool Ok, string Detail);

/// <summary>Totals of a token.</summary>
/// <param name="Symbol">The token.</param>
/// <param name="Minted">What ever came.</param>
/// <param name="Burned">What ever ended.</param>
/// <param name="Held">What all owners have together: minted less burned.</param>
/// <param name="Locked">How much of that waits for an approval.</param>
/// <param name="Unclaimed">What payouts not claimed yet would add.</param>
public sealed record TokenTotals(Symbol Symbol, Quantity Minted, Quantity Burned, Quantity Held, Quantity Locked, Quantity Unclaimed);
