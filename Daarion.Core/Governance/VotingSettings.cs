using System.Globalization;
using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;

namespace Daarion.Core.Governance;

/// <summary>How the city votes, out of the registry's settings.</summary>
internal sealed record VotingSettings(Quantity Quorum, Quantity Approval, TimeSpan Least, TimeSpan Most)
{
    public const string Prefix = "governance.";

    public static VotingSettings Of(RegistrySettings settings)
    {
        var values = settings.Settings.ToDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal);
        return new(
            Quantity.Of(Number("quorum_pct")),
            Quantity.Of(Number("approval_pct")),
            TimeSpan.FromSeconds((double)Number("min_voting_seconds")),
            TimeSpan.FromSeconds((double)Number("max_voting_seconds")));

        decimal Number(string name) => decimal.Parse(values[Prefix + name], CultureInfo.InvariantCulture);
    }
}

/// <summary>What policies are about.</summary>
internal static class PolicyTypes
{
    public const string Rollback = "policy.rollback";

    /// <summary>What operations are about: of several, what the first is.</summary>
    public static string Of(IReadOnlyList<RegistryOperation> operations) => operations.Count == 0 ? "capability.update" : operations[0].Op switch
    {
        RegistryOp.AddCap or RegistryOp.RemoveCap or RegistryOp.FreezeCapabilities or RegistryOp.UnfreezeCapabilities => "capability.update",
        RegistryOp.SetQuota or RegistryOp.IncreaseQuota or RegistryOp.DecreaseQuota => "plan.entitlement.update",
        RegistryOp.SetStakeMultiplier => "stake.multiplier",
        RegistryOp.SetComputePrice => "compute.price",
        RegistryOp.SetEnergySubsidy => "energy.policy",
        RegistryOp.EnableBurstMode or RegistryOp.DisableBurstMode => "burst_mode",
        RegistryOp.SetGovernanceSetting => "governance.process",
        _ => "rwa.policy",
    };
}
