using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities.Changes;

/// <summary>Something that an operation touched.</summary>
/// <param name="Operation">Which operation, from 0.</param>
/// <param name="Kind">Of the diff's kinds.</param>
/// <param name="Target">What.</param>
internal readonly record struct Touch(int Operation, string Kind, string Target);

/// <summary>What operations make of a registry.</summary>
internal sealed record RegistryEdit(RegistryState Before, RegistryState After, IReadOnlyList<RegistryOperation> Inverse, IReadOnlyList<RuleViolation> Violations);

/// <summary>Makes operations on a registry that is a value, one after another, with the operations that take each back.</summary>
internal sealed partial class RegistryEditor
{
    private const int MaxReason = 200;
    private const int MaxSteps = 20;
    private const decimal MaxBurst = 3m;
    private static readonly TimeSpan MaxBurstTime = TimeSpan.FromHours(24);
    private static readonly string[] MadeByAdding = ["custom.", "agent.", "integration."];
    private readonly RegistryState before;
    private readonly DateTimeOffset now;
    private readonly List<RuleViolation> violations = [];
    private readonly List<Touch> touches = [];
    private readonly List<RegistryOperation> inverse = [];
    private RegistryState state;
    private int index;

    private RegistryEditor(RegistryState before, DateTimeOffset now) => (this.before, state, this.now) = (before, before, now);

    /// <summary>Makes operations; answers what became of the registry and which rules that would break.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c> naming the operation and the field.</exception>
    public static RegistryEdit Edit(RegistryState before, IReadOnlyList<RegistryOperation> operations, DateTimeOffset now)
    {
        OperationForms.Check(operations);
        var editor = new RegistryEditor(before, now);
        for (editor.index = 0; editor.index < operations.Count; editor.index++)
        {
            var was = editor.state;
            var known = editor.violations.Count;
            editor.Make(operations[editor.index]);
            if (ReferenceEquals(was, editor.state) && editor.violations.Count == known)
            {
                editor.Break(Rule.Irreversible, "rule.nothing", "It would change nothing, so that nothing could take it back.");
            }
        }

        editor.inverse.Reverse();
        return new(before, editor.state, editor.inverse, [.. editor.violations, .. RegistryRules.Check(before, editor.state, editor.touches)]);
    }

    private void Make(RegistryOperation o)
    {
        switch (o.Op)
        {
            case RegistryOp.AddCap:
                Give(o);
                break;
            case RegistryOp.RemoveCap:
                Take(o);
                break;
            case RegistryOp.SetQuota:
                SetQuota(o, o.Quota!.Value.Value, o.HardLimit?.Value);
                break;
            case RegistryOp.IncreaseQuota or RegistryOp.DecreaseQuota:
                ChangeQuota(o);
                break;
            case RegistryOp.SetStakeMultiplier:
                SetMultipliers(o.Steps!);
                break;
            case RegistryOp.SetComputePrice:
                SetPrice(o);
                break;
            case RegistryOp.SetEnergySubsidy:
                SetNumber(SettingNames.EnergySubsidy, "rate", o.Rate!.Value, old => new(o.Op, Rate: old), RegistryRules.MaxSubsidy);
                break;
            case RegistryOp.SetConversionRate:
                SetConversion(o);
                break;
            case RegistryOp.SetRewardCap:
                KnownType(o.RwaType!);
                SetNumber(SettingNames.RewardCap(o.RwaType!), "cap", o.Cap!.Value, old => new(o.Op, RwaType: o.RwaType, Cap: old), RegistryRules.MaxRewardCap);
                break;
            case RegistryOp.FreezeCapabilities:
                Freeze(o);
                break;
            case RegistryOp.UnfreezeCapabilities:
                Unfreeze(o);
                break;
            case RegistryOp.EnableBurstMode:
                Burst(o);
                break;
            case RegistryOp.DisableBurstMode:
                SetBurst("1", string.Empty);
                break;
            case RegistryOp.AddRwaType or RegistryOp.RemoveRwaType:
                ChangeType(o);
                break;
            default:
                SetGovernance(o);
                break;
        }
    }

    private void Give(RegistryOperation o)
    {
        var (bundle, code) = (o.Bundle!, Known(o.Capability!, "capability"));
        if (!state.Bundles.TryGetValue(bundle, out var grants))
        {
            grants = MadeByAdding.Any(prefix => bundle.StartsWith(prefix, StringComparison.Ordinal)) && BundleName().IsMatch(bundle)
                ? ImmutableSortedDictionary.Create<string, Grant>(StringComparer.Ordinal)
                : throw Invalid("bundle", $"There is no bundle {Short(bundle)}; a new one begins with {string.Join(", ", MadeByAdding)}.");
        }

        var grant = new Grant(o.Scope ?? DecisionScope.All, o.Viewer ?? (bundle == BundleNames.Role(TeamRole.Member) ? RegistrySeed.LeastViewer(code) : null));
        if (o.Viewer is not null && bundle != BundleNames.Role(TeamRole.Member))
        {
            throw Invalid("viewer", "Only role.Member tells its people apart by viewer type.");
        }

        if (grants.TryGetValue(code, out var old) && old == grant)
        {
            return;
        }

        inverse.Add(grants.ContainsKey(code) ? new(RegistryOp.AddCap, bundle, code, old.Scope, old.Viewer) : new(RegistryOp.RemoveCap, bundle, code));
        state = state with { Bundles = state.Bundles.SetItem(bundle, grants.SetItem(code, grant)) };
        Touched("grant", $"{bundle} {code}");
    }

    private void Take(RegistryOperation o)
    {
        var code = Known(o.Capability!, "capability");
        if (!state.Bundles.TryGetValue(o.Bundle!, out var grants))
        {
            throw Invalid("bundle", $"There is no bundle {Short(o.Bundle!)}.");
        }

        if (grants.TryGetValue(code, out var old))
        {
            inverse.Add(new(RegistryOp.AddCap, o.Bundle, code, old.Scope, old.Viewer));
            state = state with { Bundles = state.Bundles.SetItem(o.Bundle!, grants.Remove(code)) };
            Touched("grant", $"{o.Bundle} {code}");
        }
    }

    private void ChangeQuota(RegistryOperation o)
    {
        if (o.By!.Value.IsNegative)
        {
            Break(Rule.Negative, "rule.negative", "{field} may not be negative.", ("field", "by"));
            return;
        }

        SetQuota(o, Entitled(o).Quota + (o.Op == RegistryOp.IncreaseQuota ? o.By.Value.Value : -o.By.Value.Value), null);
    }

    private void SetQuota(RegistryOperation o, decimal quota, decimal? hardLimit)
    {
        var old = Entitled(o);
        if (quota < 0)
        {
            Break(Rule.Negative, "rule.negative", "{field} may not be negative.", ("field", "quota"));
            return;
        }

        // Without a word of its own the hard limit stays as far above the quota as it was.
        var limit = hardLimit ?? (old.Quota == 0 ? Math.Max(quota, old.HardLimit) : Quantity.Of(quota * (old.HardLimit / old.Quota)).Value);
        if (limit < quota)
        {
            throw Invalid("hard_limit", "Give at least the quota.");
        }

        var given = old with { Quota = quota, HardLimit = limit };
        if (given != old)
        {
            inverse.Add(new(RegistryOp.SetQuota, Plan: o.Plan, Metric: o.Metric, Quota: Quantity.Of(old.Quota), HardLimit: Quantity.Of(old.HardLimit)));
            state = state with { Entitlements = state.Entitlements.SetItem((o.Plan!.Value, o.Metric!), given) };
            Touched("entitlement", o.Metric!);
        }
    }

    private void SetMultipliers(IReadOnlyList<MultiplierView> steps)
    {
        if (steps.Count is 0 or > MaxSteps || steps[0].FromAmount.Value != 0 || steps.Zip(steps.Skip(1)).Any(pair => pair.First.FromAmount.Value >= pair.Second.FromAmount.Value))
        {
            throw Invalid("steps", $"Give 1 to {MaxSteps} steps, the first from 0, each from more than the one before.");
        }

        if (steps.Any(step => step.Multiplier.IsNegative))
        {
            Break(Rule.Negative, "rule.negative", "{field} may not be negative.", ("field", "multiplier"));
            return;
        }

        var next = steps.ToImmutableSortedDictionary(step => step.FromAmount.Value, step => step.Multiplier.Value);
        if (!next.SequenceEqual(state.Multipliers))
        {
            inverse.Add(new(RegistryOp.SetStakeMultiplier, Steps: [.. state.Multipliers.Select(step => new MultiplierView(Quantity.Of(step.Key), Quantity.Of(step.Value)))]));
            state = state with { Multipliers = next };
            Touched("multiplier", "steps");
        }
    }

    private void SetPrice(RegistryOperation o)
    {
        if (!state.Prices.TryGetValue(o.Item!, out var old))
        {
            throw Invalid("item", $"There is no price of {Short(o.Item!)}; there are: {string.Join(", ", state.Prices.Keys)}.");
        }

        if (o.Price!.Value.IsNegative)
        {
            Break(Rule.Negative, "rule.negative", "{field} may not be negative.", ("field", "price"));
        }
        else if (o.Price.Value.Value != old.Price1T)
        {
            inverse.Add(new(RegistryOp.SetComputePrice, Item: o.Item, Price: Quantity.Of(old.Price1T)));
            state = state with { Prices = state.Prices.SetItem(o.Item!, old with { Price1T = o.Price.Value.Value }) };
            Touched("price", o.Item!);
        }
    }

    private void Freeze(RegistryOperation o)
    {
        if (o.Until <= now)
        {
            throw Invalid("until", "Give a time to come, or leave it out for a freeze that is lifted by hand.");
        }

        if (o.Reason!.Trim().Length is 0 or > MaxReason)
        {
            throw Invalid("reason", $"Say why in 1 to {MaxReason} characters.");
        }

        var freeze = new Freeze(o.Until is { } until ? Timestamps.Truncate(until) : null, o.Reason.Trim());
        foreach (var code in Codes(o.Capabilities!))
        {
            var had = state.Freezes.TryGetValue(code, out var old);
            if (!had || old != freeze)
            {
                inverse.Add(had ? new(RegistryOp.FreezeCapabilities, Capabilities: [code], Reason: old.Why, Until: old.Until) : new(RegistryOp.UnfreezeCapabilities, Capabilities: [code]));
                state = state with { Freezes = state.Freezes.SetItem(code, freeze) };
                Touched("freeze", code);
            }
        }
    }

    private void Unfreeze(RegistryOperation o)
    {
        foreach (var code in Codes(o.Capabilities!))
        {
            if (state.Freezes.TryGetValue(code, out var old))
            {
                inverse.Add(new(RegistryOp.FreezeCapabilities, Capabilities: [code], Reason: old.Why, Until: old.Until));
                state = state with { Freezes = state.Freezes.Remove(code) };
                Touched("freeze", code);
            }
        }
    }

    private void Touched(string kind, string target) => touches.Add(new(index, kind, target));

    private void Break(string rule, string code, string template, params ReadOnlySpan<(string Name, string Value)> values) =>
        violations.Add(new(rule, index, Sentence.Of(code, template, values)));

    private Entitlement Entitled(RegistryOperation o) => state.Entitlements.TryGetValue((o.Plan!.Value, o.Metric!), out var given)
        ? given
        : throw Invalid("metric", $"No plan has the metric {Short(o.Metric!)}; there are: {string.Join(", ", state.Entitlements.Keys.Select(key => key.Metric).Distinct(StringComparer.Ordinal))}.");

    private List<string> Codes(IReadOnlyList<string> codes) => codes.Count is 0 or > CheckChange.MaxOperations
        ? throw Invalid("capabilities", $"Give 1 to {CheckChange.MaxOperations} of them.")
        : codes.Select(code => Known(code, "capabilities")).Distinct(StringComparer.Ordinal).ToList();

    private string Known(string code, string field) =>
        state.Capabilities.ContainsKey(code) ? code : throw Invalid(field, $"The registry has no capability {Short(code)}.");

    private CityException Invalid(string field, string message) => CityException.Invalid($"operations[{index}].{field}", message);

    private static string Short(string text) => text.Length <= 80 ? text : text[..80] + "…";

    [GeneratedRegex("^[a-z]+\\.[A-Za-z0-9][A-Za-z0-9_-]{0,62}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex BundleName();
}
