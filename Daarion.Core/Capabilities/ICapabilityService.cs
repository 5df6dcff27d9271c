using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities;

/// <summary>
/// The capability registry (seed 4.12): which capabilities there are, which bundles hold them, what plans give. The PDP decides by it. It is read with
/// <c>capability.read</c>; every resident holds that for what is their own, and the rules of the city are.
/// </summary>
public interface ICapabilityService
{
    /// <summary>Capabilities by code. Needs <c>capability.read</c>.</summary>
    Task<Page<CapabilityView>> ListCapabilities(Caller caller, CapabilityFilter request, CancellationToken ct);

    /// <summary>One capability and the bundles that hold it. Needs <c>capability.read</c>.</summary>
    Task<CapabilityDetail> GetCapability(Caller caller, CapabilityRequest request, CancellationToken ct);

    /// <summary>Bundles by name. Needs <c>capability.read</c>.</summary>
    Task<Page<BundleView>> ListBundles(Caller caller, BundleFilter request, CancellationToken ct);

    /// <summary>One bundle with everything it holds. Needs <c>capability.read</c>.</summary>
    Task<BundleDetail> GetBundle(Caller caller, BundleRequest request, CancellationToken ct);

    /// <summary>The plans with their entitlements, smallest first. Needs <c>capability.read</c>.</summary>
    Task<Page<PlanView>> ListPlans(Caller caller, PlansRequest request, CancellationToken ct);

    /// <summary>One plan. Needs <c>capability.read</c>.</summary>
    Task<PlanView> GetPlan(Caller caller, PlanRequest request, CancellationToken ct);

    /// <summary>Versions of the registry, newest first. Needs <c>capability.read</c>.</summary>
    Task<Page<RegistryVersionView>> ListVersions(Caller caller, VersionsRequest request, CancellationToken ct);

    /// <summary>What changed between two versions. Needs <c>capability.read</c>.</summary>
    Task<RegistryDiff> GetDiff(Caller caller, RegistryRange request, CancellationToken ct);

    /// <summary>The registry as a whole: its version, stake multipliers, prices, freezes. Needs <c>capability.read</c>.</summary>
    Task<RegistryOverview> GetRegistry(Caller caller, RegistryRequest request, CancellationToken ct);

    /// <summary>
    /// Gives an outside platform its bundle <c>platform.&lt;name&gt;</c> with <c>embassy.&lt;domain&gt;.update</c> of its domains; what it held for other
    /// domains goes. Asking again for the same changes nothing. Needs <c>service.write.capabilities</c>; publishes <c>bundle.updated</c>.
    /// </summary>
    Task<BundleDetail> PutPlatformBundle(Caller caller, PutPlatformBundle request, CancellationToken ct);
}

/// <summary>What kind of subject a bundle is for.</summary>
public enum BundleKind
{
    /// <summary>People: <c>role.*</c> in a team, <c>city.*</c> for operators.</summary>
    Role,

    /// <summary>What a team's plan adds.</summary>
    Plan,

    /// <summary>Agents.</summary>
    Agent,

    /// <summary>Outside platforms.</summary>
    Platform,

    /// <summary>Outside programs.</summary>
    Integration,

    /// <summary>The city's own services.</summary>
    Service,

    /// <summary>Made by operators or policies.</summary>
    Custom,
}

/// <summary>Which capabilities to list.</summary>
/// <param name="Query">A part of the code or the description.</param>
/// <param name="Risk">Only of this risk.</param>
/// <param name="Page">Which page.</param>
public sealed record CapabilityFilter(string? Query = null, CapabilityRisk? Risk = null, PageRequest? Page = null);

/// <summary>Which bundles to list.</summary>
/// <param name="Kind">Only of this kind.</param>
/// <param name="Page">Which page.</param>
public sealed record BundleFilter(BundleKind? Kind = null, PageRequest? Page = null);

/// <summary>One capability.</summary>
/// <param name="Code">Its code.</param>
public sealed record CapabilityRequest(string Code);

/// <summary>One bundle.</summary>
/// <param name="Name">Its name.</param>
public sealed record BundleRequest(string Name);

/// <summary>The plans.</summary>
/// <param name="Page">Which page.</param>
public sealed record PlansRequest(PageRequest? Page = null);

/// <summary>One plan.</summary>
/// <param name="Plan">Its name.</param>
public sealed record PlanRequest(TeamPlan Plan);

/// <summary>The versions of the registry.</summary>
/// <param name="Page">Which page.</param>
public sealed record VersionsRequest(PageRequest? Page = null);

/// <summary>A capability.</summary>
/// <param name="Id"><c>cap_…</c>.</param>
/// <param name="Code"><c>&lt;domain&gt;.&lt;resource&gt;.&lt;action&gt;</c>.</param>
/// <param name="Description">What it lets one do.</param>
/// <param name="Risk">How much harm a wrong use can do.</param>
/// <param name="Since">Since when it exists.</param>
public sealed record CapabilityView(string Id, string Code, string Description, CapabilityRisk Risk, DateTimeOffset Since);

/// <summary>A bundle that holds a capability.</summary>
/// <param name="Bundle">Its name.</param>
/// <param name="Scope">For everything, or only for what is the person's own.</param>
/// <param name="Viewer">For members, the viewer type it takes; null for any holder.</param>
public sealed record CapabilityHolder(string Bundle, DecisionScope Scope, ViewerType? Viewer);

/// <summary>A capability and who holds it.</summary>
/// <param name="Capability">The capability.</param>
/// <param name="HeldBy">The bundles that hold it, by name.</param>
public sealed record CapabilityDetail(CapabilityView Capability, IReadOnlyList<CapabilityHolder> HeldBy);

/// <summary>A bundle.</summary>
/// <param name="Id"><c>bundle_…</c>.</param>
/// <param name="Name">For example <c>role.Guardian</c>.</param>
/// <param name="Kind">What kind of subject it is for.</param>
/// <param name="Version">The registry version of its last change; also its <c>ETag</c>.</param>
/// <param name="Capabilities">How many it holds.</param>
public sealed record BundleView(string Id, string Name, BundleKind Kind, long Version, int Capabilities);

/// <summary>One capability in a bundle.</summary>
/// <param name="Capability">Its code.</param>
/// <param name="Scope">For everything, or only for what is the person's own.</param>
/// <param name="Viewer">For members, the viewer type it takes.</param>
public sealed record BundleCapability(string Capability, DecisionScope Scope, ViewerType? Viewer);

/// <summary>A bundle with what it holds.</summary>
/// <param name="Id"><c>bundle_…</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What kind of subject it is for.</param>
/// <param name="Version">The registry version of its last change; also its <c>ETag</c>.</param>
/// <param name="Capabilities">By code.</param>
public sealed record BundleDetail(string Id, string Name, BundleKind Kind, long Version, IReadOnlyList<BundleCapability> Capabilities);

/// <summary>A plan's quota of one metric.</summary>
/// <param name="Metric">For example <c>payout_claims</c>.</param>
/// <param name="Window"><c>hour</c>, <c>day</c>, <c>month</c>, <c>held</c> or <c>at_once</c>.</param>
/// <param name="Quota">Units before the stake multiplier.</param>
/// <param name="HardLimit">Units at most, whatever the multiplier.</param>
public sealed record EntitlementView(string Metric, string Window, Quantity Quota, Quantity HardLimit);

/// <summary>A plan.</summary>
/// <param name="Plan">Its name.</param>
/// <param name="Entitlements">By metric.</param>
public sealed record PlanView(TeamPlan Plan, IReadOnlyList<EntitlementView> Entitlements);

/// <summary>One line of what a registry version changed.</summary>
/// <param name="Kind"><c>capability</c>, <c>bundle</c>, <c>grant</c>, <c>entitlement</c>, <c>multiplier</c>, <c>price</c>, <c>freeze</c>.</param>
/// <param name="Target">What: a code, a bundle and a code, a plan and a metric.</param>
/// <param name="Before">What it was; null for something new.</param>
/// <param name="After">What it is; null for something taken away.</param>
public sealed record RegistryChange(string Kind, string Target, string? Before, string? After);

/// <summary>A version of the registry.</summary>
/// <param name="Version">1, 2, 3, ….</param>
/// <param name="At">When it came.</param>
/// <param name="Cause"><c>seed</c>, <c>operator</c>, <c>service</c> or <c>policy</c>.</param>
/// <param name="CauseId">The policy, or the release that brought the seed.</param>
/// <param name="By">Who caused it.</param>
/// <param name="Changes">How many lines its diff has.</param>
public sealed record RegistryVersionView(long Version, DateTimeOffset At, string Cause, string? CauseId, string By, int Changes);

/// <summary>Two versions to compare.</summary>
/// <param name="From">What was known; 0 for an empty registry.</param>
/// <param name="To">What is asked about.</param>
public sealed record RegistryRange(long From, long To);

/// <summary>What changed after one version up to another.</summary>
/// <param name="From">The earlier.</param>
/// <param name="To">The later.</param>
/// <param name="Changes">Line by line.</param>
public sealed record RegistryDiff(long From, long To, IReadOnlyList<RegistryChange> Changes);

/// <summary>Asks for the registry as a whole.</summary>
public sealed record RegistryRequest;

/// <summary>From which stake on a team's quotas are multiplied.</summary>
/// <param name="FromAmount">RINGK staked by the team.</param>
/// <param name="Multiplier">By how much.</param>
public sealed record MultiplierView(Quantity FromAmount, Quantity Multiplier);

/// <summary>A price in compute tokens.</summary>
/// <param name="Item">What is used.</param>
/// <param name="Unit">Counted how.</param>
/// <param name="Price1T">1T for each unit.</param>
public sealed record PriceView(string Item, string Unit, [property: System.Text.Json.Serialization.JsonPropertyName("price_1t")] Quantity Price1T);

/// <summary>A frozen capability: nobody may use it until the freeze ends.</summary>
/// <param name="Capability">Its code.</param>
/// <param name="Until">Until when; null until it is lifted.</param>
/// <param name="Why">Why.</param>
public sealed record FreezeView(string Capability, DateTimeOffset? Until, string Why);

/// <summary>The registry as a whole.</summary>
/// <param name="Version">Its version.</param>
/// <param name="At">When that came.</param>
/// <param name="Capabilities">How many there are.</param>
/// <param name="Bundles">How many there are.</param>
/// <param name="Multipliers">Stake multipliers, by amount.</param>
/// <param name="Prices">Prices, by item.</param>
/// <param name="Freezes">What is frozen now.</param>
public sealed record RegistryOverview(
    long Version, DateTimeOffset At, int Capabilities, int Bundles, IReadOnlyList<MultiplierView> Multipliers, IReadOnlyList<PriceView> Prices, IReadOnlyList<FreezeView> Freezes);

/// <summary>A platform's bundle.</summary>
/// <param name="Platform">Its name.</param>
/// <param name="Domains">Its domains: <c>energy</c>, <c>food</c>, <c>water</c>, <c>rwa</c>.</param>
public sealed record PutPlatformBundle(string Platform, IReadOnlyList<string> Domains);
