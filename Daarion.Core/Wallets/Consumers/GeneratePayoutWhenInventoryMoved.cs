using Daarion.Core.Events;
using Daarion.Core.Policy;
using Daarion.Core.Rwa;

namespace Daarion.Core.Wallets.Consumers;

/// <summary>Each movement that brings something new earns its payout by each rule of its domain, once, up to the day's cap.</summary>
internal sealed class GeneratePayoutWhenInventoryMoved(WalletDbContext db, IAccess access, PayoutGeneration payouts) : InboxConsumer<WalletDbContext, RwaInventoryUpdated>(db)
{
    protected override async Task React(IReadOnlyList<ReceivedEvent<RwaInventoryUpdated>> events, CancellationToken ct)
    {
        await access.Require(Db.Operation.Caller, "service.mint.payout", ResourceRef.City, ct);
        await payouts.Make([.. events.Select(e => (e.Payload, (EventCause?)e.AsCause()))], ct);
    }
}
