using Daarion.Core.Embassies;
using Daarion.Core.Embassies.Webhooks;
using Daarion.Core.Governance;
using Daarion.Core.Oracles;
using Daarion.Core.Policy;
using Daarion.Core.Rwa;
using Daarion.Core.Teams;
using Daarion.Core.Wallets;
using Daarion.Core.Wallets.Chain;

namespace Daarion.UI.Components;

/// <summary>Which states are well, which wait, which are bad: the colour and shape of their words.</summary>
public static class States
{
    /// <summary>The kind of a state's label.</summary>
    public static string KindOf<TEnum>(TEnum state)
        where TEnum : struct, Enum => state switch
        {
            TeamState.Active or PayoutStatus.Claimed or TransferStatus.Completed or DeliveryOutcome.Accepted or ClaimState.Recorded or ChainTransactionState.Confirmed or AdjustmentStatus.Applied or PlatformStatus.Active or WebhookStatus.Active or WebhookMessageState.Delivered or ReadingState.Published or InvitationState.Accepted
                or SignatureState.Valid or SignatureState.ValidPrevious or PolicyStatus.Applied or PolicyStatus.Approved => "ok",
            PayoutStatus.Generated or PayoutStatus.Review or PayoutStatus.Claiming or ChainTransactionState.Pending or ChainTransactionState.Queued or ChainTransactionState.Signed or ChainTransactionState.Sent or TransferStatus.Pending or ReadingState.Held or WebhookMessageState.Waiting or AdjustmentStatus.Pending or ClaimState.Disputed or TeamState.Locked or InvitationState.Open or PolicyStatus.Voting or PolicyStatus.Draft => "wait",
            TeamState.Suspended or PlatformStatus.Suspended or WebhookStatus.Disabled or WebhookMessageState.Failed or ChainTransactionState.Failed or DeliveryOutcome.Rejected or ReadingState.Rejected or SignatureState.Mismatch or SignatureState.Missing or SignatureState.Stale
                or SignatureState.UnknownPlatform or PolicyStatus.Rejected or PolicyStatus.Failed or PolicyStatus.RolledBack => "bad",
            _ => string.Empty,
        };
}
