using Daarion.Core.Events;
using Daarion.Core.Policy;
using Daarion.Core.Rwa;

namespace Daarion.Core.Usage.Consumers;

/// <summary>Each movement of an inventory is a record that was processed for its team.</summary>
internal sealed class CountRecordsWhenInventoryMoved(UsageDbContext db, IAccess access) : InboxConsumer<UsageDbContext, RwaInventoryUpdated>(db)
{
    private const string Metric = "rwa_processed_records";

    protected override async Task React(IReadOnlyList<ReceivedEvent<RwaInventoryUpdated>> events, CancellationToken ct)
    {
        await access.Require(Db.Operation.Caller, UsageModule.Write, ResourceRef.City, ct);
        if (events.Count == 0)
        {
            return;
        }

        // One row for each team of the batch, named after the first event of it: the inbox knows the others.
        var window = Metrics.StartOf(UsageWindow.Day, Db.Now);
        await using var command = await Db.Command(Counters.TakeSql, ct);
        Counters.Fill(
            command,
            [
                .. events.GroupBy(e => e.Payload.TeamId).Select(team => new Taking(team.First().EventId.Value, new(Payer.Of(team.Key), Metric, window), team.Count(), null, null, Db.Now)),
            ]);
        await Data.QueryMeter.Measured(command.ExecuteNonQueryAsync(ct));
    }
}
