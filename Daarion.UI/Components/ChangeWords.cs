using System.Text.RegularExpressions;
using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;
using Daarion.UI.Pages.Governance;
using Daarion.UI.Text;

namespace Daarion.UI.Components;

/// <summary>A line of a diff of the registry in the language of the screen; what the console has no words for stays as the registry writes it.</summary>
internal static partial class ChangeWords
{
    /// <summary>What was changed.</summary>
    public static string Target(Texts t, RegistryChange change) => change.Kind switch
    {
        "entitlement" when change.Target.Split(' ') is [var plan, var metric] => $"{Texts.Find($"policy.{plan.ToLowerInvariant()}") ?? plan} · {t.Of("metric", metric)}",
        "setting" => GovernanceWords.Name(t, change.Target),
        "price" => t.Of("item", change.Target),
        _ => change.Target,
    };

    /// <summary>A code stands in letters of one width, words do not.</summary>
    public static bool IsCode(Texts t, RegistryChange change) => Target(t, change) == change.Target;

    /// <summary>What it was or is.</summary>
    public static string Value(Texts t, RegistryChange change, string value) => change.Kind switch
    {
        "entitlement" when Entitlement().Match(value) is { Success: true } given => Quota(t, given),
        "setting" => GovernanceWords.Value(t, change.Target, value),
        "grant" => string.Join(", ", value.Split(", ").Select((part, at) => at == 0 ? Texts.Find($"governance.scope_{part}") ?? part : Texts.Find($"policy.{part}") ?? part)),
        "capability" => Texts.Find($"word.capability_risk.{value}") ?? value,
        _ => value,
    };

    private static string Quota(Texts t, Match given)
    {
        var quota = $"{Number(given.Groups["quota"].Value)} {t.Of("window", given.Groups["window"].Value)}";
        return given.Groups["limit"] is { Success: true } limit ? $"{quota}, {t["access.at_most", Number(limit.Value)]}" : quota;
    }

    private static string Number(string text) => Quantity.TryParse(text, null, out var number) ? Format.Quantity(number) : text;

    [GeneratedRegex(@"^(?<quota>[0-9.]+) / (?<window>[a-z_]+)(, at most (?<limit>[0-9.]+))?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex Entitlement();
}
