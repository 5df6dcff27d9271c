using System.Text.Json;
using Daarion.Core.Kernel;

namespace Daarion.Core.Outbox;

/// <summary>The streams as JetStream has them, and the catalogue that declares them (events: streams and subjects).</summary>
public interface IEventStreamService
{
    /// <summary>Every stream with JetStream's own figures. Asks <c>city.outbox.read</c>. <c>unavailable</c> while NATS is away.</summary>
    Task<Page<StreamFigures>> ListStreams(Caller caller, StreamsRequest request, CancellationToken ct);

    /// <summary>The consumers of a stream. Asks <c>city.outbox.read</c>.</summary>
    Task<Page<ConsumerFigures>> ListConsumers(Caller caller, ConsumersRequest request, CancellationToken ct);

    /// <summary>One consumer of a stream. Asks <c>city.outbox.read</c>.</summary>
    Task<ConsumerFigures> GetConsumer(Caller caller, ConsumerRef request, CancellationToken ct);

    /// <summary>Messages of a stream from a place on. Asks <c>city.outbox.read</c>.</summary>
    Task<Page<StreamMessage>> ListMessages(Caller caller, MessagesQuery request, CancellationToken ct);

    /// <summary>Every event type: stream, publisher, reactions, the JSON Schema of its payload. Asks <c>city.outbox.read</c>.</summary>
    Task<Page<CatalogueEntry>> ListCatalogue(Caller caller, CatalogueRequest request, CancellationToken ct);

    /// <summary>The JSON Schemas of all payloads, by event type. Asks <c>city.outbox.read</c>.</summary>
    Task<EventSchemas> GetSchemas(Caller caller, SchemasRequest request, CancellationToken ct);
}

/// <summary>Asks for the streams, by name.</summary>
/// <param name="Limit">1 to 200; all there are, where it is not given.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record StreamsRequest(int Limit = PageRequest.MaxLimit, string? Cursor = null);

/// <summary>Asks for the catalogue, by type.</summary>
/// <param name="Limit">1 to 200; all there is, where it is not given.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record CatalogueRequest(int Limit = PageRequest.MaxLimit, string? Cursor = null);

/// <summary>Asks for the schemas.</summary>
public sealed record SchemasRequest;

/// <summary>Asks for the consumers of a stream, by name.</summary>
/// <param name="Stream">Of which stream.</param>
/// <param name="Limit">1 to 200; all there are, where it is not given.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record ConsumersRequest(string Stream, int Limit = PageRequest.MaxLimit, string? Cursor = null);

/// <summary>Names a consumer of a stream.</summary>
public sealed record ConsumerRef(string Stream, string Consumer);

/// <summary>JetStream's figures of a stream.</summary>
/// <param name="Name">For example <c>STREAM_PAYOUT</c>.</param>
/// <param name="Subjects">What it takes.</param>
/// <param name="Messages">Messages it has.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="Consumers">How many consumers read it.</param>
/// <param name="FirstSequence">Its first place.</param>
/// <param name="LastSequence">Its last place.</param>
/// <param name="LastAt">When the last message came.</param>
/// <param name="MaxAgeDays">How long it keeps messages; null for ever.</param>
/// <param name="Pending">Messages that some consumer has not been brought yet.</param>
public sealed record StreamFigures(
    string Name,
    IReadOnlyList<string> Subjects,
    long Messages,
    long Bytes,
    int Consumers,
    long FirstSequence,
    long LastSequence,
    DateTimeOffset? LastAt,
    double? MaxAgeDays,
    long Pending);

/// <summary>JetStream's figures of a consumer.</summary>
/// <param name="Name">The durable.</param>
/// <param name="Stream">The stream it reads.</param>
/// <param name="Service">The service that reacts.</param>
/// <param name="Types">What it takes.</param>
/// <param name="Delivered">The last place it was brought.</param>
/// <param name="AckFloor">The place up to which all is acknowledged.</param>
/// <param name="Pending">Messages it was not brought yet: its lag.</param>
/// <param name="AckPending">Messages it works on.</param>
/// <param name="Redelivered">Messages it was brought more than once.</param>
public sealed record ConsumerFigures(
    string Name, string Stream, string? Service, IReadOnlyList<string> Types, long Delivered, long AckFloor, long Pending, long AckPending, long Redelivered);

/// <summary>Which messages of a stream.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="From">The first place wanted; the newest page when left out.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on, towards newer messages.</param>
public sealed record MessagesQuery(string Stream, long? From = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null);

/// <summary>A message of a stream.</summary>
/// <param name="Sequence">Its place.</param>
/// <param name="At">When JetStream took it.</param>
/// <param name="Subject">The event's type.</param>
/// <param name="EventId">The event.</param>
/// <param name="Bytes">The size of its body.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Envelope">The event; null where the body is no JSON.</param>
public sealed record StreamMessage(
    long Sequence, DateTimeOffset At, string Subject, string EventId, int Bytes, IReadOnlyDictionary<string, string> Headers, JsonElement? Envelope);

/// <summary>An event type of the catalogue.</summary>
/// <param name="Type">The type.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="Service">Who publishes it.</param>
/// <param name="Version">Of its schema.</param>
/// <param name="Reactions">The durables that take it.</param>
/// <param name="Schema">The JSON Schema of its payload.</param>
public sealed record CatalogueEntry(string Type, string Stream, string Service, int Version, IReadOnlyList<string> Reactions, JsonElement Schema);

/// <summary>The JSON Schemas of all payloads.</summary>
public sealed record EventSchemas(IReadOnlyDictionary<string, JsonElement> Schemas);
