using Daarion.Core.Kernel;
using Daarion.Core.Embassies;

namespace Daarion.Core.Rwa;

/// <summary>What made an inventory move.</summary>
public enum MovementKind
{
    /// <summary>Something new was measured; only this is paid.</summary>
    Reading,

    /// <summary>A late reading moved what was counted before to where it belongs.</summary>
    Correction,

    /// <summary>A platform claimed that so much came or went.</summary>
    Claim,

    /// <summary>Two operators set it right.</summary>
    Adjustment,
}

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
/// <param name="Kind">What made it move; only what is new is paid.</param>
/// <param name="OracleId">The reading behind it, where there is one.</param>
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
    MovementKind Kind,
    OracleId? OracleId,
    UserId? BeneficiaryUserId);

/// <summary>How a claim stands.</summary>
public enum ClaimState
{
    /// <summary>It is on record, and a claim has moved the inventory.</summary>
    Recorded,

    /// <summary>It takes more than there is, or more than can be counted: it is on record and moved nothing.</summary>
    Disputed,
}

/// <summary><c>rwa.claim.recorded</c>: what a platform says about an asset is on record.</summary>
/// <param name="ClaimId">The record.</param>
/// <param name="TeamId">Whose asset.</param>
/// <param name="Platform">Who says it.</param>
/// <param name="Domain">The type of asset.</param>
/// <param name="SiteId">The site.</param>
/// <param name="Kind">How it is said.</param>
/// <param name="Value">How much, in <paramref name="Unit"/>.</param>
/// <param name="Unit">The unit that the city counts in.</param>
/// <param name="State">How it stands.</param>
/// <param name="MovementId">The movement it made.</param>
public sealed record RwaClaimRecorded(
    RwaId ClaimId, TeamId TeamId, string Platform, string Domain, string SiteId, ClaimKind Kind, Quantity Value, string Unit, ClaimState State, RwaId? MovementId);
