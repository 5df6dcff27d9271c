using System.Globalization;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Outbox;

/// <summary>The streams and the catalogue as operators see them.</summary>
internal sealed class EventStreamService(IAccess access, IStreamGate streams, EventCatalogue catalogue) : IEventStreamService
{
    private const string MayRead = "city.outbox.read";

    public async Task<Page<StreamFigures>> ListStreams(Caller caller, StreamsRequest request, CancellationToken ct)
    {
        await access.Require(caller, MayRead, ResourceRef.City, ct);
        return Paged(await streams.Streams(ct), request.Limit, request.Cursor, stream => stream.Name);
    }

    public async Task<Page<ConsumerFigures>> ListConsumers(Caller caller, ConsumersRequest request, CancellationToken ct)
    {
        await access.Require(caller, MayRead, ResourceRef.City, ct);
        return Paged(await streams.Consumers(Known(request.Stream), ct), request.Limit, request.Cursor, consumer => consumer.Name);
    }

    public async Task<ConsumerFigures> GetConsumer(Caller caller, ConsumerRef request, CancellationToken ct)
    {
        await access.Require(caller, MayRead, ResourceRef.City, ct);
        return (await streams.Consumers(Known(request.Stream), ct)).FirstOrDefault(consumer => string.Equals(consumer.Name, request.Consumer, StringComparison.Ordinal))
            ?? throw CityException.NotFound("consumer");
    }

    public async Task<Page<StreamMessage>> ListMessages(Caller caller, MessagesQuery request, CancellationToken ct)
    {
        await access.Require(caller, MayRead, ResourceRef.City, ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var from = PageCursor.Decode(page.Cursor, 1) is [var text]
            ? long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var next) ? next : throw CityException.Invalid("cursor", "This is not a cursor of this list; begin again without one.")
            : request.From;
        if (from < 1)
        {
            throw CityException.Invalid("from", "Places on a stream begin at 1.");
        }

        // Without a place the newest page is meant; an empty cursor or from=1 reads a stream from its beginning.
        var start = from ?? (request.Cursor is null ? null : 1L);
        var messages = await streams.Messages(Known(request.Stream), start, page.Limit + 1, ct);
        return start is null
            ? new([.. messages.TakeLast(page.Limit)], null)
            : messages.Count <= page.Limit
                ? new(messages, null)
                : new([.. messages.Take(page.Limit)], PageCursor.Encode(messages[page.Limit].Sequence.ToString(CultureInfo.InvariantCulture)));
    }

    public async Task<Page<CatalogueEntry>> ListCatalogue(Caller caller, CatalogueRequest request, CancellationToken ct)
    {
        await access.Require(caller, MayRead, ResourceRef.City, ct);
        return Paged([.. catalogue.Events.Select(Entry)], request.Limit, request.Cursor, entry => entry.Type);
    }

    public async Task<EventSchemas> GetSchemas(Caller caller, SchemasRequest request, CancellationToken ct)
    {
        await access.Require(caller, MayRead, ResourceRef.City, ct);
        return new(catalogue.Events.ToDictionary(e => e.Type, PayloadSchemas.Of, StringComparer.Ordinal));
    }

    private static Page<T> Paged<T>(IEnumerable<T> all, int limit, string? cursor, Func<T, string> keyOf)
    {
        var page = new PageRequest(limit, cursor).Checked();
        var after = PageCursor.Decode(page.Cursor, 1) is [var key] ? key : string.Empty;
        return Page<T>.From([.. all.OrderBy(keyOf, StringComparer.Ordinal).Where(one => string.CompareOrdinal(keyOf(one), after) > 0).Take(page.Limit + 1)], page, one => [keyOf(one)]);
    }

    private CatalogueEntry Entry(EventDeclaration e) => new(
        e.Type,
        catalogue.StreamOf(e).Name,
        e.Service,
        e.Version,
        [.. catalogue.Consumers.Where(consumer => consumer.Takes(e.Type)).Select(consumer => consumer.Durable)],
        PayloadSchemas.Of(e));

    private string Known(string stream) =>
        catalogue.Streams.Any(declared => string.Equals(declared.Name, stream, StringComparison.Ordinal)) ? stream : throw CityException.NotFound("stream");
}
