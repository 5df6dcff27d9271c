using Daarion.Core.Events;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using Npgsql;
using NpgsqlTypes;

namespace Daarion.Server.Relay;

/// <summary>What a comparison of the outbox with a stream found.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Compared">Events of the outbox that were looked for.</param>
/// <param name="Missing">Those that are not on the stream.</param>
internal sealed record StreamComparison(string Stream, long Compared, IReadOnlyList<string> Missing);

/// <summary>
/// Finds events that JetStream acknowledged and no longer has: an acknowledgement is given before the disk has it (events: durability of the other
/// side). Whatever the outbox marked lately, or marked at a place the stream does not reach, is looked for on the stream by its id and
/// published again where it is missing.
/// </summary>
internal sealed class Reconciliation(NatsLink nats, OutboxStore store, EventCatalogue catalogue)
{
    /// <summary>Marks of this time before now are compared after each new connection; nats-server syncs its files at least every two minutes.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private const string LatelySql = """
        select id, stream_sequence from outbox.outbox_events
        where processed and stream = $1 and stream_sequence is not null and (processed_at > clock_timestamp() - $2::interval or stream_sequence > $3)
        order by stream_sequence
        """;

    private const string RangeSql = """
        select id, stream_sequence from outbox.outbox_events
        where processed and stream = $1 and stream_sequence is not null and created_at >= $2 and created_at < $3
        order by stream_sequence
        """;

    private const string AgainSql = """
        update outbox.outbox_events set processed = false, processed_at = null, stream_sequence = null, attempts = 0, next_attempt_at = null
        where id = any($1::text[]) and processed and not dead
        """;

    private const string LowerMarkSql = "update outbox.stream_marks set last_sequence = $2, marked_at = now() where stream = $1 and last_sequence > $2";

    /// <summary>Compares all streams and puts what is missing back in line. Answers how many.</summary>
    public async Task<long> Reconcile(CancellationToken ct)
    {
        long lost = 0;
        foreach (var stream in catalogue.Streams)
        {
            var state = (await nats.JetStream.GetStreamAsync(stream.Name, cancellationToken: ct)).Info.State;
            await using var command = store.Source.CreateCommand(LatelySql);
            command.Parameters.Add(new() { Value = stream.Name });
            command.Parameters.Add(new() { Value = Window });
            command.Parameters.Add(new() { Value = (long)state.LastSeq });
            var comparison = await Compare(stream.Name, state, command, ct);
            lost += await PublishAgain(comparison.Missing, ct);
            await using var mark = store.Source.CreateCommand(LowerMarkSql);
            mark.Parameters.Add(new() { Value = stream.Name });
            mark.Parameters.Add(new() { Value = (long)state.LastSeq });
            await mark.ExecuteNonQueryAsync(ct);
        }

        return lost;
    }

    /// <summary>Compares one stream over a range of time of the outbox.</summary>
    public async Task<StreamComparison> Compare(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var state = (await nats.JetStream.GetStreamAsync(stream, cancellationToken: ct)).Info.State;
        await using var command = store.Source.CreateCommand(RangeSql);
        command.Parameters.Add(new() { Value = stream });
        command.Parameters.Add(new() { Value = from.UtcDateTime });
        command.Parameters.Add(new() { Value = to.UtcDateTime });
        return await Compare(stream, state, command, ct);
    }

    /// <summary>Puts events back in line; the relay publishes them in the order of their keys.</summary>
    public async Task<long> PublishAgain(IReadOnlyList<string> ids, CancellationToken ct)
    {
        if (ids.Count == 0)
        {
            return 0;
        }

        await using var command = store.Source.CreateCommand(AgainSql);
        command.Parameters.Add(new() { Value = ids.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<StreamComparison> Compare(string stream, StreamState state, NpgsqlCommand marked, CancellationToken ct)
    {
        var expected = new List<(string Id, long Sequence)>();
        await using (var reader = await marked.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                expected.Add((reader.GetString(0), reader.GetInt64(1)));
            }
        }

        if (expected.Count == 0)
        {
            return new(stream, 0, []);
        }

        var there = await IdsFrom(stream, (ulong)Math.Max(1, expected[0].Sequence), state, ct);
        return new(stream, expected.Count, [.. expected.Where(e => !there.Contains(e.Id) && e.Sequence >= (long)state.FirstSeq).Select(e => e.Id)]);
    }

    /// <summary>The ids of the messages from a place to the end.</summary>
    private async Task<HashSet<string>> IdsFrom(string stream, ulong from, StreamState state, CancellationToken ct)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        if (state.Messages == 0 || from > state.LastSeq)
        {
            return ids;
        }

        var consumer = await nats.JetStream.CreateOrderedConsumerAsync(
            stream,
            new NatsJSOrderedConsumerOpts { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence, OptStartSeq = Math.Max(from, state.FirstSeq), HeadersOnly = true },
            ct);
        await foreach (var message in consumer.ConsumeAsync<ReadOnlyMemory<byte>>(opts: new NatsJSConsumeOpts { MaxMsgs = 5_000 }, cancellationToken: ct))
        {
            if (message.Headers is { } headers && headers.TryGetValue("Nats-Msg-Id", out var id))
            {
                ids.Add(id.ToString());
            }

            if (message.Metadata is { } metadata && metadata.Sequence.Stream >= state.LastSeq)
            {
                break;
            }
        }

        return ids;
    }
}
