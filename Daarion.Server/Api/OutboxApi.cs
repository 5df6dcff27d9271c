using Daarion.Core.Kernel;
using Daarion.Core.Outbox;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.Api;

/// <summary>The HTTP face of the outbox: what waits, what died, the ways back.</summary>
internal static class OutboxApi
{
    public static void Map(ApiFaces faces)
    {
        var outbox = faces.Internal.MapGroup("/outbox");
        outbox.MapGet("", ListEvents).Asks("city.outbox.read");
        outbox.MapGet("/stats", GetStats).Asks("city.outbox.read");
        outbox.MapPost("/replay", Replay).Asks("city.outbox.manage");
        outbox.MapGet("/dead-letters", ListDeadLetters).Asks("city.outbox.read");
        outbox.MapPost("/dead-letters/retry", RetryDeadLetter).Asks("city.outbox.manage");
        outbox.MapPost("/dead-letters/discard", DiscardDeadLetter).Asks("city.outbox.manage");
        outbox.MapGet("/{id}", GetEvent).Asks("city.outbox.read");
        outbox.MapPost("/{id}/retry", RetryEvent).Asks("city.outbox.manage");
        outbox.MapPost("/{id}/discard", DiscardEvent).Asks("city.outbox.manage");
    }

    private static async Task<Ok<Page<OutboxEvent>>> ListEvents(RequestCaller caller, Input<OutboxQuery> request, IOutboxService outbox, CancellationToken ct) =>
        TypedResults.Ok(await outbox.ListEvents(caller, request, ct));

    private static async Task<Ok<OutboxStats>> GetStats(RequestCaller caller, Input<OutboxStatsRequest> request, IOutboxService outbox, CancellationToken ct) =>
        TypedResults.Ok(await outbox.GetStats(caller, request, ct));

    private static async Task<Ok<ReplayReport>> Replay(RequestCaller caller, Input<Replay> request, IOutboxService outbox, CancellationToken ct) =>
        TypedResults.Ok(await outbox.Replay(caller, request, ct));

    private static async Task<Ok<Page<DeadLetter>>> ListDeadLetters(RequestCaller caller, Input<DeadLetterQuery> request, IOutboxService outbox, CancellationToken ct) =>
        TypedResults.Ok(await outbox.ListDeadLetters(caller, request, ct));

    private static async Task<Ok<DeadLetter>> RetryDeadLetter(RequestCaller caller, Input<DeadLetterRef> request, IOutboxService outbox, CancellationToken ct) =>
        TypedResults.Ok(await outbox.RetryDeadLetter(caller, request, ct));

    private static async Task<Ok<DeadLetter>> DiscardDeadLetter(RequestCaller caller, Input<DiscardDeadLetter> request, IOutboxService outbox, CancellationToken ct) =>
        TypedResults.Ok(await outbox.DiscardDeadLetter(caller, request, ct));

    private static async Task<Ok<OutboxEventDetail>> GetEvent(RequestCaller caller, Input<OutboxEventRef> request, IOutboxService outbox, CancellationToken ct) =>
        TypedResults.Ok(await outbox.GetEvent(caller, request, ct));

    private static async Task<Ok<OutboxEvent>> RetryEvent(RequestCaller caller, Input<OutboxEventRef> request, IOutboxService outbox, CancellationToken ct) =>
        TypedResults.Ok(await outbox.RetryEvent(caller, request, ct));

    private static async Task<Ok<OutboxEvent>> DiscardEvent(RequestCaller caller, Input<DiscardEvent> request, IOutboxService outbox, CancellationToken ct) =>
        TypedResults.Ok(await outbox.DiscardEvent(caller, request, ct));
}
