using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Rwa;

/// <inheritdoc cref="IRwaService"/>
internal sealed partial class RwaService(RwaDbContext db, IAccess access, InventoryMoves moves) : IRwaService
{
    private const string Read = RwaModule.Read;
    private const int MaxPoints = 1000;
    private static readonly TimeSpan DefaultSpan = TimeSpan.FromDays(30);
    private static readonly TimeSpan MaxSpan = TimeSpan.FromDays(3700);

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
        var found = await rows.AsNoTracking().OrderByDescending(inventory => inventory.Id).Take(page.Limit + 1).ToListAsync(ct);
        return Page<Inventory>.From(await AsOf(request.AsOf, found, ct), page, inventory => [inventory.Id.Value]);
    }

    // What is known now to have moved by a time: a late reading belongs to the time it tells of.
    private async Task<List<Inventory>> AsOf(DateTimeOffset? time, List<Inventory> places, CancellationToken ct)
    {
        if (time is not { } at)
        {
            return places;
        }

        var ids = places.ConvertAll(place => place.Id.Value).ToArray();
        var sums = (await db.Database.SqlQuery<Standing>($"""
            select inventory_id as id, sum(delta) as value, count(*) as movements, max(ts) as last
            from rwa.rwa_movements where inventory_id = any ({ids}) and ts <= {at} group by inventory_id
            """).ToListAsync(ct)).ToDictionary(sum => sum.Id, StringComparer.Ordinal);
        return places.ConvertAll(place => sums.TryGetValue(place.Id.Value, out var sum)
            ? place with { Value = Quantity.Of(sum.Value), Version = sum.Movements, UpdatedAt = sum.Last }
            : place with { Value = Quantity.Zero, Version = 0 });
    }

    public async Task<Inventory> GetInventory(Caller caller, InventoryRef request, CancellationToken ct)
    {
        var inventory = await db.Inventory.AsNoTracking().SingleOrDefaultAsync(one => one.Id == request.Id, ct);
        await access.Require(caller, Read, Resource(caller, "inventory", request.Id, inventory?.TeamId, inventory?.BeneficiaryUserId), ct);
        return inventory is null ? throw CityException.NotFound("inventory") : (await AsOf(request.AsOf, [inventory], ct))[0];
    }

    public async Task<InventorySeries> GetInventorySeries(Caller caller, InventorySeriesQuery request, CancellationToken ct)
    {
        var inventory = await GetInventory(caller, new InventoryRef(request.Id), ct);
        var points = request.Points is >= 2 and <= MaxPoints ? request.Points : throw CityException.Invalid("points", $"Give a number from 2 to {MaxPoints}.");
        var to = request.To ?? db.Now;
        var from = request.From ?? to - DefaultSpan;
        if (from >= to || to - from > MaxSpan)
        {
            throw CityException.Invalid("from", "Give a time before to, at most ten years.");
        }

        var slices = await db.Database.SqlQuery<Slice>($"""
            select max(ts) as ts, sum(delta) as delta, count(*) as movements, (array_agg(id order by ts desc, number desc))[1] as last,
                   sum(sum(delta)) over (order by max(ts)) as value
            from rwa.rwa_movements where inventory_id = {request.Id.Value} and ts <= {to}
            group by case when ts < {from} then -1 else width_bucket(extract(epoch from ts), extract(epoch from {from}), extract(epoch from {to}) + 0.001, {points}) end
            order by 1
            """).ToListAsync(ct);
        var before = slices.Where(slice => slice.Ts < from).Sum(slice => slice.Delta);
        return new(
            request.Id,
            inventory.Unit,
            from,
            to,
            Quantity.Of(before),
            [.. slices.Where(slice => slice.Ts >= from).Select(slice => new InventoryPoint(slice.Ts, Quantity.Of(slice.Value), Quantity.Of(slice.Delta), slice.Movements, RwaId.Parse(slice.Last)))]);
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
        movement.Ref,
        movement.BeneficiaryUserId,
        movement.Ts,
        movement.RecordedAt,
        movement.TraceId);

    private sealed record Slice(DateTimeOffset Ts, decimal Delta, long Movements, string Last, decimal Value);

    private sealed record Standing(string Id, decimal Value, long Movements, DateTimeOffset Last);
}
