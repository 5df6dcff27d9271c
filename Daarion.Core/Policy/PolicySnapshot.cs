using System.Collections.Frozen;

namespace Daarion.Core.Policy;

/// <summary>How a bundle holds a capability.</summary>
/// <param name="Scope">For everything, or only for what is the person's own.</param>
/// <param name="Viewer">For members, the least viewer type it takes; null for any.</param>
public readonly record struct Grant(DecisionScope Scope, ViewerType? Viewer = null);

/// <summary>A bundle of capabilities, as the registry has it.</summary>
/// <param name="Name">For example <c>role.Guardian</c>.</param>
/// <param name="Version">The registry version of its last change; 0 for a bundle that does not exist.</param>
/// <param name="Grants">What it holds, by capability code.</param>
public sealed record Bundle(string Name, long Version, FrozenDictionary<string, Grant> Grants)
{
    /// <summary>A bundle that holds nothing.</summary>
    public static Bundle Empty(string name) => new(name, 0, FrozenDictionary<string, Grant>.Empty);

    /// <summary>True when it holds the capability in any scope.</summary>
    public bool Holds(string action) => Grants.ContainsKey(action);
}

/// <summary>A plan's quota of one metric.</summary>
/// <param name="Window"><c>hour</c>, <c>day</c>, <c>month</c>, <c>held</c> or <c>at_once</c>.</param>
/// <param name="Quota">Units before the stake multiplier.</param>
/// <param name="HardLimit">Units at most, whatever the multiplier.</param>
public readonly record struct Entitlement(string Window, decimal Quota, decimal HardLimit);

/// <summary>From which stake on quotas are multiplied, by how much.</summary>
public readonly record struct StakeMultiplier(decimal FromAmount, decimal Multiplier);

/// <summary>What a unit of something costs in compute tokens.</summary>
public readonly record struct Price(string Item, string Unit, decimal Price1T);

/// <summary>A frozen capability: nobody may use it until the freeze ends.</summary>
public readonly record struct Freeze(DateTimeOffset? Until, string Why);

/// <summary>Burst mode: quotas multiplied until a time.</summary>
/// <param name="Factor">By how much.</param>
/// <param name="Until">Until when; null for not at all.</param>
public readonly record struct Burst(decimal Factor, DateTimeOffset? Until)
{
    /// <summary>Quotas as they are.</summary>
    public static readonly Burst None = new(1m, null);

    /// <summary>The factor at a time.</summary>
    public decimal FactorAt(DateTimeOffset at) => Until is { } until && at < until ? Factor : 1m;
}

/// <summary>The registry at one moment, immutable: the engine decides by it alone and by the facts of one question. Swapped whole.</summary>
public sealed class PolicySnapshot
{
    private static readonly Bundle Nothing = Bundle.Empty("–");
    private readonly FrozenDictionary<string, Bundle> bundles;
    private readonly Bundle[] roles;
    private readonly Bundle[] offices;
    private readonly Bundle[] plans;
    private readonly FrozenDictionary<string, Bundle> services;
    private readonly FrozenDictionary<string, Bundle> platforms;

    /// <summary>Composes a snapshot.</summary>
    /// <param name="version">The registry's version.</param>
    /// <param name="at">When that version came.</param>
    /// <param name="capabilities">All capability codes.</param>
    /// <param name="bundles">All bundles.</param>
    public PolicySnapshot(long version, DateTimeOffset at, IEnumerable<string> capabilities, IEnumerable<Bundle> bundles)
    {
        (Version, At) = (version, at);
        Capabilities = capabilities.ToFrozenSet(StringComparer.Ordinal);
        this.bundles = bundles.ToFrozenDictionary(bundle => bundle.Name, StringComparer.Ordinal);
        roles = [.. Enum.GetValues<TeamRole>().Select(role => Find(BundleNames.Role(role)))];
        offices = [.. Enum.GetValues<TeamRole>().Select(role => Find(BundleNames.City(role)))];
        plans = [.. Enum.GetValues<TeamPlan>().Select(plan => Find(BundleNames.Plan(plan)))];
        services = ByName(BundleNames.Service(string.Empty));
        platforms = ByName(BundleNames.Platform(string.Empty));
        ServiceDefault = Find(BundleNames.ServiceDefault);
        PlatformDefault = Find(BundleNames.PlatformDefault);
        AnyRole = new(
            "role.*",
            roles.Max(bundle => bundle.Version),
            roles.SelectMany(bundle => bundle.Grants.Keys).Distinct(StringComparer.Ordinal).ToFrozenDictionary(code => code, _ => new Grant(DecisionScope.Own), StringComparer.Ordinal));
        Gated = plans.SelectMany(bundle => bundle.Grants.Keys).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The registry's version.</summary>
    public long Version { get; }

    /// <summary>When that version came.</summary>
    public DateTimeOffset At { get; }

    /// <summary>All capability codes.</summary>
    public FrozenSet<string> Capabilities { get; }

    /// <summary>What every service and service key holds.</summary>
    public Bundle ServiceDefault { get; }

    /// <summary>What every outside platform holds.</summary>
    public Bundle PlatformDefault { get; }

    /// <summary>What any role holds: a person holds it for what is their own outside any team.</summary>
    public Bundle AnyRole { get; }

    /// <summary>Capabilities that only some plans give: an action among them needs a plan whose bundle holds it.</summary>
    public FrozenSet<string> Gated { get; }

    /// <summary>What plans give of each metric.</summary>
    public FrozenDictionary<(TeamPlan Plan, string Metric), Entitlement> Entitlements { get; init; } = FrozenDictionary<(TeamPlan, string), Entitlement>.Empty;

    /// <summary>Stake multipliers, by amount.</summary>
    public IReadOnlyList<StakeMultiplier> Multipliers { get; init; } = [];

    /// <summary>Prices.</summary>
    public IReadOnlyList<Price> Prices { get; init; } = [];

    /// <summary>What is frozen, by capability code.</summary>
    public FrozenDictionary<string, Freeze> Freezes { get; init; } = FrozenDictionary<string, Freeze>.Empty;

    /// <summary>What policies have set beside: by name (governance: operations of a policy).</summary>
    public FrozenDictionary<string, string> Settings { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>By how much every quota is multiplied for a while.</summary>
    public Burst Burst { get; init; } = Burst.None;

    /// <summary>All bundles.</summary>
    public IEnumerable<Bundle> Bundles => bundles.Values;

    /// <summary>The bundle of a role.</summary>
    public Bundle Of(TeamRole role) => roles[(int)role];

    /// <summary>The bundle of an operator, by their role in the city's own team.</summary>
    public Bundle OfOperator(TeamRole role) => offices[(int)role];

    /// <summary>The bundle of a plan.</summary>
    public Bundle Of(TeamPlan plan) => plans[(int)plan];

    /// <summary>The bundle of one of the city's services.</summary>
    public Bundle OfService(string service) => services.GetValueOrDefault(service, Nothing);

    /// <summary>The bundle of an outside platform.</summary>
    public Bundle OfPlatform(string platform) => platforms.GetValueOrDefault(platform, Nothing);

    /// <summary>A bundle by name; one that does not exist holds nothing.</summary>
    public Bundle Find(string name) => bundles.TryGetValue(name, out var bundle) ? bundle : Bundle.Empty(name);

    /// <summary>Names of the bundles that hold a capability, in order.</summary>
    public IReadOnlyList<string> Holders(string action) =>
        [.. bundles.Values.Where(bundle => bundle.Holds(action)).Select(bundle => bundle.Name).Order(StringComparer.Ordinal)];

    /// <summary>By how much a stake multiplies a team's quotas.</summary>
    public decimal MultiplierOf(decimal staked)
    {
        var multiplier = 1m;
        for (var step = 0; step < Multipliers.Count && Multipliers[step].FromAmount <= staked; step++)
        {
            multiplier = Multipliers[step].Multiplier;
        }

        return multiplier;
    }

    /// <summary>
    /// What a plan gives of a metric with a stake, at a time: the plan's quota times the stake's multiplier, at most the hard limit; in burst mode
    /// that many times more. Null where the plan says nothing of the metric.
    /// </summary>
    public decimal? EffectiveQuota(TeamPlan plan, string metric, decimal staked, DateTimeOffset at) =>
        Entitlements.TryGetValue((plan, metric), out var given) ? Math.Min(given.Quota * MultiplierOf(staked), given.HardLimit) * Burst.FactorAt(at) : null;

    // By the name after the prefix, so that no decision puts the whole name together first.
    private FrozenDictionary<string, Bundle> ByName(string prefix) =>
        bundles.Values.Where(bundle => bundle.Name.StartsWith(prefix, StringComparison.Ordinal)).ToFrozenDictionary(bundle => bundle.Name[prefix.Length..], StringComparer.Ordinal);
}

/// <summary>Names of bundles.</summary>
public static class BundleNames
{
    /// <summary>What every service and service key holds.</summary>
    public const string ServiceDefault = "service.default";

    /// <summary>What every outside platform holds.</summary>
    public const string PlatformDefault = "platform.default";

    private static readonly string[] Roles = [.. Enum.GetValues<TeamRole>().Select(role => $"role.{role}")];

    /// <summary>The bundle of a role.</summary>
    public static string Role(TeamRole role) => Roles[(int)role];

    /// <summary>The bundle of an operator.</summary>
    public static string City(TeamRole role) => $"city.{role}";

    /// <summary>The bundle of a plan.</summary>
    public static string Plan(TeamPlan plan) => $"plan.{plan}";

    /// <summary>The bundle of one of the city's services.</summary>
    public static string Service(string service) => $"service.{service}";

    /// <summary>The bundle of an outside platform.</summary>
    public static string Platform(string platform) => $"platform.{platform}";
}
