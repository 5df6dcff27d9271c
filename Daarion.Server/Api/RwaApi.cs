using Daarion.Core.Kernel;
using Daarion.Core.Rwa;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.Api;

/// <summary>The HTTP face of the inventory.</summary>
internal static class RwaApi
{
    private const string Read = "rwa.inventory.read";

    public static void Map(ApiFaces faces)
    {
        faces.Internal.MapGet("/rwa/inventory", ListInventory).Asks(Read);
        faces.Internal.MapGet("/rwa/inventory/{id}", GetInventory).Asks(Read);
        faces.Internal.MapGet("/rwa/inventory/{inventory_id}/movements", ListMovements).Asks(Read);
        faces.Internal.MapGet("/rwa/movements", ListMovements).Asks(Read);
        faces.Internal.MapGet("/rwa/movements/{id}", GetMovement).Asks(Read);

        faces.Public.MapGet("/teams/{team_id}/rwa", ListInventory).Asks(Read);
        faces.Public.MapGet("/rwa", ListInventory).Asks(Read);
        faces.Public.MapGet("/rwa/{id}", GetInventory).Asks(Read);
        faces.Public.MapGet("/rwa/{inventory_id}/movements", ListMovements).Asks(Read);
        faces.Public.MapGet("/rwa/movements", ListMovements).Asks(Read);
        faces.Public.MapGet("/rwa/movements/{id}", GetMovement).Asks(Read);
    }

    private static async Task<Ok<Page<Inventory>>> ListInventory(RequestCaller caller, Input<InventoryQuery> request, IRwaService rwa, CancellationToken ct) =>
        TypedResults.Ok(await rwa.ListInventory(caller, request, ct));

    private static async Task<Ok<Inventory>> GetInventory(RequestCaller caller, Input<InventoryRef> request, IRwaService rwa, CancellationToken ct) =>
        TypedResults.Ok(await rwa.GetInventory(caller, request, ct));

    private static async Task<Ok<Page<Movement>>> ListMovements(RequestCaller caller, Input<MovementQuery> request, IRwaService rwa, CancellationToken ct) =>
        TypedResults.Ok(await rwa.ListMovements(caller, request, ct));

    private static async Task<Ok<Movement>> GetMovement(RequestCaller caller, Input<MovementRef> request, IRwaService rwa, CancellationToken ct) =>
        TypedResults.Ok(await rwa.GetMovement(caller, request, ct));
}
