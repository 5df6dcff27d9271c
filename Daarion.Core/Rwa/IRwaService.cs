using Daarion.Core.Kernel;
using Daarion.Core.Embassies;

namespace Daarion.Core.Rwa;

/// <summary>What a team's sites have brought: inventory of energy, food and water, and each movement of it (seed 4.8).</summary>
public interface IRwaService
{
    /// <summary>
    /// Inventory by site. Asks <c>rwa.inventory.read</c> in the team that is asked for, or in the city where none is; a Member sees the
    /// sites that are paid to them.
    /// </summary>
    Task<Page<Inventory>> ListInventory(Caller caller, InventoryQuery request, CancellationToken ct);

    /// <summary>One inventory. Asks <c>rwa.inventory.read</c> in its team.</summary>
    Task<Inventory> GetInventory(Caller caller, InventoryRef request, CancellationToken ct);

    /// <summary>Movements, newest first. Asks <c>rwa.inventory.read</c> as <see cref="ListInventory"/> does.</summary>
    Task<Page<Movement>> ListMovements(Caller caller, MovementQuery request, CancellationToken ct);

    /// <summary>One movement, with the reading behind it. Asks <c>rwa.inventory.read</c> in its team.</summary>
    Task<Movement> GetMovement(Caller caller, MovementRef request, CancellationToken ct);

    /// <summary>An inventory over time, at most so many points. Asks <c>rwa.inventory.read</c> in its team.</summary>
    Task<InventorySeries> GetInventorySeries(Caller caller, InventorySeriesQuery request, CancellationToken ct);

    /// <summary>Claims, statements and certificates of platforms, newest first. Asks <c>rwa.inventory.read</c> in the team that is asked for, or in the city where none is.</summary>
    Task<Page<Claim>> ListClaims(Caller caller, ClaimQuery request, CancellationToken ct);

    /// <summary>One of them. Asks <c>rwa.inventory.read</c> in its team.</summary>
    Task<Claim> GetClaim(Caller caller, ClaimRef request, CancellationToken ct);

    /// <summary>
    /// Asks that an inventory is set right by a delta; another operator lets it move. Asks <c>rwa.inventory.update</c>; audited. It is never paid.
    /// </summary>
    Task<Adjustment> Adjust(Caller caller, AdjustInventory request, CancellationToken ct);

    /// <summary>
    /// Lets an adjustment move. Asks <c>rwa.inventory.update</c>; audited; publishes <c>rwa.inventory.updated</c>. <c>conflict</c> for whoever asked for it (<c>four_eyes</c>),
    /// where it does not wait any more (<c>not_pending</c>), and where it takes more than there is (<c>too_little</c>).
    /// </summary>
    Task<Adjustment> ApproveAdjustment(Caller caller, AdjustmentRef request, CancellationToken ct);

    /// <summary>Ends an adjustment. Asks <c>rwa.inventory.update</c>; audited. <c>conflict</c> where it does not wait any more.</summary>
    Task<Adjustment> CancelAdjustment(Caller caller, AdjustmentRef request, CancellationToken ct);

    /// <summary>Adjustments, newest first. Asks <c>rwa.inventory.read</c> in the city.</summary>
    Task<Page<Adjustment>> ListAdjustments(Caller caller, AdjustmentQuery request, CancellationToken ct);
}

/// <summary>What a site has brought so far.</summary>
/// <param name="Id"><c>rwa_…</c>.</param>
/// <param name="TeamId">Whose it is.</param>
/// <param name="Domain"><c>energy</c>.</param>
/// <param name="SiteId">The site it is counted at.</param>
/// <param name="Unit"><c>kwh</c>.</param>
/// <param name="Value">The sum of its movements.</param>
/// <param name="BeneficiaryUserId">The person who is paid instead of the team.</param>
/// <param name="UpdatedAt">When it moved last.</param>
/// <param name="Version">How many movements it has.</param>
public sealed record Inventory(
    RwaId Id, TeamId TeamId, string Domain, string SiteId, string Unit, Quantity Value, UserId? BeneficiaryUserId, DateTimeOffset UpdatedAt, long Version);

/// <summary>Which inventory.</summary>
/// <param name="TeamId">Of one team; the whole city's without.</param>
/// <param name="Domain">Of one domain.</param>
/// <param name="SiteId">Of one site.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
/// <param name="AsOf">As it was at a past moment: <see cref="Inventory.Value"/> is the sum of what is known now to have moved by then.</param>
public sealed record InventoryQuery(
    TeamId? TeamId = null, string? Domain = null, string? SiteId = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null, DateTimeOffset? AsOf = null);

/// <summary>Names an inventory.</summary>
/// <param name="Id">Which.</param>
/// <param name="AsOf">As it was at a past moment.</param>
public sealed record InventoryRef(RwaId Id, DateTimeOffset? AsOf = null);

/// <summary>Which part of an inventory's past, and how fine.</summary>
/// <param name="Id">The inventory.</param>
/// <param name="From">From; 30 days before <paramref name="To"/> when left out.</param>
/// <param name="To">To; now when left out.</param>
/// <param name="Points">At most so many: 2 to 1 000.</param>
public sealed record InventorySeriesQuery(RwaId Id, DateTimeOffset? From = null, DateTimeOffset? To = null, int Points = 200);

/// <summary>An inventory over time.</summary>
/// <param name="Id">The inventory.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Before">What there was at the beginning.</param>
/// <param name="Points">In the order of time; each stands for the movements of its slice.</param>
public sealed record InventorySeries(RwaId Id, string Unit, DateTimeOffset From, DateTimeOffset To, Quantity Before, IReadOnlyList<InventoryPoint> Points);

/// <summary>A point of an inventory's past.</summary>
/// <param name="Ts">The time of the last movement in it.</param>
/// <param name="Value">What there was then, by what is known now.</param>
/// <param name="Delta">What moved in it.</param>
/// <param name="Movements">How many movements it stands for.</param>
/// <param name="MovementId">The last of them.</param>
public sealed record InventoryPoint(DateTimeOffset Ts, Quantity Value, Quantity Delta, long Movements, RwaId MovementId);

/// <summary>One movement; nothing changes it afterwards.</summary>
/// <param name="Id"><c>rwa_…</c>; a payout's <c>rwa_ref</c>.</param>
/// <param name="InventoryId">The inventory that moved.</param>
/// <param name="Number">Its place among that inventory's movements, from 1.</param>
/// <param name="TeamId">Whose it is.</param>
/// <param name="Domain"><c>energy</c>.</param>
/// <param name="SiteId">The site.</param>
/// <param name="Unit"><c>kwh</c>.</param>
/// <param name="Delta">What moved.</param>
/// <param name="ValueAfter">The inventory after it.</param>
/// <param name="Kind">What made it move; only what is new is paid.</param>
/// <param name="OracleId">The reading behind it, where there is one.</param>
/// <param name="Ref">The reading, claim or adjustment that made it.</param>
/// <param name="BeneficiaryUserId">The person who is paid instead of the team.</param>
/// <param name="Ts">The time of the reading.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="TraceId">The trace.</param>
public sealed record Movement(
    RwaId Id,
    RwaId InventoryId,
    long Number,
    TeamId TeamId,
    string Domain,
    string SiteId,
    string Unit,
    Quantity Delta,
    Quantity ValueAfter,
    MovementKind Kind,
    OracleId? OracleId,
    string Ref,
    UserId? BeneficiaryUserId,
    DateTimeOffset Ts,
    DateTimeOffset RecordedAt,
    string? TraceId);

/// <summary>Which movements.</summary>
/// <param name="InventoryId">Of one inventory.</param>
/// <param name="TeamId">Of one team; the whole city's without.</param>
/// <param name="SiteId">Of one site.</param>
/// <param name="OracleId">Made by one reading.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record MovementQuery(
    RwaId? InventoryId = null, TeamId? TeamId = null, string? SiteId = null, OracleId? OracleId = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null);

/// <summary>Names a movement.</summary>
public sealed record MovementRef(RwaId Id);

/// <summary>What a platform says about an asset; nothing changes it afterwards.</summary>
/// <param name="Id"><c>rwa_…</c>.</param>
/// <param name="TeamId">Whose asset.</param>
/// <param name="Platform">Who says it.</param>
/// <param name="Domain">The type of asset.</param>
/// <param name="SiteId">The site.</param>
/// <param name="Kind">How it is said.</param>
/// <param name="Value">How much, in <paramref name="Unit"/>; below zero for what went.</param>
/// <param name="Unit">The unit that the city counts in.</param>
/// <param name="SentValue">As sent, in <paramref name="SentUnit"/>.</param>
/// <param name="SentUnit">The unit as sent.</param>
/// <param name="Counted">What the city itself had counted by that time.</param>
/// <param name="State">How it stands.</param>
/// <param name="Reference">The sender's name of the paper behind it.</param>
/// <param name="MovementId">The movement it made.</param>
/// <param name="WebhookEventId">The delivery it came in.</param>
/// <param name="Ts">The time it is about.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="TraceId">The trace.</param>
public sealed record Claim(
    RwaId Id,
    TeamId TeamId,
    string Platform,
    string Domain,
    string SiteId,
    ClaimKind Kind,
    Quantity Value,
    string Unit,
    Quantity SentValue,
    string SentUnit,
    Quantity Counted,
    ClaimState State,
    string? Reference,
    RwaId? MovementId,
    EmbassyId WebhookEventId,
    DateTimeOffset Ts,
    DateTimeOffset RecordedAt,
    string? TraceId);

/// <summary>Which claims.</summary>
/// <param name="TeamId">Of one team; the whole city's without.</param>
/// <param name="SiteId">Of one site.</param>
/// <param name="Domain">About one type of asset.</param>
/// <param name="Kind">Of one kind.</param>
/// <param name="State">In one state.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record ClaimQuery(
    TeamId? TeamId = null, string? SiteId = null, string? Domain = null, ClaimKind? Kind = null, ClaimState? State = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null);

/// <summary>Names a claim.</summary>
public sealed record ClaimRef(RwaId Id);

/// <summary>How an adjustment stands.</summary>
public enum AdjustmentStatus
{
    /// <summary>It waits for another operator.</summary>
    Pending,

    /// <summary>It has moved the inventory.</summary>
    Applied,

    /// <summary>It was ended.</summary>
    Cancelled,
}

/// <summary>An inventory to set right.</summary>
/// <param name="InventoryId">Which.</param>
/// <param name="Delta">By how much, in its unit; not zero.</param>
/// <param name="Reason">Why: 1 to 400 characters.</param>
public sealed record AdjustInventory(RwaId InventoryId, Quantity Delta, string Reason);

/// <summary>Names an adjustment.</summary>
public sealed record AdjustmentRef(RwaId Id);

/// <summary>An adjustment: asked for by one operator, decided by another.</summary>
/// <param name="Id"><c>rwa_…</c>.</param>
/// <param name="InventoryId">The inventory.</param>
/// <param name="TeamId">Whose it is.</param>
/// <param name="Delta">By how much.</param>
/// <param name="Reason">Why.</param>
/// <param name="Status">How it stands.</param>
/// <param name="RequestedBy">Who asked.</param>
/// <param name="RequestedAt">When.</param>
/// <param name="DecidedBy">Who decided.</param>
/// <param name="DecidedAt">When.</param>
/// <param name="MovementId">The movement it made.</param>
public sealed record Adjustment(
    RwaId Id,
    RwaId InventoryId,
    TeamId TeamId,
    Quantity Delta,
    string Reason,
    AdjustmentStatus Status,
    string RequestedBy,
    DateTimeOffset RequestedAt,
    string? DecidedBy,
    DateTimeOffset? DecidedAt,
    RwaId? MovementId);

/// <summary>Which adjustments.</summary>
/// <param name="InventoryId">Of one inventory.</param>
/// <param name="Status">In one state.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record AdjustmentQuery(RwaId? InventoryId = null, AdjustmentStatus? Status = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null);
