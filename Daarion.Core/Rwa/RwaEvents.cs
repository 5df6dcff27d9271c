using Daarion.Core.Kernel;
using Daarion.Core.Oracles;

namespace Daarion.Core.Rwa;

/// <summary><c>rwa.inventory.updated</c>: a movement of an inventory.</summary>
/// <param name="InventoryId">The inventory.</param>
/// <param name="TeamId">Whose it is.</param>
/// <param name="Domain"><c>energy</c>.</param>
/// <param name="SiteId">The site it is counted at.</param>
/// <param name="Value">The stock after the movement.</param>
/// <param name="Delta">What moved.</param>
/// <param name="Unit"><c>kwh</c>.</param>
/// <param name="Ts">The time of the reading behind it.</param>
/// <param name="MovementId">The movement; a payout's <c>rwa_ref</c>.</param>
/// <param name="Kind">Whether the delta is new or moved; only new is paid.</param>
/// <param name="OracleId">The reading behind it.</param>
/// <param name="BeneficiaryUserId">The person who is paid instead of the team.</param>
public sealed record RwaInventoryUpdated(
    RwaId InventoryId,
    TeamId TeamId,
    string Domain,
    string SiteId,
    Quantity Value,
    Quantity Delta,
    string Unit,
    DateTimeOffset Ts,
    RwaId MovementId,
    ReadingKind Kind,
    OracleId OracleId,
    UserId? BeneficiaryUserId);
