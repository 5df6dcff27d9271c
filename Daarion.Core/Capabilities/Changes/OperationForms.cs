using System.Collections.Frozen;
using Daarion.Core.Kernel;

namespace Daarion.Core.Capabilities.Changes;

/// <summary>Which fields each operation takes. A field it does not take, and one that is missing, are refused by name.</summary>
internal static class OperationForms
{
    private static readonly (string Name, Func<RegistryOperation, object?> Of)[] Fields =
    [
        ("bundle", o => o.Bundle), ("capability", o => o.Capability), ("scope", o => o.Scope), ("viewer", o => o.Viewer), ("plan", o => o.Plan), ("metric", o => o.Metric),
        ("quota", o => o.Quota), ("hard_limit", o => o.HardLimit), ("by", o => o.By), ("steps", o => o.Steps), ("item", o => o.Item), ("price", o => o.Price), ("rate", o => o.Rate),
        ("from", o => o.From), ("to", o => o.To), ("rwa_type", o => o.RwaType), ("cap", o => o.Cap), ("unit", o => o.Unit), ("capabilities", o => o.Capabilities), ("reason", o => o.Reason),
        ("until", o => o.Until), ("x_factor", o => o.XFactor), ("duration", o => o.Duration), ("name", o => o.Name), ("value", o => o.Value),
    ];

    private static readonly FrozenDictionary<RegistryOp, (string[] Required, string[] Optional)> Forms = new Dictionary<RegistryOp, (string[], string[])>
    {
        [RegistryOp.AddCap] = (["bundle", "capability"], ["scope", "viewer"]),
        [RegistryOp.RemoveCap] = (["bundle", "capability"], []),
        [RegistryOp.SetQuota] = (["plan", "metric", "quota"], ["hard_limit"]),
        [RegistryOp.IncreaseQuota] = (["plan", "metric", "by"], []),
        [RegistryOp.DecreaseQuota] = (["plan", "metric", "by"], []),
        [RegistryOp.SetStakeMultiplier] = (["steps"], []),
        [RegistryOp.SetComputePrice] = (["item", "price"], []),
        [RegistryOp.SetEnergySubsidy] = (["rate"], []),
        [RegistryOp.SetConversionRate] = (["from", "to", "rate"], []),
        [RegistryOp.SetRewardCap] = (["rwa_type", "cap"], []),
        [RegistryOp.FreezeCapabilities] = (["capabilities", "reason"], ["until"]),
        [RegistryOp.UnfreezeCapabilities] = (["capabilities"], []),
        [RegistryOp.EnableBurstMode] = (["x_factor"], ["duration", "until"]),
        [RegistryOp.DisableBurstMode] = ([], []),
        [RegistryOp.AddRwaType] = (["rwa_type", "unit"], []),
        [RegistryOp.RemoveRwaType] = (["rwa_type"], []),
        [RegistryOp.SetGovernanceSetting] = (["name", "value"], []),
    }.ToFrozenDictionary();

    /// <summary>Looks at the fields of every operation.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c> naming the operation and the field.</exception>
    public static void Check(IReadOnlyList<RegistryOperation> operations)
    {
        if (operations.Count is 0 or > CheckChange.MaxOperations)
        {
            throw CityException.Invalid("operations", $"Give 1 to {CheckChange.MaxOperations} of them.");
        }

        for (var index = 0; index < operations.Count; index++)
        {
            var operation = operations[index] ?? throw CityException.Invalid($"operations[{index}]", "Give an object.");
            var (required, optional) = Forms[operation.Op];
            foreach (var (name, of) in Fields)
            {
                var given = of(operation) is not null;
                if (given && !required.Contains(name, StringComparer.Ordinal) && !optional.Contains(name, StringComparer.Ordinal))
                {
                    throw CityException.Invalid($"operations[{index}].{name}", $"{Words.Of(operation.Op)} takes no such field; it takes {List([.. required, .. optional])}.");
                }

                if (!given && required.Contains(name, StringComparer.Ordinal))
                {
                    throw CityException.Invalid($"operations[{index}].{name}", $"{Words.Of(operation.Op)} takes {List([.. required, .. optional])}.");
                }
            }
        }
    }

    private static string List(IReadOnlyList<string> names) => names.Count == 0 ? "no field" : string.Join(", ", names);
}
