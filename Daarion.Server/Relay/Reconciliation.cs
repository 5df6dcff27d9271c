using System.Text;
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
internal sealed class Reconciliation(NatsLink nats, OutboxStore store, StreamSetup streams, EventCatalogue catalogue, ILogger<Reconciliation> log)
{
    /// <summary>Marks of this time before now are compared after each new connection; nats-server syncs its files at least every two minutes.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private const string LatelySql = """
        select id, stream_sequence from outbox.outbox_processed
        where stream = $1 and stream_sequence is not null and processed_at > clock_timestamp() - $2::interval
        order by stream_sequence
        """;

    // Only where the stream is shorter than it was: then everything beyond its end is looked for, as far as the stream would keep it.
    private const string BeyondSql = """
        select id, stream_sequence from outbox.outbox_processed
        where stream = $1 and stream_sequence is not null
          and (processed_at > clock_timestamp() - $2::interval or stream_sequence > $3)
          and ($4::interval is null or created_at > clock_timestamp() - $4::interval)
        order by stream_sequence
        """;

    private const string MarkSql = "select coalesce((select last_sequence from outbox.stream_marks where stream = $1), 0)";

    private const string RangeSql = """
        select id, stream_sequence from outbox.outbox_processed
        where stream = $1 and stream_sequence is not null and created_at >= $2 and created_at < $3
        order by stream_sequence
        """;

    private const string AgainSql = """
        with lost as (
          select lane, sequence, id, created_at, sequence_key from outbox.outbox_events where id = any($1::text[])
        ), taken_back as (
          delete from outbox.outbox_processed p using lost l
          where p.sequence = l.sequence and p.created_at = l.created_at and p.stream_sequence is not null
          returning p.sequence, p.again)
        insert into outbox.outbox_queue (lane, sequence, id, created_at, sequence_key, again)
        select l.lane, l.sequence, l.id, l.created_at, l.sequence_key, t.again + 1 from lost l join taken_back t using (sequence)
        """;

    private const string LowerMarkSql = "update outbox.stream_marks set last_sequence = $2, marked_at = now() where stream = $1 and last_sequence > $2";

    /// <summary>Compares all streams and puts what is missing back in line. Answers how many.</summary>
    public async Task<long> Reconcile(CancellationToken ct)
    {
        long lost = 0;
        foreach (var stream in catalogue.Streams)
        {
            // The mark is read first: others may publish meanwhile, and the stream then only grows beyond it.
            var mark = await Mark(stream.Name, ct);
            var last = (long)(await State(stream.Name, ct)).LastSeq;
            var isShorter = mark > last;
            if (isShorter)
            {
                log.LogWarning("{Stream} ends at {Last}, before a place that JetStream had acknowledged", stream.Name, last);
                await streams.StepBack(stream.Name, last, ct);
            }

            await using var command = store.Source.CreateCommand(isShorter ? BeyondSql : LatelySql);
            command.Parameters.Add(new() { Value = stream.Name });
            command.Parameters.Add(new() { Value = Window });
            if (isShorter)
            {
                command.Parameters.Add(new() { Value = last });
                command.Parameters.Add(new() { Value = (object?)stream.MaxAge ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Interval });
            }

            lost += await PublishAgain((await Compare(stream.Name, command, ct)).Missing, ct);
            if (isShorter)
            {
                await LowerMark(stream.Name, last, ct);
            }
        }

        return lost;
    }

    /// <summary>True when the message at a place is the event.</summary>
    public async Task<bool> IsThere(string stream, long sequence, string id, CancellationToken ct)
    {
        try
        {
            var found = await (await nats.JetStream.GetStreamAsync(stream, cancellationToken: ct)).GetAsync(new StreamMsgGetRequest { Seq = (ulong)sequence }, ct);
            return found.Message.Hdrs is { } headers && Encoding.ASCII.GetString(Convert.FromBase64String(headers)).Contains($"ce-id: {id}", StringComparison.Ordinal);
        }
        catch (NatsJSApiException e) when (e.Error.Code == StatusCodes.Status404NotFound)
        {
            return false;
        }
    }

    /// <summary>Compares one stream over a range of time of the outbox.</summary>
    public async Task<StreamComparison> Compare(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        await using var command = store.Source.CreateCommand(RangeSql);
        command.Parameters.Add(new() { Value = stream });
        command.Parameters.Add(new() { Value = from.UtcDateTime });
        command.Parameters.Add(new() { Value = to.UtcDateTime });
        return await Compare(stream, command, ct);
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

    // The outbox is read before the stream: whatever was marked by then must be on it.
    private async Task<StreamComparison> Compare(string stream, NpgsqlCommand marked, CancellationToken ct)
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

        var state = await State(stream, ct);
        var there = await IdsFrom(stream, (ulong)Math.Max(1, expected[0].Sequence), state, ct);
        return new(stream, expected.Count, [.. expected.Where(e => !there.Contains(e.Id) && e.Sequence >= (long)state.FirstSeq).Select(e => e.Id)]);
    }

    private async Task<StreamState> State(string stream, CancellationToken ct) => (await nats.JetStream.GetStreamAsync(stream, cancellationToken: ct)).Info.State;

    private async Task<long> Mark(string stream, CancellationToken ct)
    {
        await using var command = store.Source.CreateCommand(MarkSql);
        command.Parameters.Add(new() { Value = stream });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private async Task LowerMark(string stream, long last, CancellationToken ct)
    {
        await using var command = store.Source.CreateCommand(LowerMarkSql);
        command.Parameters.Add(new() { Value = stream });
        command.Parameters.Add(new() { Value = last });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>
    /// The ids of the messages from a place to the end. A fetch that brought nothing says nothing: the server may only be slow. The end is where a
    /// consumer that begins there has nothing pending, which holds as well where the last messages were deleted.
    /// </summary>
    private async Task<HashSet<string>> IdsFrom(string stream, ulong from, StreamState state, CancellationToken ct)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var next = Math.Max(from, state.FirstSeq);
        var isAtEnd = state.Messages == 0 || from > state.LastSeq;
        while (!isAtEnd)
        {
            var consumer = await nats.JetStream.CreateOrUpdateConsumerAsync(stream, Reader(next), ct);
            isAtEnd = consumer.Info.NumPending == 0;
            var fetched = 1;
            while (!isAtEnd && fetched > 0)
            {
                fetched = 0;
                await foreach (var message in consumer.FetchAsync<ReadOnlyMemory<byte>>(new NatsJSFetchOpts { MaxMsgs = 5_000, Expires = TimeSpan.FromSeconds(1) }, cancellationToken: ct))
                {
                    fetched++;
                    var metadata = message.Metadata!.Value;
                    next = metadata.Sequence.Stream + 1;
                    if (message.Headers is { } headers && headers.TryGetValue("ce-id", out var id))
                    {
                        ids.Add(id.ToString());
                    }

                    if (metadata.NumPending == 0)
                    {
                        isAtEnd = true;
                        break;
                    }
                }
            }

            await nats.JetStream.DeleteConsumerAsync(stream, consumer.Info.Name, ct);
        }

        return ids;
    }

    private static ConsumerConfig Reader(ulong from) => new()
    {
        DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence,
        OptStartSeq = from,
        AckPolicy = ConsumerConfigAckPolicy.None,
        HeadersOnly = true,
        MemStorage = true,
        InactiveThreshold = TimeSpan.FromMinutes(1),
    };
}
