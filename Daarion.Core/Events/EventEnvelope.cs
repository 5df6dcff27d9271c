using System.Text.Json;
using System.Text.Json.Serialization;
using Daarion.Core.Kernel;

namespace Daarion.Core.Events;

/// <summary>Who caused an event.</summary>
/// <param name="Id"><c>u_…</c>, <c>embassy:&lt;platform&gt;</c>, <c>service:&lt;name&gt;</c>.</param>
/// <param name="Kind">What kind of subject.</param>
public sealed record EventActor(string Id, SubjectKind Kind);

/// <summary>What surrounds an event: where it belongs, what caused it, which trace it is part of, which order it keeps.</summary>
/// <param name="TeamId">The team it is about, where there is one.</param>
/// <param name="TraceId">The trace (W3C, 32 hex digits).</param>
/// <param name="SpanId">The span that published it (16 hex digits).</param>
/// <param name="CausationId">The request or event that caused it.</param>
/// <param name="SequenceKey">Events of one key reach the stream in commit order.</param>
public sealed record EventMeta(TeamId? TeamId, string? TraceId, string? SpanId, string? CausationId, string SequenceKey);

/// <summary>An event as it is in the outbox, on NATS and in the console (events: envelope).</summary>
/// <param name="EventId">Also its <c>Nats-Msg-Id</c>.</param>
/// <param name="Ts">When it was published.</param>
/// <param name="Domain">The first word of its type.</param>
/// <param name="Type">For example <c>payout.generated</c>; also its subject.</param>
/// <param name="Version">Of the payload's schema.</param>
/// <param name="Actor">Who caused it.</param>
/// <param name="Payload">Its payload, by the schema of its type.</param>
/// <param name="Meta">What surrounds it.</param>
public sealed record EventEnvelope(
    EventId EventId, DateTimeOffset Ts, string Domain, string Type, int Version, EventActor Actor, JsonElement Payload, EventMeta Meta)
{
    /// <summary>The same event with its payload read.</summary>
    /// <exception cref="JsonException">The payload is not of this type.</exception>
    public ReceivedEvent<TPayload> Read<TPayload>()
        where TPayload : class =>
        new(EventId, Ts, Type, Actor, Payload.Deserialize<TPayload>(EventJson.Options) ?? throw new JsonException("The payload is null."), Meta);
}

/// <summary>An event that reached a consumer, with its payload read.</summary>
/// <param name="EventId">The event.</param>
/// <param name="Ts">When it was published.</param>
/// <param name="Type">Its type.</param>
/// <param name="Actor">Who caused it.</param>
/// <param name="Payload">What it says.</param>
/// <param name="Meta">What surrounds it.</param>
public sealed record ReceivedEvent<TPayload>(EventId EventId, DateTimeOffset Ts, string Type, EventActor Actor, TPayload Payload, EventMeta Meta)
    where TPayload : class
{
    /// <summary>This event as the cause of another: the trace goes on.</summary>
    public EventCause AsCause() => new(EventId.Value, Meta.TraceId, Meta.SpanId);
}

/// <summary>What caused an event, where it is not the operation's own request (a batch of events has many causes).</summary>
/// <param name="Id">The causing event or request.</param>
/// <param name="TraceId">The trace that goes on.</param>
/// <param name="SpanId">The span in it.</param>
public sealed record EventCause(string Id, string? TraceId, string? SpanId);

/// <summary>JSON of events: the city's own, but a reader passes over members it does not know, because payloads may grow.</summary>
public static class EventJson
{
    /// <summary>For envelopes and payloads.</summary>
    public static readonly JsonSerializerOptions Options = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(CityJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
