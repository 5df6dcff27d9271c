using System.Text.Json;
using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Npgsql;

namespace Daarion.Core.Outbox;

internal sealed partial class OutboxService
{
    private const string LetterColumns = "consumer, event_id, service, stream, stream_sequence, topic, state, attempts, error, died_at, reason, payload";

    public async Task<Page<DeadLetter>> ListDeadLetters(Caller caller, DeadLetterQuery request, CancellationToken ct)
    {
        await access.Require(caller, MayRead, ResourceRef.City, ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var (died, consumer, id) = PageCursor.Decode(page.Cursor, 3) is [var at, var lastConsumer, var lastId]
            ? Timestamps.TryParse(at, out var lastDied) ? (lastDied, lastConsumer, lastId) : throw CityException.Invalid("cursor", "This is not a cursor of this list; begin again without one.")
            : (new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero), string.Empty, string.Empty);
        await using var command = await db.Command($"""
            select {LetterColumns} from outbox.dead_letters
            where (died_at, consumer, event_id) < ($1, $2, $3) and ($4::text is null or consumer = $4) and ($5::text is null or state = $5)
            order by died_at desc, consumer desc, event_id desc limit $6
            """, ct);
        command.Parameters.Add(new() { Value = died.UtcDateTime });
        command.Parameters.Add(new() { Value = consumer });
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(Text(request.Consumer));
        command.Parameters.Add(Text(request.State is { } state ? Words.Of(state) : null));
        command.Parameters.Add(new() { Value = page.Limit + 1 });
        return Page<DeadLetter>.From(await ReadLetters(command, ct), page, letter => [Timestamps.Format(letter.DiedAt), letter.Consumer, letter.EventId]);
    }

    public async Task<DeadLetter> RetryDeadLetter(Caller caller, DeadLetterRef request, CancellationToken ct)
    {
        await access.Require(caller, MayManage, ResourceRef.City, ct);
        var letter = await Letter(request.Consumer, request.EventId, ct);
        if (letter.State != DeadLetterState.Dead)
        {
            throw CityException.Conflict("It was handled or given up already.");
        }

        var e = letter.Envelope.ValueKind == JsonValueKind.Object
            ? letter.Envelope.Deserialize<EventEnvelope>(EventJson.Options)
            : null;
        await streams.React(letter.Consumer, e ?? throw CityException.Conflict("It is no event of this city; it can only be discarded."), ct);
        return await Settle(request, "handled", null, "outbox.dead_letter.retried", ct);
    }

    public async Task<DeadLetter> DiscardDeadLetter(Caller caller, DiscardDeadLetter request, CancellationToken ct)
    {
        await access.Require(caller, MayManage, ResourceRef.City, ct);
        var reason = Reason(request.Reason);
        return await Settle(new(request.Consumer, request.EventId), "discarded", reason, "outbox.dead_letter.discarded", ct);
    }

    private async Task<DeadLetter> Settle(DeadLetterRef which, string state, string? reason, string action, CancellationToken ct)
    {
        var settled = await db.Transact(
            async token =>
            {
                await using var command = await db.Command(
                    $"update outbox.dead_letters set state = $3, reason = $4, settled_at = now() where consumer = $1 and event_id = $2 and state = 'dead' returning {LetterColumns}", token);
                command.Parameters.Add(new() { Value = which.Consumer });
                command.Parameters.Add(new() { Value = which.EventId });
                command.Parameters.Add(new() { Value = state });
                command.Parameters.Add(Text(reason));
                var letter = (await ReadLetters(command, token)).SingleOrDefault();
                if (letter is not null)
                {
                    db.Audit(action, "event", which.EventId, null, ("consumer", which.Consumer), ("reason", reason ?? string.Empty));
                }

                return letter;
            },
            ct);
        if (settled is not null)
        {
            return settled;
        }

        await Letter(which.Consumer, which.EventId, ct);
        throw CityException.Conflict("It was handled or given up already.");
    }

    private async Task<DeadLetter> Letter(string consumer, string id, CancellationToken ct)
    {
        await using var command = await db.Command($"select {LetterColumns} from outbox.dead_letters where consumer = $1 and event_id = $2", ct);
        command.Parameters.Add(new() { Value = consumer });
        command.Parameters.Add(new() { Value = id });
        return (await ReadLetters(command, ct)).SingleOrDefault() ?? throw CityException.NotFound("dead letter");
    }

    private static async Task<List<DeadLetter>> ReadLetters(NpgsqlCommand command, CancellationToken ct)
    {
        var letters = new List<DeadLetter>();
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            letters.Add(new(
                reader.GetString(0),
                reader.GetString(1),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetInt64(4),
                reader.GetString(5),
                Words.Parse<DeadLetterState>(reader.GetString(6)),
                reader.GetInt32(7),
                reader.GetString(8),
                reader.GetFieldValue<DateTimeOffset>(9),
                reader.IsDBNull(10) ? null : reader.GetString(10),
                JsonSerializer.Deserialize<JsonElement>(reader.GetString(11))));
        }

        return letters;
    }
}
