using System.Text;
using Daarion.Core.Kernel;
using Daarion.Core.Outbox;
using Daarion.Core.Usage;
using Daarion.Tests.Integration.Running;
using Npgsql;

namespace Daarion.Tests.Integration.Gateway.Hostile;

/// <summary>
/// A fingerprint of everything the services keep: of each table how many rows and a hash over all of them. Left out is only what the city writes
/// down of attempts, of its own work and of who was seen when: a refused request may leave that.
/// </summary>
internal sealed class RowsOfTheCity(CityFixture city)
{
    private static readonly HashSet<string> OfAttempts = new(StringComparer.Ordinal)
    {
        "capabilities.decisions", "telemetry.service_minutes", "telemetry.spans", "auth.signin_codes", "auth.signin_failures", "auth.signin_pauses",
        "outbox.idempotency_keys", "outbox.inbox_events", "outbox.stream_marks", "outbox.outbox_queue", "outbox.outbox_processed", "outbox.durables", "outbox.reaction_failures",
        // Units that an attempt took and gave back stand there both times; the counters, which are looked at, do not move.
        "usage.usage_events",
        // How far the ledger has been looked through, which it is each minute.
        "wallet.audit_mark",
        // What was told of counters, up to a second later, and what was found and added up of them, each five minutes.
        "usage.told_counters", "usage.usage_anomalies", "usage.rolled_days",
    };

    private static readonly Dictionary<string, string> OnlyWhere = new(StringComparer.Ordinal)
    {
        ["embassy.embassy_events"] = "outcome <> 'rejected'",
        // What was counted before is told of up to a second later.
        ["outbox.outbox_events"] = "topic <> 'embassy.event.rejected' and topic not like 'usage.%'",
        // A counter that holds nothing says the same as none.
        ["usage.usage_counters"] = "used <> 0 or reserved <> 0",
    };

    private static readonly Dictionary<string, string> WithoutColumns = new(StringComparer.Ordinal)
    {
        ["auth.sessions"] = "last_seen_at",
        ["auth.service_keys"] = "last_used_at,last_used_ip",

        // How it goes with what is told to an address that an earlier request gave.
        ["embassy.webhook_messages"] = "state,attempts,next_attempt_at,lease_until,last_attempt_at,last_status,last_error,duration_ms",
        ["embassy.webhook_subscriptions"] = "failing_since",
    };

    private string? sql;

    /// <summary>The fingerprint at this moment.</summary>
    public async Task<IReadOnlyDictionary<string, string>> Fingerprint()
    {
        // Units that the city took ahead for itself are nobody's doing.
        await city.Get<UnitStocks>().GiveBackAll(default);
        await using var connection = await city.OpenDatabase();
        await using var command = new NpgsqlCommand(sql ??= await Compose(connection), connection);
        await using var reader = await command.ExecuteReaderAsync();
        var tables = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadAsync())
        {
            tables[reader.GetString(0)] = reader.GetString(1);
        }

        return tables;
    }

    /// <summary>Tables that differ.</summary>
    public static IReadOnlyList<string> Changed(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        [.. after.Where(table => before[table.Key] != table.Value).Select(table => $"{table.Key}: {before[table.Key]} became {table.Value}")];

    /// <summary>Waits until every event there is was brought to its stream and every reaction to it is done.</summary>
    public async Task Quiet()
    {
        var events = city.Get<IEventStreamService>();
        var asking = CityFixture.Service(ServiceName.Telemetry);
        await Eventually.True(
            async () =>
            {
                if (await Newest() is not { } before)
                {
                    return false;
                }

                var streams = await events.ListStreams(asking, new StreamsRequest(), default);
                var consumers = await Task.WhenAll(streams.Items.Select(stream => events.ListConsumers(asking, new ConsumersRequest(stream.Name), default)));
                return consumers.SelectMany(some => some.Items).All(consumer => consumer.Pending == 0 && consumer.AckPending == 0) && await Newest() == before;
            },
            () => "all events are handled");
    }

    /// <summary>The newest events, for the reader of a failure.</summary>
    public async Task<string> NewestEvents()
    {
        await using var connection = await city.OpenDatabase();
        await using var command = new NpgsqlCommand("select string_agg(topic || ' ' || payload, E'\\n') from (select topic, payload from outbox.outbox_events order by sequence desc limit 5) as newest", connection);
        return await command.ExecuteScalarAsync() as string ?? string.Empty;
    }

    // Null while some event is not on its stream yet.
    private async Task<long?> Newest()
    {
        await using var connection = await city.OpenDatabase();
        await using var command = new NpgsqlCommand("select case when not exists (select from outbox.outbox_queue) then max(sequence) end from outbox.outbox_events", connection);
        return await command.ExecuteScalarAsync() as long?;
    }

    private static async Task<string> Compose(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("""
            select n.nspname || '.' || c.relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public')
            order by 1
            """, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var parts = new List<string>();
        while (await reader.ReadAsync())
        {
            var table = reader.GetString(0);
            if (!OfAttempts.Contains(table))
            {
                var where = OnlyWhere.TryGetValue(table, out var only) ? $" where {only}" : string.Empty;
                parts.Add($"select '{table}', count(*) || ' rows of ' || coalesce(sum(hashtextextended((to_jsonb(t) - '{{{WithoutColumns.GetValueOrDefault(table)}}}'::text[])::text, 0)), 0) from {table} as t{where}");
            }
        }

        return new StringBuilder().AppendJoin(" union all ", parts).ToString();
    }
}
