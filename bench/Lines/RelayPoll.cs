using System.Diagnostics;
using Daarion.Bench.Running;
using NATS.Client.Core;
using NATS.Client.JetStream;
using Npgsql;
using NpgsqlTypes;

namespace Daarion.Bench.Lines;

/// <summary>The relay against one as it is commonly written: select 100, publish, await and mark one by one, commit, again.</summary>
internal sealed class RelayPoll : IBenchLine
{
    private const int OurMessages = 20_000;
    private const int PolledMessages = 2_000;
    private const int PollBatch = 100;

    public IReadOnlyList<string> Names { get; } = ["relay_poll"];

    public async Task<IReadOnlyList<BenchResult>> Run(Progress progress)
    {
        await using var bed = await RelayBed.Start();
        await bed.Execute("""
            create schema bench;
            create table bench.outbox (id text not null, sequence bigint generated always as identity primary key, topic text not null, payload jsonb not null, processed boolean not null default false, processed_at timestamptz);
            create index on bench.outbox (sequence) where not processed;
            """);
        await RelayRaw.WarmUp(() => RelayRaw.Relayed(bed, OurMessages));
        await RelayRaw.WarmUp(() => Polled(bed));
        var (ours, reference) = await Alternate.Measure(progress, "relay_poll", () => RelayRaw.Relayed(bed, OurMessages), () => Polled(bed));
        return [new("relay_poll", ours, reference, ours / reference, "events/s", "≥ 8")];
    }

    private static async Task<double> Polled(RelayBed bed)
    {
        var messages = Enumerable.Range(0, PolledMessages).Select(_ => bed.NewMessage()).ToList();
        await using (var insert = bed.Database.CreateCommand("insert into bench.outbox (id, topic, payload) select m.id, 'audit.event', m.payload from unnest($1, $2) as m (id, payload)"))
        {
            insert.Parameters.Add(RelayBed.Array(messages.Select(m => m.Id), NpgsqlDbType.Text));
            insert.Parameters.Add(RelayBed.Array(messages.Select(m => m.Envelope), NpgsqlDbType.Jsonb));
            await insert.ExecuteNonQueryAsync();
        }

        await bed.Execute("vacuum bench.outbox");
        var started = Stopwatch.GetTimestamp();
        await using var connection = await bed.Database.OpenConnectionAsync();
        while (await Poll(connection, bed.Nats.JetStream) > 0)
        {
        }

        return PolledMessages / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    // One transaction a round, each message marked as soon as it is acknowledged.
    private static async Task<int> Poll(NpgsqlConnection connection, NatsJSContext jetStream)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var rows = new List<(long Sequence, string Id, string Topic, string Payload)>();
        await using (var select = new NpgsqlCommand("select sequence, id, topic, payload::text from bench.outbox where not processed order by sequence limit $1 for update skip locked", connection, transaction) { Parameters = { new() { Value = PollBatch } } })
        await using (var reader = await select.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                rows.Add((reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
            }
        }

        foreach (var row in rows)
        {
            var ack = await jetStream.PublishAsync(row.Topic, row.Payload, NatsUtf8PrimitivesSerializer<string>.Default, opts: new NatsJSPubOpts { MsgId = row.Id });
            ack.EnsureSuccess();
            await using var mark = new NpgsqlCommand("update bench.outbox set processed = true, processed_at = now() where sequence = $1", connection, transaction) { Parameters = { new() { Value = row.Sequence } } };
            await mark.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
        return rows.Count;
    }
}
