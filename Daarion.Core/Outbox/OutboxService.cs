using System.Globalization;
using System.Text.Json;
using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Npgsql;

namespace Daarion.Core.Outbox;

/// <summary>The outbox as operators see it. Dead letters of reactions are in the other half of this class.</summary>
internal sealed partial class OutboxService(OutboxDbContext db, IAccess access, IStreamGate streams, OutboxSignal signal, EventCatalogue catalogue) : IOutboxService
{
    private const string MayRead = "city.outbox.read";
    private const string MayManage = "city.outbox.manage";
    private const string Columns = "id, sequence, stream, topic, sequence_key, processed, dead, created_at, processed_at, stream_sequence, attempts, next_attempt_at, error";

    public async Task<Page<OutboxEvent>> ListEvents(Caller caller, OutboxQuery request, CancellationToken ct)
    {
        await access.Require(caller, MayRead, ResourceRef.City, ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var before = PageCursor.Decode(page.Cursor, 1) is [var id] ? id : null;
        await using var command = await db.Command($"""
            select {Columns} from outbox.outbox
            where ($1::text is null or id < $1) and ($2::text is null or topic = $2) and ($3::text is null or sequence_key = $3) and {In(request.State)}
            order by id desc limit $4
            """, ct);
        command.Parameters.Add(Text(before));
        command.Parameters.Add(Text(request.Topic));
        command.Parameters.Add(Text(request.Key));
        command.Parameters.Add(new() { Value = page.Limit + 1 });
        return Page<OutboxEvent>.From(await ReadEvents(command, ct), page, e => [e.Id.Value]);
    }

    public async Task<OutboxEventDetail> GetEvent(Caller caller, OutboxEventRef request, CancellationToken ct)
    {
        await access.Require(caller, MayRead, ResourceRef.City, ct);
        await using var command = await db.Command($"select {Columns}, payload from outbox.outbox where id = $1", ct);
        command.Parameters.Add(new() { Value = request.Id.Value });
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        return await reader.ReadAsync(ct)
            ? new(ReadEvent(reader), JsonSerializer.Deserialize<JsonElement>(reader.GetString(13)))
            : throw CityException.NotFound("event");
    }

    public async Task<OutboxStats> GetStats(Caller caller, OutboxStatsRequest request, CancellationToken ct)
    {
        await access.Require(caller, MayRead, ResourceRef.City, ct);
        await using var command = await db.Command("""
            select
              (select count(*) from outbox.outbox_queue where not dead),
              (select coalesce(extract(epoch from clock_timestamp() - min(created_at)) * 1000, 0)::bigint from outbox.outbox_queue where not dead),
              (select count(*) from outbox.outbox_processed where processed_at > clock_timestamp() - interval '10 seconds') / 10.0::float8,
              (select count(*) from outbox.outbox_queue where attempts > 0 and dead) + (select count(*) from outbox.dead_letters where state = 'dead')
            """, ct);
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        await reader.ReadAsync(ct);
        return new(reader.GetInt64(0), Math.Max(0, reader.GetInt64(1)), reader.GetDouble(2), reader.GetInt64(3));
    }

    public async Task<OutboxEvent> RetryEvent(Caller caller, OutboxEventRef request, CancellationToken ct)
    {
        await access.Require(caller, MayManage, ResourceRef.City, ct);
        var changed = await db.Transact(
            async token =>
            {
                await using var command = await db.Command("""
                    update outbox.outbox_queue q set dead = false, attempts = 0, next_attempt_at = null
                    from outbox.outbox_events e where e.id = $1 and q.lane = e.lane and q.sequence = e.sequence
                    """, token);
                command.Parameters.Add(new() { Value = request.Id.Value });
                if (await QueryMeter.Measured(command.ExecuteNonQueryAsync(token)) == 0)
                {
                    return null;
                }

                var e = await Find(request.Id, token);
                db.Audit("outbox.event.retried", "event", request.Id.Value, null, ("topic", e.Topic));
                return e;
            },
            ct);
        signal.Wake();
        return changed ?? await Refused(request.Id, "It is on its stream already, or was given up.", ct);
    }

    public async Task<OutboxEvent> DiscardEvent(Caller caller, DiscardEvent request, CancellationToken ct)
    {
        await access.Require(caller, MayManage, ResourceRef.City, ct);
        var reason = Reason(request.Reason);
        var changed = await db.Transact(
            async token =>
            {
                await using var command = await db.Command("""
                    with given_up as (
                      delete from outbox.outbox_queue q using outbox.outbox_events e
                      where e.id = $1 and q.lane = e.lane and q.sequence = e.sequence and q.dead
                      returning q.sequence, q.created_at, q.id, e.stream, q.again, q.attempts)
                    insert into outbox.outbox_processed (sequence, created_at, id, stream, processed_at, again, attempts, reason)
                    select sequence, created_at, id, stream, clock_timestamp(), again, attempts, $2 from given_up
                    """, token);
                command.Parameters.Add(new() { Value = request.Id.Value });
                command.Parameters.Add(new() { Value = reason });
                if (await QueryMeter.Measured(command.ExecuteNonQueryAsync(token)) == 0)
                {
                    return null;
                }

                var e = await Find(request.Id, token);
                db.Audit("outbox.event.discarded", "event", request.Id.Value, null, ("topic", e.Topic), ("reason", reason));
                return e;
            },
            ct);
        signal.Wake();
        return changed ?? await Refused(request.Id, "Only a dead event can be given up.", ct);
    }

    public async Task<ReplayReport> Replay(Caller caller, Replay request, CancellationToken ct)
    {
        await access.Require(caller, MayManage, ResourceRef.City, ct);
        if (!catalogue.Streams.Any(stream => string.Equals(stream.Name, request.Stream, StringComparison.Ordinal)))
        {
            throw CityException.Invalid("stream", $"Use one of: {string.Join(", ", catalogue.Streams.Select(stream => stream.Name))}.");
        }

        if (request.To <= request.From)
        {
            throw CityException.Invalid("to", "Give a time after from.");
        }

        var report = await streams.Replay(request, ct);
        if (!request.DryRun)
        {
            db.Audit("outbox.replayed", "stream", request.Stream, null, ("compared", report.Compared.ToString(CultureInfo.InvariantCulture)), ("published", report.Published.ToString(CultureInfo.InvariantCulture)));
            await db.SaveChangesAsync(ct);
            signal.Wake();
        }

        return report;
    }

    // What is asked for decides where the search begins: the log is long, what waits and what was given up is not.
    private static string In(OutboxState? state) => state switch
    {
        null => "true",
        OutboxState.Waiting => "(lane, sequence) in (select lane, sequence from outbox.outbox_queue where not dead)",
        OutboxState.Dead => "(lane, sequence) in (select lane, sequence from outbox.outbox_queue where attempts > 0 and dead)",
        OutboxState.Discarded => "sequence in (select sequence from outbox.outbox_processed where reason is not null)",
        _ => "processed and not dead",
    };

    private async Task<OutboxEvent> Find(EventId id, CancellationToken ct)
    {
        await using var command = await db.Command($"select {Columns} from outbox.outbox where id = $1", ct);
        command.Parameters.Add(new() { Value = id.Value });
        return (await ReadEvents(command, ct)).Single();
    }

    private static string Reason(string reason) =>
        reason.Trim() is { Length: >= 3 and <= 500 } trimmed ? trimmed : throw CityException.Invalid("reason", "Say why in 3 to 500 characters.");

    private async Task<OutboxEvent> Refused(EventId id, string why, CancellationToken ct)
    {
        await using var command = await db.Command("select exists (select from outbox.outbox_events where id = $1)", ct);
        command.Parameters.Add(new() { Value = id.Value });
        throw await QueryMeter.Measured(command.ExecuteScalarAsync(ct)) is true ? CityException.Conflict(why) : CityException.NotFound("event");
    }

    private static async Task<List<OutboxEvent>> ReadEvents(NpgsqlCommand command, CancellationToken ct)
    {
        var events = new List<OutboxEvent>();
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            events.Add(ReadEvent(reader));
        }

        return events;
    }

    private static OutboxEvent ReadEvent(NpgsqlDataReader reader) => new(
        EventId.Parse(reader.GetString(0)),
        reader.GetInt64(1),
        reader.GetString(2),
        reader.GetString(3),
        reader.GetString(4),
        (Processed: reader.GetBoolean(5), Dead: reader.GetBoolean(6)) switch
        {
            (false, false) => OutboxState.Waiting,
            (false, true) => OutboxState.Dead,
            (true, false) => OutboxState.Published,
            (true, true) => OutboxState.Discarded,
        },
        reader.GetFieldValue<DateTimeOffset>(7),
        reader.IsDBNull(8) ? null : reader.GetFieldValue<DateTimeOffset>(8),
        reader.IsDBNull(9) ? null : reader.GetInt64(9),
        reader.GetInt32(10),
        reader.IsDBNull(11) ? null : reader.GetFieldValue<DateTimeOffset>(11),
        reader.IsDBNull(12) ? null : reader.GetString(12));

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text };
}
