using Daarion.Core.Kernel;
using System.Text.RegularExpressions;

namespace Daarion.Core.Capabilities.Changes;

/// <summary>The operations that set single values.</summary>
internal sealed partial class RegistryEditor
{
    private void SetNumber(string name, string field, Quantity value, Func<Quantity, RegistryOperation> takeBack, decimal most)
    {
        if (value.IsNegative)
        {
            Break(Rule.Negative, "rule.negative", "{field} may not be negative.", ("field", field));
        }
        else if (value.Value > most)
        {
            Break(Rule.Reward, "rule.reward", "{field} may be at most {most}.", ("field", field), ("most", RegistryState.Text(most)));
        }
        else
        {
            Set(name, RegistryState.Text(value.Value), old => takeBack(Quantity.TryParse(old, null, out var was) ? was : Quantity.Zero));
        }
    }

    private void SetConversion(RegistryOperation o)
    {
        var (from, to) = (Token(o.From!, "from"), Token(o.To!, "to"));
        if (from == to)
        {
            throw Invalid("to", "Give another token than the one that is given.");
        }

        if (from == Symbol.RINGK.Code() && to == Symbol.OneT.Code())
        {
            throw Invalid("to", "RINGK is never changed into 1T: stakes are no computing.");
        }

        SetNumber(SettingNames.Conversion(from, to), "rate", o.Rate!.Value, old => new(o.Op, From: from, To: to, Rate: old), RegistryRules.MaxConversion);
    }

    private void Burst(RegistryOperation o)
    {
        if (o.XFactor!.Value.Value is <= 1 or > MaxBurst)
        {
            throw Invalid("x_factor", $"Give more than 1 and at most {RegistryState.Text(MaxBurst)}.");
        }

        if (o.Duration is null == o.Until is null)
        {
            throw Invalid("duration", "Give duration or until, one of them.");
        }

        if (o.Duration is <= 0)
        {
            throw Invalid("duration", $"Give seconds: 1 to {MaxBurstTime.TotalSeconds:0}.");
        }

        var until = Timestamps.Truncate(o.Until ?? now.AddSeconds(o.Duration!.Value));
        if (until > now + MaxBurstTime)
        {
            throw Invalid(o.Until is null ? "duration" : "until", "Burst mode lasts a day at most.");
        }

        SetBurst(RegistryState.Text(o.XFactor.Value.Value), Timestamps.Format(until));
    }

    private void SetBurst(string factor, string until)
    {
        var (oldFactor, oldUntil) = (state.Settings.GetValueOrDefault(SettingNames.BurstFactor, "1"), state.Settings.GetValueOrDefault(SettingNames.BurstUntil, string.Empty));
        if ((factor, until) == (oldFactor, oldUntil))
        {
            return;
        }

        inverse.Add(Timestamps.TryParse(oldUntil, out var ended) && Quantity.TryParse(oldFactor, null, out var was)
            ? new(RegistryOp.EnableBurstMode, XFactor: was, Until: ended)
            : new(RegistryOp.DisableBurstMode));
        state = state with { Settings = state.Settings.SetItem(SettingNames.BurstFactor, factor).SetItem(SettingNames.BurstUntil, until) };
        Touched("setting", SettingNames.BurstUntil);
    }

    private void ChangeType(RegistryOperation o)
    {
        var name = SettingNames.RwaType(o.RwaType!);
        if (o.Op == RegistryOp.RemoveRwaType)
        {
            if (state.Settings.TryGetValue(name, out var unit))
            {
                inverse.Add(new(RegistryOp.AddRwaType, RwaType: o.RwaType, Unit: unit));
                state = state with { Settings = state.Settings.Remove(name) };
                Touched("setting", name);
            }

            return;
        }

        if (!TypeName().IsMatch(o.RwaType!))
        {
            throw Invalid("rwa_type", "Give 2 to 32 small letters, digits or underscores, beginning with a letter.");
        }

        if (!TypeName().IsMatch(o.Unit!) && o.Unit is not ("l" or "t"))
        {
            throw Invalid("unit", "Give a unit such as kwh, kg or l.");
        }

        if (!state.Settings.ContainsKey(name))
        {
            inverse.Add(new(RegistryOp.RemoveRwaType, RwaType: o.RwaType));
            state = state with { Settings = state.Settings.SetItem(name, o.Unit!) };
            Touched("setting", name);
        }
    }

    private void SetGovernance(RegistryOperation o)
    {
        var setting = SettingNames.Governance.FirstOrDefault(one => one.Name == o.Name)
            ?? throw Invalid("name", $"There is no such setting; there are: {string.Join(", ", SettingNames.Governance.Select(one => one.Name))}.");
        if (setting.Refuses(o.Value!) is { } problem)
        {
            throw Invalid("value", problem);
        }

        Set(setting.Name, Quantity.TryParse(o.Value, null, out var number) ? RegistryState.Text(number.Value) : o.Value!, old => new(o.Op, Name: o.Name, Value: old));
    }

    private void Set(string name, string value, Func<string, RegistryOperation> takeBack)
    {
        var old = state.Settings.GetValueOrDefault(name, string.Empty);
        if (old != value)
        {
            inverse.Add(takeBack(old));
            state = state with { Settings = state.Settings.SetItem(name, value) };
            Touched("setting", name);
        }
    }

    private void KnownType(string type)
    {
        if (!state.Settings.ContainsKey(SettingNames.RwaType(type)))
        {
            throw Invalid("rwa_type", $"The city measures no {Short(type)}.");
        }
    }

    private string Token(string code, string field) => Symbols.All.Any(symbol => symbol.Code() == code)
        ? code
        : throw Invalid(field, $"Use one of: {string.Join(", ", Symbols.All.Select(symbol => symbol.Code()))}.");

    [GeneratedRegex("^[a-z][a-z0-9_]{1,31}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex TypeName();
}
