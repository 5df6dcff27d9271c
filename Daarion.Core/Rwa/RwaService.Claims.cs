using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Rwa;

/// <content>What platforms say about assets, and how operators set an inventory right.</content>
internal sealed partial class RwaService
{
    private const int MaxReason = 400;

    public async Task<Page<Claim>> ListClaims(Caller caller, ClaimQuery request, CancellationToken ct)
    {
        await access.Require(caller, Read, request.TeamId is { } asked ? ResourceRef.Team(asked) : ResourceRef.City, ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var rows = PageCursor.Decode(page.Cursor, 1) is [var after]
            ? db.Claims.FromSql($"select * from rwa.rwa_claims where id < {after}")
            : db.Claims;
        rows = request.TeamId is { } team ? rows.Where(claim => claim.TeamId == team) : rows;
        rows = request.SiteId is { } site ? rows.Where(claim => claim.SiteId == site) : rows;
        rows = request.Domain is { } domain ? rows.Where(claim => claim.Domain == domain) : rows;
        rows = request.Kind is { } kind ? rows.Where(claim => claim.Kind == kind) : rows;
        rows = request.State is { } state ? rows.Where(claim => claim.State == state) : rows;
        return Page<Claim>.From(await rows.AsNoTracking().OrderByDescending(claim => claim.Id).Take(page.Limit + 1).ToListAsync(ct), page, claim => [claim.Id.Value]);
    }

    public async Task<Claim> GetClaim(Caller caller, ClaimRef request, CancellationToken ct)
    {
        var claim = await db.Claims.AsNoTracking().SingleOrDefaultAsync(one => one.Id == request.Id, ct);
        await access.Require(caller, Read, new ResourceRef("claim", request.Id.Value, claim?.TeamId), ct);
        return claim ?? throw CityException.NotFound("claim");
    }

    public async Task<Adjustment> Adjust(Caller caller, AdjustInventory request, CancellationToken ct)
    {
        await access.Require(caller, RwaModule.Update, ResourceRef.City, ct);
        var reason = request.Reason.Trim() is { Length: >= 1 and <= MaxReason } said && !said.AsSpan().ContainsAnyInRange('\0', '\x1f')
            ? said
            : throw CityException.Invalid("reason", $"Say why in 1 to {MaxReason} characters.");
        if (request.Delta == Quantity.Zero)
        {
            throw CityException.Invalid("delta", "Give an amount other than zero.");
        }

        var inventory = await db.Inventory.AsNoTracking().SingleOrDefaultAsync(one => one.Id == request.InventoryId, ct) ?? throw CityException.NotFound("inventory");
        var adjustment = new Adjustment(
            RwaId.New(db.Now), inventory.Id, inventory.TeamId, request.Delta, reason, AdjustmentStatus.Pending, caller.Actor.Id, db.Now, null, null, null);
        db.Add(adjustment);
        db.Audit("inventory.adjustment_asked", "inventory", inventory.Id.Value, inventory.TeamId, ("delta", request.Delta.ToString()), ("unit", inventory.Unit), ("reason", reason));
        await db.SaveChangesAsync(ct);
        return adjustment;
    }

    public async Task<Adjustment> ApproveAdjustment(Caller caller, AdjustmentRef request, CancellationToken ct)
    {
        var adjustment = await Waiting(caller, request, ct);
        var operatorId = caller.Actor.Id;
        if (adjustment.RequestedBy == operatorId)
        {
            throw CityException.Conflict("Another operator must let this adjustment move: you asked for it.", "four_eyes");
        }

        var place = await db.Inventory.AsNoTracking().SingleAsync(one => one.Id == adjustment.InventoryId, ct);
        return await db.Transact(
            async token =>
            {
                var made = await moves.Make(
                    [new InventoryMove(place.TeamId, place.Domain, place.SiteId, place.Unit, adjustment.Delta, MovementKind.Adjustment, adjustment.Id.Value, null, null, db.Now, null)], token);
                if (!made.TryGetValue(adjustment.Id.Value, out var movement))
                {
                    throw await db.Movements.AnyAsync(one => one.Ref == adjustment.Id.Value, token)
                        ? NotPending()
                        : CityException.Conflict("There is less than this adjustment takes.", "too_little");
                }

                return await Decide(adjustment with { Status = AdjustmentStatus.Applied, DecidedBy = operatorId, DecidedAt = db.Now, MovementId = movement }, "inventory.adjusted", token);
            },
            ct);
    }

    public async Task<Adjustment> CancelAdjustment(Caller caller, AdjustmentRef request, CancellationToken ct)
    {
        var adjustment = await Waiting(caller, request, ct);
        return await db.Transact(
            token => Decide(adjustment with { Status = AdjustmentStatus.Cancelled, DecidedBy = caller.Actor.Id, DecidedAt = db.Now }, "inventory.adjustment_cancelled", token), ct);
    }

    public async Task<Page<Adjustment>> ListAdjustments(Caller caller, AdjustmentQuery request, CancellationToken ct)
    {
        await access.Require(caller, Read, ResourceRef.City, ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var rows = PageCursor.Decode(page.Cursor, 1) is [var after]
            ? db.Adjustments.FromSql($"select * from rwa.rwa_adjustments where id < {after}")
            : db.Adjustments;
        rows = request.InventoryId is { } inventory ? rows.Where(adjustment => adjustment.InventoryId == inventory) : rows;
        rows = request.Status is { } status ? rows.Where(adjustment => adjustment.Status == status) : rows;
        return Page<Adjustment>.From(
            await rows.AsNoTracking().OrderByDescending(adjustment => adjustment.Id).Take(page.Limit + 1).ToListAsync(ct), page, adjustment => [adjustment.Id.Value]);
    }

    private async Task<Adjustment> Waiting(Caller caller, AdjustmentRef request, CancellationToken ct)
    {
        await access.Require(caller, RwaModule.Update, ResourceRef.City, ct);
        var adjustment = await db.Adjustments.AsNoTracking().SingleOrDefaultAsync(one => one.Id == request.Id, ct) ?? throw CityException.NotFound("adjustment");
        return adjustment.Status == AdjustmentStatus.Pending ? adjustment : throw NotPending();
    }

    // Of two who decide at once, the second finds it decided.
    private async Task<Adjustment> Decide(Adjustment decided, string what, CancellationToken ct)
    {
        var changed = await db.Adjustments.Where(one => one.Id == decided.Id && one.Status == AdjustmentStatus.Pending).ExecuteUpdateAsync(
            set => set.SetProperty(one => one.Status, decided.Status).SetProperty(one => one.DecidedBy, decided.DecidedBy).SetProperty(one => one.DecidedAt, decided.DecidedAt)
                .SetProperty(one => one.MovementId, decided.MovementId),
            ct);
        if (changed == 0)
        {
            throw NotPending();
        }

        db.Audit(what, "inventory", decided.InventoryId.Value, decided.TeamId, ("adjustment", decided.Id.Value), ("delta", decided.Delta.ToString()), ("reason", decided.Reason));
        return decided;
    }

    private static CityException NotPending() => CityException.Conflict("This adjustment is not waiting any more.", "not_pending");
}
