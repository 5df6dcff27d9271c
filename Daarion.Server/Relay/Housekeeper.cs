using Daarion.Core.Kernel;
using Npgsql;

namespace Daarion.Server.Relay;

/// <summary>Makes the months of the outbox ahead, drops the old ones, and clears inboxes and idempotency keys that are past their time. One process does it at a time.</summary>
internal sealed class Housekeeper(OutboxStore store, TimeProvider clock, ILogger<Housekeeper> log) : BackgroundService
{
    private const string OneAtATime = "select pg_try_advisory_lock(1869966434, 2000)";
    private static readonly TimeSpan Pace = TimeSpan.FromHours(1);

    private static readonly string[] Work =
    [
        "select outbox.ensure_partitions(2)",
        "select outbox.drop_partitions(interval '90 days')",
        $"delete from outbox.inbox_events where handled_at < now() - interval '{StreamSetup.InboxKept.TotalDays:0} days'",
        "delete from outbox.reaction_failures where failed_at < now() - interval '7 days'",
        "delete from outbox.idempotency_keys where created_at < now() - interval '24 hours'",
        "delete from outbox.dead_letters where state in ('handled', 'discarded') and settled_at < now() - interval '90 days'",
    ];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(Pace, clock);
        do
        {
            try
            {
                await Tidy(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or CityException)
            {
                log.LogWarning("Housekeeping is put off: {Problem}", e.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
        while (await Next(pace, stoppingToken));
    }

    private static async Task<bool> Next(PeriodicTimer pace, CancellationToken ct)
    {
        try
        {
            return await pace.WaitForNextTickAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task Tidy(CancellationToken ct)
    {
        // Its own connection: the lock ends with it.
        await using var connection = await store.OpenOwnConnection("daarion-housekeeper", TimeSpan.FromMinutes(5), ct);
        await using var own = new NpgsqlCommand(OneAtATime, connection);
        if (await own.ExecuteScalarAsync(ct) is not true)
        {
            return;
        }

        foreach (var sql in Work)
        {
            await Tidy(connection, sql, ct);
        }
    }

    // One piece of work that cannot be done now leaves the others to be done.
    private async Task Tidy(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        try
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(ct);
        }
        catch (PostgresException e)
        {
            log.LogWarning("Housekeeping left out \"{Work}\": {Problem}", sql, e.Message);
        }
    }
}
