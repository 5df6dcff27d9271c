using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities.Changes;

/// <summary>A capability as the registry knows it.</summary>
internal sealed record CapabilityState(CapabilityRisk Risk, string Description);

/// <summary>The registry as a value: operations make another one of it, rules look at two of them, and only then anything is written.</summary>
internal sealed record RegistryState
{
    private const char Separator = ' ';

    public ImmutableSortedDictionary<string, CapabilityState> Capabilities { get; init; } = ImmutableSortedDictionary.Create<string, CapabilityState>(StringComparer.Ordinal);

    /// <summary>Bundles by name, each with its grants by capability code.</summary>
    public ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, Grant>> Bundles { get; init; } =
        ImmutableSortedDictionary.Create<string, ImmutableSortedDictionary<string, Grant>>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<(TeamPlan Plan, string Metric), Entitlement> Entitlements { get; init; } = ImmutableSortedDictionary<(TeamPlan, string), Entitlement>.Empty;

    /// <summary>Multipliers by the stake they begin at.</summary>
    public ImmutableSortedDictionary<decimal, decimal> Multipliers { get; init; } = ImmutableSortedDictionary<decimal, decimal>.Empty;

    public ImmutableSortedDictionary<string, Price> Prices { get; init; } = ImmutableSortedDictionary.Create<string, Price>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, Freeze> Freezes { get; init; } = ImmutableSortedDictionary.Create<string, Freeze>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, string> Settings { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The state in lines, each of them what a diff names: kind, target, value. Two states with the same lines are the same registry.</summary>
    public IEnumerable<(string Kind, string Target, string Value)> Lines()
    {
        foreach (var (code, capability) in Capabilities)
        {
            yield return ("capability", code, Words.Of(capability.Risk));
        }

        foreach (var (bundle, grants) in Bundles)
        {
            foreach (var (code, grant) in grants)
            {
                yield return ("grant", $"{bundle}{Separator}{code}", Text(grant));
            }
        }

        foreach (var ((plan, metric), given) in Entitlements)
        {
            yield return ("entitlement", $"{plan}{Separator}{metric}", Text(given));
        }

        foreach (var (from, multiplier) in Multipliers)
        {
            yield return ("multiplier", Text(from), Text(multiplier));
        }

        foreach (var (item, price) in Prices)
        {
            yield return ("price", item, Text(price));
        }

        foreach (var (code, freeze) in Freezes)
        {
            yield return ("freeze", code, freeze.Until is { } until ? $"{Timestamps.Format(until)}: {freeze.Why}" : freeze.Why);
        }

        foreach (var (name, value) in Settings)
        {
            yield return ("setting", name, value);
        }
    }

    /// <summary>The lines as one text: the same registry gives the same text, byte for byte.</summary>
    public string Canonical() => Lines().Aggregate(new StringBuilder(), (text, line) => text.Append(line.Kind).Append('\t').Append(line.Target).Append('\t').Append(line.Value).Append('\n')).ToString();

    /// <summary>What another state has otherwise, line by line.</summary>
    public IReadOnlyList<RegistryChange> DiffTo(RegistryState after)
    {
        var before = Lines().ToDictionary(line => (line.Kind, line.Target), line => line.Value);
        var changes = new List<RegistryChange>();
        foreach (var (kind, target, value) in after.Lines())
        {
            if (!before.Remove((kind, target), out var was) || !string.Equals(was, value, StringComparison.Ordinal))
            {
                changes.Add(new(kind, target, was, value));
            }
        }

        changes.AddRange(before.Select(gone => new RegistryChange(gone.Key.Kind, gone.Key.Target, gone.Value, null)));
        return [.. changes.OrderBy(change => change.Kind, StringComparer.Ordinal).ThenBy(change => change.Target, StringComparer.Ordinal)];
    }

    /// <summary>The state as the PDP would decide by it.</summary>
    public PolicySnapshot AsSnapshot(long version, DateTimeOffset at) => new(
        version,
        at,
        Capabilities.Keys,
        Bundles.Select(bundle => new Bundle(bundle.Key, version, bundle.Value.ToFrozenDictionary(StringComparer.Ordinal))))
    {
        Entitlements = Entitlements.ToFrozenDictionary(),
        Multipliers = [.. Multipliers.Select(step => new StakeMultiplier(step.Key, step.Value))],
        Prices = [.. Prices.Values],
        Freezes = Freezes.ToFrozenDictionary(StringComparer.Ordinal),
        Settings = Settings.ToFrozenDictionary(StringComparer.Ordinal),
        Burst = SettingNames.BurstOf(Settings),
    };

    public static string Text(Grant grant) => grant.Viewer is { } least ? $"{Words.Of(grant.Scope)}, {Words.Of(least)}" : Words.Of(grant.Scope);

    public static string Text(Entitlement given) => given.HardLimit == given.Quota
        ? $"{Text(given.Quota)} / {given.Window}"
        : $"{Text(given.Quota)} / {given.Window}, at most {Text(given.HardLimit)}";

    public static string Text(Price price) => $"{Text(price.Price1T)} 1T / {price.Unit}";

    public static string Text(decimal value) => value.ToString("0.#########", CultureInfo.InvariantCulture);
}
