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
        return new(await streams.Streams(ct), null);
    }

    public async Task<Page<ConsumerFigures>> ListConsumers(Caller caller, StreamRef request, CancellationToken ct)
    {
        await access.Require(caller, MayRead, ResourceRef.City, ct);
        return new(await streams.Consumers(Known(request.Stream), ct), null);
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
        return new([.. catalogue.Events.Select(Entry)], null);
    }

    public async Task<EventSchemas> GetSchemas(Caller caller, CatalogueRequest request, CancellationToken ct)
    {
        await access.Require(caller, MayRead, ResourceRef.City, ct);
        return new(catalogue.Events.ToDictionary(e => e.Type, PayloadSchemas.Of, StringComparer.Ordinal));
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
