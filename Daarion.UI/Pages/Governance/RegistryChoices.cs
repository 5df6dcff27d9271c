using Daarion.Core.Capabilities;
using Daarion.Core.Governance;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.UI.Text;

namespace Daarion.UI.Pages.Governance;

/// <summary>What the fields of operations choose from: as the registry has it for those who may read it, and what the console has words for, for all others.</summary>
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
    private static readonly string[] WellKnownBundles =
    [
        .. Enum.GetValues<TeamRole>().Select(BundleNames.Role), BundleNames.City(TeamRole.Member), BundleNames.City(TeamRole.Guardian), BundleNames.City(TeamRole.Owner),
        .. Enum.GetValues<TeamPlan>().Select(BundleNames.Plan),
    ];

    /// <summary>Nothing is known yet.</summary>
    public static RegistryChoices None { get; } = new([], [], [], [], [], [], [], 0);

    /// <summary>What plans count.</summary>
    public IReadOnlyList<string> Metrics => Plans.Count > 0 ? [.. Plans.SelectMany(plan => plan.Entitlements).Select(given => given.Metric).Distinct(StringComparer.Ordinal)] : Texts.Known("metric");

    /// <summary>What has a price.</summary>
    public IReadOnlyList<string> Items => Prices.Count > 0 ? [.. Prices.Select(price => price.Item)] : Texts.Known("item");

    /// <summary>What a plan gives of a metric now.</summary>
    public EntitlementView? Given(string plan, string metric) =>
        Plans.FirstOrDefault(one => Words.Of(one.Plan) == plan)?.Entitlements.FirstOrDefault(given => given.Metric == metric);

    /// <summary>Asks for everything that may be read.</summary>
    public static async Task<RegistryChoices> Load(Caller caller, ICapabilityService registry, IGovernanceService governance, bool mayRead, CancellationToken ct)
    {
        var voting = await governance.GetSettings(caller, new GovernanceSettingsRequest(), ct);
        if (!mayRead)
        {
            return None with { Bundles = WellKnownBundles, Capabilities = Texts.Known("capability"), Voting = voting.Settings, Version = voting.RegistryVersion };
        }

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
