using Daarion.Core.Kernel;

namespace Daarion.Core.Wallets.Chain;

/// <summary>
/// The link to an EVM chain: addresses of owners, what is taken out to them, and each transaction on its way (seed 4.7). Without a link the operations that need it
/// answer <c>unavailable</c> (<c>no_chain</c>).
/// </summary>
public interface IChainService
{
    /// <summary>How the link is. Asks <c>wallet.balance.view</c> on one's own.</summary>
    Task<ChainState> GetChain(Caller caller, ChainRequest request, CancellationToken ct);

    /// <summary>Addresses of an owner. Asks <c>wallet.balance.view</c>.</summary>
    Task<Page<OwnersAddress>> ListAddresses(Caller caller, AddressQuery request, CancellationToken ct);

    /// <summary>
    /// Puts an address into an owner's book. It is used once its owner has signed the challenge in the answer (EIP-191). Asks <c>wallet.transfer</c>; audited.
    /// <c>conflict</c> where it is in the book already, or the book is full.
    /// </summary>
    Task<OwnersAddress> AddAddress(Caller caller, AddAddress request, CancellationToken ct);

    /// <summary>Shows that an address is the owner's: a signature over the challenge, at most an hour old. Asks <c>wallet.transfer</c>; audited. <c>invalid_payload</c> where somebody else signed.</summary>
    Task<OwnersAddress> ProveAddress(Caller caller, ProveAddress request, CancellationToken ct);

    /// <summary>Says whether payouts of the owner are paid to this address; of an owner's addresses one at most. Asks <c>wallet.transfer</c>; audited.</summary>
    Task<OwnersAddress> PayToAddress(Caller caller, PayToAddress request, CancellationToken ct);

    /// <summary>Takes an address out of the book. Asks <c>wallet.transfer</c>; audited.</summary>
    Task<OwnersAddress> RemoveAddress(Caller caller, AddressRef request, CancellationToken ct);

    /// <summary>
    /// Takes tokens of an owner out to a proven address: the amount is locked until the chain has confirmed it; above the token's limit it waits for another operator.
    /// Asks <c>wallet.transfer</c>; audited. <c>conflict</c> (<c>insufficient_funds</c>, <c>not_proven</c>, <c>not_on_chain</c>).
    /// </summary>
    Task<ChainTransaction> Withdraw(Caller caller, WithdrawTokens request, CancellationToken ct);

    /// <summary>Lets a withdrawal above the limit go. Asks <c>city.wallet.approve</c>; audited. <c>conflict</c> for whoever asked for it (<c>four_eyes</c>).</summary>
    Task<ChainTransaction> ApproveWithdrawal(Caller caller, ChainTransactionRef request, CancellationToken ct);

    /// <summary>Ends a withdrawal that waits for an operator; its amount is free again. Asks <c>wallet.transfer</c> of the owner, or <c>city.wallet.approve</c>; audited.</summary>
    Task<ChainTransaction> CancelWithdrawal(Caller caller, ChainTransactionRef request, CancellationToken ct);

    /// <summary>Transactions on the chain, newest first. Asks <c>wallet.balance.view</c> of the owner that is asked for, or in the city.</summary>
    Task<Page<ChainTransaction>> ListChainTransactions(Caller caller, ChainTransactionQuery request, CancellationToken ct);

    /// <summary>One transaction. Asks <c>wallet.balance.view</c> of its owner.</summary>
    Task<ChainTransaction> GetChainTransaction(Caller caller, ChainTransactionRef request, CancellationToken ct);
}

/// <summary>Asks how the link is.</summary>
public sealed record ChainRequest;

/// <summary>How the link is.</summary>
/// <param name="IsLinked">Whether there is one.</param>
/// <param name="Signer">Whose signature moves the city's tokens.</param>
/// <param name="Tokens">The contract of each token that is on the chain.</param>
/// <param name="Confirmations">How many blocks must lie on a transaction.</param>
/// <param name="IsUp">Whether the node answers.</param>
/// <param name="Problem">Why what waits waits; null where nothing is in its way.</param>
/// <param name="Open">How many transactions are on their way.</param>
public sealed record ChainState(bool IsLinked, EvmAddress? Signer, IReadOnlyDictionary<string, EvmAddress> Tokens, int Confirmations, bool IsUp, string? Problem, int Open);

/// <summary>Which addresses.</summary>
/// <param name="Owner">Whose.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record AddressQuery(OwnerId Owner, int Limit = PageRequest.DefaultLimit, string? Cursor = null);

/// <summary>An address in an owner's book.</summary>
/// <param name="Id"><c>addr_…</c>.</param>
/// <param name="OwnerId">Whose.</param>
/// <param name="Address">The address.</param>
/// <param name="Label">What the owner calls it.</param>
/// <param name="Challenge">What must be signed to show that it is theirs; null where it is shown.</param>
/// <param name="ExpiresAt">How long the challenge is good.</param>
/// <param name="ProvenAt">When it was shown.</param>
/// <param name="Payouts">Whether payouts go there.</param>
/// <param name="CreatedAt">Since when it is in the book.</param>
public sealed record OwnersAddress(
    AddressId Id, OwnerId OwnerId, EvmAddress Address, string Label, string? Challenge, DateTimeOffset? ExpiresAt, DateTimeOffset? ProvenAt, bool Payouts, DateTimeOffset CreatedAt);

/// <summary>An address for the book.</summary>
/// <param name="Owner">Whose.</param>
/// <param name="Address">The address.</param>
/// <param name="Label">What the owner calls it: at most 80 characters.</param>
public sealed record AddAddress(OwnerId Owner, EvmAddress Address, string? Label = null);

/// <summary>Names an address.</summary>
public sealed record AddressRef(AddressId Id);

/// <summary>A proof of an address.</summary>
/// <param name="Id">Which.</param>
/// <param name="Signature">65 bytes as hexadecimal text: what a wallet answers to <c>personal_sign</c> of the challenge.</param>
public sealed record ProveAddress(AddressId Id, string Signature);

/// <summary>Whether payouts go to an address.</summary>
/// <param name="Id">Which.</param>
/// <param name="Payouts">Whether.</param>
public sealed record PayToAddress(AddressId Id, bool Payouts = true);

/// <summary>What to take out.</summary>
/// <param name="AddressId">To which address of the book; its owner is who gives.</param>
/// <param name="Symbol">The token.</param>
/// <param name="Amount">How much.</param>
public sealed record WithdrawTokens(AddressId AddressId, Symbol Symbol, Quantity Amount);

/// <summary>Why a transaction is on the chain.</summary>
public enum ChainTransactionKind
{
    /// <summary>A payout was claimed to an address.</summary>
    Payout,

    /// <summary>An owner took tokens out.</summary>
    Withdrawal,
}

/// <summary>How far a transaction is.</summary>
public enum ChainTransactionState
{
    /// <summary>It is above the limit and waits for another operator.</summary>
    Pending,

    /// <summary>It waits to be signed.</summary>
    Queued,

    /// <summary>It is signed and kept, and goes out next.</summary>
    Signed,

    /// <summary>The node has it; it waits for its confirmations.</summary>
    Sent,

    /// <summary>It is final and booked.</summary>
    Confirmed,

    /// <summary>It did not and will not happen.</summary>
    Failed,

    /// <summary>It was ended before it was signed.</summary>
    Cancelled,
}

/// <summary>A transaction on the chain.</summary>
/// <param name="Id"><c>ctx_…</c>.</param>
/// <param name="Kind">Why.</param>
/// <param name="State">How far it is.</param>
/// <param name="OwnerId">Whose tokens.</param>
/// <param name="Symbol">The token.</param>
/// <param name="Amount">How much.</param>
/// <param name="PayoutId">The payout that is claimed by it.</param>
/// <param name="Address">Where to.</param>
/// <param name="Contract">The token's contract.</param>
/// <param name="RequestedBy">Who asked.</param>
/// <param name="RequestedAt">When.</param>
/// <param name="ApprovedBy">The operator who let it go.</param>
/// <param name="Nonce">Its place among the signer's.</param>
/// <param name="Hash">What the chain knows it by.</param>
/// <param name="SentAt">When the node got it last.</param>
/// <param name="BlockNumber">In which block it is.</param>
/// <param name="Confirmations">How many blocks lie on it.</param>
/// <param name="Reason">Why it failed: <c>refused</c> (the contract said no before it was sent), <c>reverted</c>, <c>replaced</c>, <c>not_whole</c>.</param>
/// <param name="SettledAt">When it ended.</param>
/// <param name="TransferId">The transaction of the ledger that booked it.</param>
/// <param name="TraceId">The trace.</param>
public sealed record ChainTransaction(
    ChainTransactionId Id,
    ChainTransactionKind Kind,
    ChainTransactionState State,
    OwnerId OwnerId,
    Symbol Symbol,
    Quantity Amount,
    PayoutId? PayoutId,
    EvmAddress Address,
    EvmAddress Contract,
    string RequestedBy,
    DateTimeOffset RequestedAt,
    string? ApprovedBy,
    long? Nonce,
    string? Hash,
    DateTimeOffset? SentAt,
    long? BlockNumber,
    int Confirmations,
    string? Reason,
    DateTimeOffset? SettledAt,
    TransferId? TransferId,
    string? TraceId);

/// <summary>Names a transaction on the chain.</summary>
public sealed record ChainTransactionRef(ChainTransactionId Id);

/// <summary>Which transactions.</summary>
/// <param name="Owner">Of one owner; the whole city's without.</param>
/// <param name="State">In one state.</param>
/// <param name="PayoutId">Of one payout.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record ChainTransactionQuery(
    OwnerId? Owner = null, ChainTransactionState? State = null, PayoutId? PayoutId = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null);
