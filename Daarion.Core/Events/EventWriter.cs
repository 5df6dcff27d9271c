using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Daarion.Core.Kernel;
using Daarion.Core.Outbox;
using Npgsql;
using NpgsqlTypes;

namespace Daarion.Core.Events;

/// <summary>An event that is ready to be put into the outbox.</summary>
/// <param name="Id">The event.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="Topic">Its type and subject.</param>
/// <param name="SequenceKey">Its order.</param>
/// <param name="Envelope">The whole envelope as JSON.</param>
/// <param name="TraceParent">The W3C trace context, for the headers.</param>
public sealed record PendingEvent(EventId Id, string Stream, string Topic, string SequenceKey, string Envelope, string? TraceParent);

/// <summary>Writes events in one operation: envelope, trace, cause. What it gives goes into the outbox in the transaction that makes the effect.</summary>
public sealed class EventWriter(Operation operation, EventCatalogue catalogue, OutboxPressure pressure, TimeProvider clock)
{
    /// <summary>
    /// Writes an event. The payload becomes JSON now, so that what does not match its schema (a null where none may be) fails here
    /// and nothing enters the outbox.
    /// </summary>
    /// <param name="payload">A record declared in the catalogue.</param>
    /// <param name="sequenceKey">Events of one key reach the stream in commit order.</param>
    /// <param name="team">The team it is about.</param>
    /// <param name="cause">What caused it, where it is not the operation's own request.</param>
    /// <param name="type">Its type, where several types have this payload.</param>
    /// <exception cref="CityException"><c>unavailable</c> while too many events wait and this one can wait too.</exception>
    public PendingEvent Write<TPayload>(TPayload payload, string sequenceKey, TeamId? team, EventCause? cause, string? type = null)
        where TPayload : class
    {
        var declaration = catalogue.Of(typeof(TPayload), type);
        pressure.Admit(declaration, operation.Caller);
        var at = Timestamps.Truncate(clock.GetUtcNow());
        var id = EventId.New(at);
        var (traceId, spanId) = cause?.TraceId is not null
            ? (cause.TraceId, cause.SpanId)
            : (Activity.Current?.TraceId.ToHexString(), Activity.Current?.SpanId.ToHexString());
        return new PendingEvent(
            id,
            catalogue.StreamOf(declaration).Name,
            declaration.Type,
            sequenceKey,
            Envelope(id, at, declaration, payload, new EventMeta(team, traceId, spanId, cause?.Id ?? operation.Caller.CausationId, sequenceKey)),
            traceId is not null && spanId is not null ? $"00-{traceId}-{spanId}-01" : null);
    }

    // An EventEnvelope as JSON, written in one go: a batch of readings writes thousands.
    private string Envelope<TPayload>(EventId id, DateTimeOffset at, EventDeclaration declaration, TPayload payload, EventMeta meta)
    {
        const int UsualLength = 1024;
        var actor = operation.Actor;
        var buffer = new ArrayBufferWriter<byte>(UsualLength);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = EventJson.Options.Encoder, SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteString("event_id"u8, id.Value);
            json.WriteString("ts"u8, Timestamps.Format(at));
            json.WriteString("domain"u8, declaration.Domain);
            json.WriteString("type"u8, declaration.Type);
            json.WriteNumber("version"u8, declaration.Version);
            json.WriteStartObject("actor"u8);
            json.WriteString("id"u8, actor.Id);
            json.WriteString("kind"u8, Words.Of(actor.Kind));
            json.WriteEndObject();
            json.WritePropertyName("payload"u8);
            JsonSerializer.Serialize(json, payload, EventJson.Options);
            json.WriteStartObject("meta"u8);
            json.WriteString("team_id"u8, meta.TeamId?.Value);
            json.WriteString("trace_id"u8, meta.TraceId);
            json.WriteString("span_id"u8, meta.SpanId);
            json.WriteString("causation_id"u8, meta.CausationId);
            json.WriteString("sequence_key"u8, meta.SequenceKey);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>
    /// Fills a command that appends events to the outbox. The function takes the locks of the keys and then writes, as the last thing
    /// before commit: then id order is commit order per key.
    /// </summary>
    public static void Fill(NpgsqlParameterCollection parameters, IReadOnlyList<PendingEvent> events)
    {
        parameters.Add(Array(events.Select(e => e.Id.Value), NpgsqlDbType.Text));
        parameters.Add(Array(events.Select(e => e.Stream), NpgsqlDbType.Text));
        parameters.Add(Array(events.Select(e => e.Topic), NpgsqlDbType.Text));
        parameters.Add(Array(events.Select(e => e.SequenceKey), NpgsqlDbType.Text));
        parameters.Add(Array(events.Select(e => e.Envelope), NpgsqlDbType.Json));
        parameters.Add(Array(events.Select(e => e.TraceParent), NpgsqlDbType.Text));
    }

    /// <summary>The statement that <see cref="Fill"/> fills.</summary>
    public const string AppendSql = "select outbox.append($1, $2, $3, $4, $5, $6)";

    private static NpgsqlParameter Array<T>(IEnumerable<T> values, NpgsqlDbType element) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | element };
}
