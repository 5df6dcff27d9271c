using Daarion.Core.Capabilities;
using Daarion.Core.Governance;
using Daarion.Core.Kernel;

namespace Daarion.UI.Pages.Governance;

/// <summary>What the fields of operations choose from: as the registry has it now.</summary>
public sealed record RegistryChoices(
    IReadOnlyList<string> Bundles,
    IReadOnlyList<string> Capabilities,
    IReadOnlyList<PlanView> Plans,
    IReadOnlyList<PriceView> Prices,
    IReadOnlyList<MultiplierView> Multipliers,
    IReadOnlyList<FreezeView> Freezes,
    IReadOnlyList<RegistrySetting> Voting,
    long Version)
{
    /// <summary>Nothing is known yet.</summary>
    public static RegistryChoices None { get; } = new([], [], [], [], [], [], [], 0);

    /// <summary>What plans count.</summary>
    public IReadOnlyList<string> Metrics => [.. Plans.SelectMany(plan => plan.Entitlements).Select(given => given.Metric).Distinct(StringComparer.Ordinal)];

    /// <summary>What has a price.</summary>
    public IReadOnlyList<string> Items => [.. Prices.Select(price => price.Item)];

    /// <summary>What a plan gives of a metric now.</summary>
    public EntitlementView? Given(string plan, string metric) =>
        Plans.FirstOrDefault(one => Words.Of(one.Plan) == plan)?.Entitlements.FirstOrDefault(given => given.Metric == metric);

    /// <summary>Asks for everything at once.</summary>
    public static async Task<RegistryChoices> Load(Caller caller, ICapabilityService registry, IGovernanceService governance, CancellationToken ct)
    {
        var voting = await governance.GetSettings(caller, new GovernanceSettingsRequest(), ct);
        var all = new PageRequest(PageRequest.MaxLimit);
        var (bundles, capabilities, plans, overview) = (registry.ListBundles(caller, new BundleFilter(Page: all), ct), registry.ListCapabilities(caller, new CapabilityFilter(Page: all), ct), registry.ListPlans(caller, new PlansRequest(all), ct), registry.GetRegistry(caller, new RegistryRequest(), ct));
        await Task.WhenAll(bundles, capabilities, plans, overview);
        return new(
            [.. (await bundles).Items.Select(bundle => bundle.Name)],
            [.. (await capabilities).Items.Select(capability => capability.Code)],
            (await plans).Items,
            (await overview).Prices,
            (await overview).Multipliers,
            (await overview).Freezes,
            voting.Settings,
            voting.RegistryVersion);
    }
}
