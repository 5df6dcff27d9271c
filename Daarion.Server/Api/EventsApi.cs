using Daarion.Core.Kernel;
using Daarion.Core.Outbox;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.Api;

/// <summary>The HTTP face of the streams and of the event catalogue.</summary>
internal static class EventsApi
{
    public static void Map(ApiFaces faces)
    {
        var events = faces.Internal.MapGroup("/events");
        events.MapGet("/streams", ListStreams).Asks("city.outbox.read");
        events.MapGet("/streams/{stream}/messages", ListMessages).Asks("city.outbox.read");
        events.MapGet("/streams/{stream}/consumers", ListConsumers).Asks("city.outbox.read");
        events.MapGet("/streams/{stream}/consumers/{consumer}", GetConsumer).Asks("city.outbox.read");
        events.MapGet("/catalogue", ListCatalogue).Asks("city.outbox.read");
        events.MapGet("/schemas", GetSchemas).Asks("city.outbox.read");
    }

    private static async Task<Ok<Page<StreamFigures>>> ListStreams(RequestCaller caller, Input<StreamsRequest> request, IEventStreamService events, CancellationToken ct) =>
        TypedResults.Ok(await events.ListStreams(caller, request, ct));

    private static async Task<Ok<Page<StreamMessage>>> ListMessages(RequestCaller caller, Input<MessagesQuery> request, IEventStreamService events, CancellationToken ct) =>
        TypedResults.Ok(await events.ListMessages(caller, request, ct));

    private static async Task<Ok<Page<ConsumerFigures>>> ListConsumers(RequestCaller caller, Input<ConsumersRequest> request, IEventStreamService events, CancellationToken ct) =>
        TypedResults.Ok(await events.ListConsumers(caller, request, ct));

    private static async Task<Ok<ConsumerFigures>> GetConsumer(RequestCaller caller, Input<ConsumerRef> request, IEventStreamService events, CancellationToken ct) =>
        TypedResults.Ok(await events.GetConsumer(caller, request, ct));

    private static async Task<Ok<Page<CatalogueEntry>>> ListCatalogue(RequestCaller caller, Input<CatalogueRequest> request, IEventStreamService events, CancellationToken ct) =>
        TypedResults.Ok(await events.ListCatalogue(caller, request, ct));

    private static async Task<Ok<EventSchemas>> GetSchemas(RequestCaller caller, Input<SchemasRequest> request, IEventStreamService events, CancellationToken ct) =>
        TypedResults.Ok(await events.GetSchemas(caller, request, ct));
}
