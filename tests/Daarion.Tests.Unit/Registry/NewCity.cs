using System.Collections.Immutable;
using Daarion.Core;
using Daarion.Core.Capabilities;
using Daarion.Core.Capabilities.Changes;
using Daarion.Core.Policy;

namespace Daarion.Tests.Unit.Registry;

/// <summary>The registry of a new city, without a database.</summary>
internal static class NewCity
{
    public static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    public static RegistryState Registry { get; } = Make();

    public static RegistryEdit Edit(params RegistryOperation[] operations) => RegistryEditor.Edit(Registry, operations, Now);

    private static RegistryState Make()
    {
        var seed = RegistrySeed.Of(CityModules.All);
        return new()
        {
            Capabilities = seed.Capabilities.ToImmutableSortedDictionary(one => one.Code, one => new CapabilityState(one.Risk, one.Description), StringComparer.Ordinal),
            Bundles = RegistrySeeder.FixedBundles.Union(seed.Grants.Select(grant => grant.Bundle), StringComparer.Ordinal).ToImmutableSortedDictionary(
                bundle => bundle,
                bundle => seed.Grants.Where(grant => grant.Bundle == bundle).ToImmutableSortedDictionary(grant => grant.Capability, grant => new Grant(grant.Scope, grant.Viewer), StringComparer.Ordinal),
                StringComparer.Ordinal),
            Entitlements = PlanTables.Plans.SelectMany(row => Enum.GetValues<TeamPlan>().Select(plan => (plan, row)))
                .ToImmutableSortedDictionary(one => (one.plan, one.row.Metric), one => new Entitlement(one.row.Window, one.row.Of(one.plan), PlanTables.HardLimit(one.row, one.plan))),
            Multipliers = PlanTables.Multipliers.ToImmutableSortedDictionary(step => step.FromAmount, step => step.Multiplier),
            Prices = PlanTables.Prices.ToImmutableSortedDictionary(price => price.Item, price => price, StringComparer.Ordinal),
            Settings = SettingNames.Defaults.ToImmutableSortedDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal),
        };
    }
}
