using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities;

/// <summary>The kind of identifier that names a capability: <c>cap_…</c>.</summary>
public sealed class CapabilityIdKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "cap_";

    private CapabilityIdKind()
    {
    }
}

/// <summary>The kind of identifier that names a bundle: <c>bundle_…</c>.</summary>
public sealed class BundleIdKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "bundle_";

    private BundleIdKind()
    {
    }
}

/// <summary>A capability in the registry.</summary>
public sealed class CapabilityRow
{
    /// <summary><c>cap_…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Its code.</summary>
    public required string Code { get; init; }

    /// <summary>What it lets one do.</summary>
    public required string Description { get; init; }

    /// <summary>How much harm a wrong use can do.</summary>
    public required CapabilityRisk Risk { get; init; }

    /// <summary>Since when it exists.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The registry version that brought it.</summary>
    public required long SinceVersion { get; init; }
}

/// <summary>A bundle in the registry.</summary>
public sealed class BundleRow
{
    /// <summary><c>bundle_…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What kind of subject it is for.</summary>
    public required BundleKind Kind { get; init; }

    /// <summary>The registry version of its last change.</summary>
    public long Version { get; set; }
}

/// <summary>A capability in a bundle.</summary>
public sealed class BundleCapRow
{
    /// <summary>The bundle.</summary>
    public required string BundleId { get; init; }

    /// <summary>The capability.</summary>
    public required string CapabilityId { get; init; }

    /// <summary>For everything, or only for what is the person's own.</summary>
    public DecisionScope Scope { get; init; }

    /// <summary>For members, the least viewer type it takes.</summary>
    public ViewerType? Viewer { get; init; }
}

/// <summary>A plan's quota of one metric.</summary>
public sealed class EntitlementRow
{
    /// <summary>The plan.</summary>
    public required TeamPlan Plan { get; init; }

    /// <summary>Which quota.</summary>
    public required string Metric { get; init; }

    /// <summary>In which time.</summary>
    public required string TimeWindow { get; init; }

    /// <summary>Units before the stake multiplier.</summary>
    public required Quantity Quota { get; init; }

    /// <summary>Units at most.</summary>
    public required Quantity HardLimit { get; init; }
}

/// <summary>A step of the stake multiplier.</summary>
public sealed class MultiplierRow
{
    /// <summary>RINGK staked by the team.</summary>
    public required Quantity FromAmount { get; init; }

    /// <summary>By how much quotas are multiplied.</summary>
    public required Quantity Multiplier { get; init; }
}

/// <summary>A price in compute tokens.</summary>
public sealed class PriceRow
{
    /// <summary>What is used.</summary>
    public required string Item { get; init; }

    /// <summary>Counted how.</summary>
    public required string Unit { get; init; }

    /// <summary>1T for each unit.</summary>
    public required Quantity Price1T { get; init; }
}

/// <summary>A frozen capability: nobody may use it until the freeze ends.</summary>
public sealed class FreezeRow
{
    /// <summary>Its code.</summary>
    public required string Capability { get; init; }

    /// <summary>Until when; null until it is lifted.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }
}

/// <summary>A version of the registry.</summary>
public sealed class RegistryVersionRow
{
    /// <summary>1, 2, 3, ….</summary>
    public required long Version { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary><c>seed</c>, <c>operator</c>, <c>service</c> or <c>policy</c>.</summary>
    public required string Cause { get; init; }

    /// <summary>The policy, or the release that brought the seed.</summary>
    public string? CauseId { get; init; }

    /// <summary>Who caused it.</summary>
    public required string By { get; init; }

    /// <summary>What changed, as JSON: an array of <see cref="RegistryChange"/>.</summary>
    public required string Diff { get; init; }

    /// <summary>The operations that take it back, as JSON: an array of <see cref="RegistryOperation"/>.</summary>
    public string Inverse { get; init; } = "[]";
}

/// <summary>Something that policies set.</summary>
public sealed class SettingRow
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its value.</summary>
    public required string Value { get; init; }
}

/// <summary>Something that a release has brought into the registry.</summary>
public sealed class SeededRow
{
    /// <summary><c>capability</c>, <c>grant</c>, <c>entitlement</c>, <c>multiplier</c>, <c>price</c>, <c>setting</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Which one.</summary>
    public required string Key { get; init; }
}
