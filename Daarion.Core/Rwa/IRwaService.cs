using Daarion.Core.Kernel;
using Daarion.Core.Oracles;

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
public sealed record InventoryQuery(TeamId? TeamId = null, string? Domain = null, string? SiteId = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null);

/// <summary>Names an inventory.</summary>
public sealed record InventoryRef(RwaId Id);

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
/// <param name="Kind">New, or moved from where it was counted before; only new is paid.</param>
/// <param name="OracleId">The reading behind it.</param>
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
    ReadingKind Kind,
    OracleId OracleId,
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
