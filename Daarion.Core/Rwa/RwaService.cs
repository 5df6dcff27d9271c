using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Rwa;

/// <summary>Reads inventory and movements.</summary>
internal sealed class RwaService(RwaDbContext db, IAccess access) : IRwaService
{
    private const string Read = "rwa.inventory.read";

    public async Task<Page<Inventory>> ListInventory(Caller caller, InventoryQuery request, CancellationToken ct)
    {
        var own = await MayList(caller, request.TeamId, ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var rows = PageCursor.Decode(page.Cursor, 1) is [var after]
            ? db.Inventory.FromSql($"select * from rwa.rwa_inventory where id < {after}")
            : db.Inventory;
        rows = request.TeamId is { } team ? rows.Where(inventory => inventory.TeamId == team) : rows;
        rows = request.Domain is { } domain ? rows.Where(inventory => inventory.Domain == domain) : rows;
        rows = request.SiteId is { } site ? rows.Where(inventory => inventory.SiteId == site) : rows;
        rows = own is { } user ? rows.Where(inventory => inventory.BeneficiaryUserId == user) : rows;
        return Page<Inventory>.From(
            await rows.AsNoTracking().OrderByDescending(inventory => inventory.Id).Take(page.Limit + 1).ToListAsync(ct),
            page,
            inventory => [inventory.Id.Value]);
    }

    public async Task<Inventory> GetInventory(Caller caller, InventoryRef request, CancellationToken ct)
    {
        var inventory = await db.Inventory.AsNoTracking().SingleOrDefaultAsync(one => one.Id == request.Id, ct);
        await access.Require(caller, Read, Resource(caller, "inventory", request.Id, inventory?.TeamId, inventory?.BeneficiaryUserId), ct);
        return inventory ?? throw CityException.NotFound("inventory");
    }

    public async Task<Page<Movement>> ListMovements(Caller caller, MovementQuery request, CancellationToken ct)
    {
        var own = await MayList(caller, request.TeamId ?? await TeamOf(request, ct), ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var rows = PageCursor.Decode(page.Cursor, 1) is [var after]
            ? db.Movements.FromSql($"select * from rwa.rwa_movements where id < {after}")
            : db.Movements;
        rows = request.TeamId is { } team ? rows.Where(movement => movement.TeamId == team) : rows;
        rows = request.InventoryId is { } inventory ? rows.Where(movement => movement.InventoryId == inventory) : rows;
        rows = request.OracleId is { } oracle ? rows.Where(movement => movement.OracleId == oracle) : rows;
        rows = own is { } user ? rows.Where(movement => movement.BeneficiaryUserId == user) : rows;
        var places = request.SiteId is { } site ? db.Inventory.Where(place => place.SiteId == site) : db.Inventory;
        var found = await rows.Join(places, movement => movement.InventoryId, place => place.Id, (movement, place) => new { Movement = movement, Place = place })
            .AsNoTracking().OrderByDescending(placed => placed.Movement.Id).Take(page.Limit + 1).ToListAsync(ct);
        return Page<Movement>.From(found.ConvertAll(placed => At(placed.Place, placed.Movement)), page, movement => [movement.Id.Value]);
    }

    public async Task<Movement> GetMovement(Caller caller, MovementRef request, CancellationToken ct)
    {
        var placed = await db.Movements.Where(movement => movement.Id == request.Id)
            .Join(db.Inventory, movement => movement.InventoryId, place => place.Id, (movement, place) => new { Movement = movement, Place = place })
            .AsNoTracking().SingleOrDefaultAsync(ct);
        await access.Require(caller, Read, Resource(caller, "movement", request.Id, placed?.Movement.TeamId, placed?.Movement.BeneficiaryUserId), ct);
        return placed is null ? throw CityException.NotFound("movement") : At(placed.Place, placed.Movement);
    }

    // Whose rows the caller may see: everybody's (null), or only what is paid to the caller.
    private async Task<UserId?> MayList(Caller caller, TeamId? team, CancellationToken ct)
    {
        var decision = await access.Require(caller, Read, (team is { } one ? ResourceRef.Team(one) : ResourceRef.City) with { HeedsScope = true }, ct);
        return decision.Scope == DecisionScope.Own ? caller.User : null;
    }

    // Movements of one inventory, or of one reading, are asked for in the team they belong to.
    private async Task<TeamId?> TeamOf(MovementQuery request, CancellationToken ct) => request switch
    {
        { InventoryId: { } inventory } => (await db.Inventory.AsNoTracking().SingleOrDefaultAsync(one => one.Id == inventory, ct))?.TeamId,
        { OracleId: { } oracle } => (await db.Movements.AsNoTracking().SingleOrDefaultAsync(one => one.OracleId == oracle, ct))?.TeamId,
        _ => null,
    };

    // What is paid to a person is their own, whether or not they belong to the site's team.
    private static ResourceRef Resource(Caller caller, string kind, RwaId id, TeamId? team, UserId? beneficiary) => beneficiary is { } user && user == caller.User
        ? ResourceRef.Own(kind, id.Value, user)
        : new ResourceRef(kind, id.Value, team);

    private static Movement At(Inventory place, MovementRow movement) => new(
        movement.Id,
        movement.InventoryId,
        movement.Number,
        movement.TeamId,
        place.Domain,
        place.SiteId,
        place.Unit,
        movement.Delta,
        movement.ValueAfter,
        movement.Kind,
        movement.OracleId,
        movement.BeneficiaryUserId,
        movement.Ts,
        movement.RecordedAt,
        movement.TraceId);
}
