using Daarion.Core.Kernel;
using Daarion.Core.Rwa;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.Api;

/// <summary>The HTTP face of the inventory.</summary>
internal static class RwaApi
{
    private const string Read = "rwa.inventory.read";
    private const string Update = "rwa.inventory.update";
    private const string CsvType = "text/csv";

    public static void Map(ApiFaces faces)
    {
        faces.Internal.MapGet("/rwa/inventory", ListInventory).Asks(Read).Produces<string>(StatusCodes.Status200OK, CsvType);
        faces.Internal.MapGet("/rwa/inventory/{id}", GetInventory).Asks(Read);
        faces.Internal.MapGet("/rwa/inventory/{inventory_id}/movements", ListMovements).Asks(Read).Produces<string>(StatusCodes.Status200OK, CsvType);
        faces.Internal.MapGet("/rwa/inventory/{id}/series", GetSeries).Asks(Read);
        faces.Public.MapGet("/rwa/{id}/series", GetSeries).Asks(Read);
        faces.Internal.MapGet("/rwa/movements", ListMovements).Asks(Read).Produces<string>(StatusCodes.Status200OK, CsvType);
        faces.Internal.MapGet("/rwa/movements/{id}", GetMovement).Asks(Read);

        faces.Public.MapGet("/teams/{team_id}/rwa", ListInventory).Asks(Read).Produces<string>(StatusCodes.Status200OK, CsvType);
        faces.Public.MapGet("/rwa", ListInventory).Asks(Read).Produces<string>(StatusCodes.Status200OK, CsvType);
        faces.Public.MapGet("/rwa/{id}", GetInventory).Asks(Read);
        faces.Public.MapGet("/rwa/{inventory_id}/movements", ListMovements).Asks(Read).Produces<string>(StatusCodes.Status200OK, CsvType);
        faces.Public.MapGet("/rwa/movements", ListMovements).Asks(Read).Produces<string>(StatusCodes.Status200OK, CsvType);
        faces.Public.MapGet("/rwa/movements/{id}", GetMovement).Asks(Read);
        faces.Public.MapGet("/teams/{team_id}/rwa/claims", ListClaims).Asks(Read);

        foreach (var face in (RouteGroupBuilder[])[faces.Internal, faces.Public])
        {
            face.MapGet("/rwa/claims", ListClaims).Asks(Read);
            face.MapGet("/rwa/claims/{id}", GetClaim).Asks(Read);
            face.MapPost("/rwa/adjust", Adjust).Asks(Update);
            face.MapGet("/rwa/adjustments", ListAdjustments).Asks(Read);
            face.MapPost("/rwa/adjustments/{id}/approve", ApproveAdjustment).Asks(Update);
            face.MapPost("/rwa/adjustments/{id}/cancel", CancelAdjustment).Asks(Update);
        }
    }

    /// <summary>How a list is written.</summary>
    public enum ListFormat
    {
        /// <summary>A page of rows.</summary>
        Json,

        /// <summary>The whole list as a file for a spreadsheet.</summary>
        Csv,
    }

    /// <summary>Which inventory, and how it is written.</summary>
    public sealed record InventoryRequest(
        TeamId? TeamId = null,
        string? Domain = null,
        string? SiteId = null,
        DateTimeOffset? AsOf = null,
        ListFormat Format = ListFormat.Json,
        int Limit = PageRequest.DefaultLimit,
        string? Cursor = null)
    {
        public InventoryQuery AsQuery() => new(TeamId, Domain, SiteId, Limit, Cursor, AsOf);
    }

    /// <summary>Which movements, and how they are written.</summary>
    public sealed record MovementRequest(
        RwaId? InventoryId = null,
        TeamId? TeamId = null,
        string? SiteId = null,
        OracleId? OracleId = null,
        ListFormat Format = ListFormat.Json,
        int Limit = PageRequest.DefaultLimit,
        string? Cursor = null)
    {
        public MovementQuery AsQuery() => new(InventoryId, TeamId, SiteId, OracleId, Limit, Cursor);
    }

    private static async Task<Results<Ok<Page<Inventory>>, RwaCsv<Inventory>>> ListInventory(RequestCaller caller, Input<InventoryRequest> request, IRwaService rwa, CancellationToken ct)
    {
        var query = request.Value.AsQuery();
        var first = await rwa.ListInventory(caller, query, ct);
        return request.Value.Format == ListFormat.Json
            ? TypedResults.Ok(first)
            : new RwaCsv<Inventory>(
                "inventory", RwaLines.Inventory, RwaLines.Of, first, cursor => rwa.ListInventory(caller, query with { Limit = PageRequest.MaxLimit, Cursor = cursor }, ct));
    }

    private static async Task<Ok<Inventory>> GetInventory(RequestCaller caller, Input<InventoryRef> request, IRwaService rwa, CancellationToken ct) =>
        TypedResults.Ok(await rwa.GetInventory(caller, request, ct));

    private static async Task<Results<Ok<Page<Movement>>, RwaCsv<Movement>>> ListMovements(RequestCaller caller, Input<MovementRequest> request, IRwaService rwa, CancellationToken ct)
    {
        var query = request.Value.AsQuery();
        var first = await rwa.ListMovements(caller, query, ct);
        return request.Value.Format == ListFormat.Json
            ? TypedResults.Ok(first)
            : new RwaCsv<Movement>(
                "movements", RwaLines.Movements, RwaLines.Of, first, cursor => rwa.ListMovements(caller, query with { Limit = PageRequest.MaxLimit, Cursor = cursor }, ct));
    }

    private static async Task<Ok<InventorySeries>> GetSeries(RequestCaller caller, Input<InventorySeriesQuery> request, IRwaService rwa, CancellationToken ct) =>
        TypedResults.Ok(await rwa.GetInventorySeries(caller, request, ct));

    private static async Task<Ok<Page<Claim>>> ListClaims(RequestCaller caller, Input<ClaimQuery> request, IRwaService rwa, CancellationToken ct) =>
        TypedResults.Ok(await rwa.ListClaims(caller, request, ct));

    private static async Task<Ok<Claim>> GetClaim(RequestCaller caller, Input<ClaimRef> request, IRwaService rwa, CancellationToken ct) =>
        TypedResults.Ok(await rwa.GetClaim(caller, request, ct));

    private static async Task<Created<Adjustment>> Adjust(RequestCaller caller, Input<AdjustInventory> request, IRwaService rwa, CancellationToken ct) =>
        TypedResults.Created((string?)null, await rwa.Adjust(caller, request, ct));

    private static async Task<Ok<Page<Adjustment>>> ListAdjustments(RequestCaller caller, Input<AdjustmentQuery> request, IRwaService rwa, CancellationToken ct) =>
        TypedResults.Ok(await rwa.ListAdjustments(caller, request, ct));

    private static async Task<Ok<Adjustment>> ApproveAdjustment(RequestCaller caller, Input<AdjustmentRef> request, IRwaService rwa, CancellationToken ct) =>
        TypedResults.Ok(await rwa.ApproveAdjustment(caller, request, ct));

    private static async Task<Ok<Adjustment>> CancelAdjustment(RequestCaller caller, Input<AdjustmentRef> request, IRwaService rwa, CancellationToken ct) =>
        TypedResults.Ok(await rwa.CancelAdjustment(caller, request, ct));

    private static async Task<Ok<Movement>> GetMovement(RequestCaller caller, Input<MovementRef> request, IRwaService rwa, CancellationToken ct) =>
        TypedResults.Ok(await rwa.GetMovement(caller, request, ct));
}
