using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Usage;

namespace Daarion.Core.Wallets.Consumers;

/// <summary>What a team has used of compute ends its 1T: as much as is there at once, the rest with the next usage that finds something.</summary>
internal sealed class BurnComputeWhenUsageCounted(WalletDbContext db, IAccess access) : InboxConsumer<WalletDbContext, UsageIncrement>(db)
{
    private const string Sql = "select transfer_id, wallet_id, owner_kind, owner_id, symbol, amount, balance_after from wallet.burn_compute($1, $2, $3, $4, $5, $6)";

    protected override async Task React(IReadOnlyList<ReceivedEvent<UsageIncrement>> events, CancellationToken ct)
    {
        await access.Require(Db.Operation.Caller, "service.mint.payout", ResourceRef.City, ct);
        var used = events.GroupBy(e => e.Payload.TeamId).Select(team => (Team: team.Key, Units: team.Sum(e => e.Payload.Value.Value), Cause: team.Last())).ToArray();
        if (used.Length == 0)
        {
            return;
        }

        await using var command = await Db.Command(Sql, ct);
        command.Parameters.AddTexts(Array.ConvertAll(used, one => one.Team.Value));
        command.Parameters.AddNumbers(Array.ConvertAll(used, one => one.Units));
        command.Parameters.AddTexts(Array.ConvertAll(SqlArrays.NewIds<TransferKind>(used.Length, Db.Now), id => id.Value));
        command.Parameters.AddTexts(Array.ConvertAll(used, one => one.Cause.EventId.Value));
        command.Parameters.AddText(Db.Operation.Caller.Actor.Id);
        command.Parameters.AddTime(Db.Now);
        foreach (var moved in await Ledger.ReadMoved(command, ct))
        {
            Db.Publish(moved.AsEvent(), moved.WalletId.Value, moved.OwnerId.Team);
        }
    }
}
