using Daarion.Core.Kernel;
using Daarion.Core.Wallets.Chain;

namespace Daarion.Core.Wallets;

/// <summary><c>payout.generated</c>: a movement of the inventory earned something.</summary>
/// <param name="PayoutId">The payout.</param>
/// <param name="TeamId">The team of the site.</param>
/// <param name="Symbol">The token.</param>
/// <param name="Amount">How much.</param>
/// <param name="RwaRef">The movement.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Status"><c>generated</c>, or <c>review</c> where an operator has to look first.</param>
/// <param name="BeneficiaryKind">A team or a person.</param>
/// <param name="BeneficiaryId">Which.</param>
/// <param name="Domain"><c>energy</c>.</param>
/// <param name="SiteId">The site.</param>
/// <param name="Ts">The time of the reading.</param>
public sealed record PayoutGenerated(
    PayoutId PayoutId,
    TeamId TeamId,
    Symbol Symbol,
    Quantity Amount,
    RwaId RwaRef,
    string Rule,
    PayoutStatus Status,
    OwnerKind BeneficiaryKind,
    OwnerId BeneficiaryId,
    string Domain,
    string SiteId,
    DateTimeOffset Ts);

/// <summary><c>payout.claimed</c>: a person claimed a payout.</summary>
/// <param name="PayoutId">The payout.</param>
/// <param name="TeamId">The team of the site.</param>
/// <param name="UserId">Who claimed it.</param>
/// <param name="Symbol">The token.</param>
/// <param name="Amount">How much.</param>
/// <param name="TransferId">The transaction of the ledger.</param>
/// <param name="BeneficiaryId">Into whose wallet.</param>
/// <param name="TxHash">The transaction on a chain; null for a payout that is paid in the ledger.</param>
public sealed record PayoutClaimed(
    PayoutId PayoutId, TeamId TeamId, UserId UserId, Symbol Symbol, Quantity Amount, TransferId TransferId, OwnerId BeneficiaryId, string? TxHash = null);

/// <summary><c>wallet.balance.updated</c>: a transaction changed what an owner has.</summary>
/// <param name="AccountId">The wallet.</param>
/// <param name="OwnerKind">What kind of owner.</param>
/// <param name="OwnerId">Whose it is.</param>
/// <param name="Symbol">The token.</param>
/// <param name="Balance">What there is now, locked included.</param>
/// <param name="Delta">What came or went.</param>
/// <param name="TransferId">The transaction.</param>
public sealed record WalletBalanceUpdated(WalletId AccountId, OwnerKind OwnerKind, OwnerId OwnerId, Symbol Symbol, Quantity Balance, Quantity Delta, TransferId TransferId);

/// <summary><c>wallet.tx.sent</c>: a transfer between two owners moved.</summary>
/// <param name="TransferId">The transaction.</param>
/// <param name="FromKind">What kind of owner gives.</param>
/// <param name="FromId">Who gives.</param>
/// <param name="ToKind">What kind of owner gets.</param>
/// <param name="ToId">Who gets.</param>
/// <param name="Symbol">The token.</param>
/// <param name="Amount">How much.</param>
/// <param name="ApprovedBy">The operator who let it move; null below the limit.</param>
public sealed record WalletTransferSent(TransferId TransferId, OwnerKind FromKind, OwnerId FromId, OwnerKind ToKind, OwnerId ToId, Symbol Symbol, Quantity Amount, string? ApprovedBy);

/// <summary><c>wallet.converted</c>: an owner changed tokens into others.</summary>
/// <param name="ConversionId">The conversion.</param>
/// <param name="OwnerKind">What kind of owner.</param>
/// <param name="OwnerId">Whose.</param>
/// <param name="From">The token that was given.</param>
/// <param name="To">The token that was got.</param>
/// <param name="Amount">How much was given.</param>
/// <param name="Received">How much was got.</param>
/// <param name="Rate">The rate.</param>
public sealed record WalletConverted(ConversionId ConversionId, OwnerKind OwnerKind, OwnerId OwnerId, Symbol From, Symbol To, Quantity Amount, Quantity Received, Quantity Rate);

/// <summary><c>staking.locked</c>: RINGK was locked for a team.</summary>
/// <param name="StakeId">The stake.</param>
/// <param name="OwnerKind">What kind of owner.</param>
/// <param name="OwnerId">Whose it is.</param>
/// <param name="TeamId">For which team.</param>
/// <param name="Symbol">RINGK.</param>
/// <param name="Amount">How much.</param>
/// <param name="LockUntil">Nobody unlocks it before.</param>
/// <param name="TeamTotal">All that is locked for the team now.</param>
public sealed record StakingLocked(
    StakeId StakeId, OwnerKind OwnerKind, OwnerId OwnerId, TeamId TeamId, Symbol Symbol, Quantity Amount, DateTimeOffset LockUntil, Quantity TeamTotal);

/// <summary><c>staking.unlocked</c>: RINGK is its owner's to move again.</summary>
/// <param name="StakeId">The stake.</param>
/// <param name="OwnerKind">What kind of owner.</param>
/// <param name="OwnerId">Whose it is.</param>
/// <param name="TeamId">For which team it was locked.</param>
/// <param name="Symbol">RINGK.</param>
/// <param name="Amount">How much.</param>
/// <param name="LockUntil">Since when it could be unlocked.</param>
/// <param name="TeamTotal">All that is locked for the team now.</param>
public sealed record StakingUnlocked(
    StakeId StakeId, OwnerKind OwnerKind, OwnerId OwnerId, TeamId TeamId, Symbol Symbol, Quantity Amount, DateTimeOffset LockUntil, Quantity TeamTotal);

/// <summary><c>wallet.audit.failed</c>: the ledger is not as it was written. Told each time it is found.</summary>
/// <param name="Check">The invariant that does not hold.</param>
/// <param name="At">The first transaction where it does not.</param>
public sealed record WalletAuditFailed(string Check, string At);

/// <summary><c>payout.failed</c>: a claim to the chain failed; the payout can be claimed again.</summary>
public sealed record PayoutFailed(PayoutId PayoutId, TeamId TeamId, Symbol Symbol, Quantity Amount, string Reason);

/// <summary><c>wallet.tx.confirmed</c>: a transaction on the chain is final and booked.</summary>
/// <param name="ChainTransactionId">The transaction.</param>
/// <param name="Kind">Why it was made.</param>
/// <param name="OwnerId">Whose tokens.</param>
/// <param name="Symbol">The token.</param>
/// <param name="Amount">How much.</param>
/// <param name="TxHash">What the chain knows it by.</param>
/// <param name="BlockNumber">In which block it is.</param>
/// <param name="PayoutId">The payout that was claimed by it.</param>
/// <param name="TransferId">The transaction of the ledger that booked it.</param>
public sealed record WalletTransactionConfirmed(
    ChainTransactionId ChainTransactionId, ChainTransactionKind Kind, OwnerId OwnerId, Symbol Symbol, Quantity Amount, string TxHash, long BlockNumber, PayoutId? PayoutId, TransferId TransferId);

/// <summary><c>wallet.tx.failed</c>: a transaction on the chain did not and will not happen.</summary>
/// <param name="ChainTransactionId">The transaction.</param>
/// <param name="Kind">Why it was made.</param>
/// <param name="OwnerId">Whose tokens.</param>
/// <param name="Symbol">The token.</param>
/// <param name="Amount">How much.</param>
/// <param name="TxHash">What the chain knows it by; null where it was never signed.</param>
/// <param name="Reason">Why.</param>
/// <param name="PayoutId">The payout that can be claimed again.</param>
public sealed record WalletTransactionFailed(
    ChainTransactionId ChainTransactionId, ChainTransactionKind Kind, OwnerId OwnerId, Symbol Symbol, Quantity Amount, string? TxHash, string Reason, PayoutId? PayoutId);

/// <summary><c>wallet.tx.progressed</c>: a transaction on the chain is a step further.</summary>
public sealed record WalletTransactionProgressed(ChainTransactionId ChainTransactionId, OwnerId OwnerId, ChainTransactionState State, string? TxHash, int Confirmations);
