using System.Globalization;

namespace Daarion.E2E.Running;

/// <summary>A service's word that something was fed in, from which a payout comes.</summary>
public static class PayoutStatement
{
    public static object Of(string team, string resident, decimal kilowattHours) => new
    {
        rwa_ref = "rwa_01kaa000000000000000000001",
        team_id = team,
        domain = "energy",
        site_id = "EU-KYIV-01",
        unit = "kwh",
        delta = kilowattHours.ToString(CultureInfo.InvariantCulture),
        inventory_id = "rwa_01kaa000000000000000000002",
        oracle_id = "orc_01kaa000000000000000000003",
        ts = TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        beneficiary_user_id = resident,
    };
}
