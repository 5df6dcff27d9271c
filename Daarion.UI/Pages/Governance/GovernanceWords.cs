using System.Globalization;
using Daarion.Core.Governance;
using Daarion.Core.Kernel;
using Daarion.UI.Components;
using Daarion.UI.Text;

namespace Daarion.UI.Pages.Governance;

/// <summary>Governance in words, and the pages of its area.</summary>
internal static class GovernanceWords
{
    private const string Prefix = "governance.";

    public static IReadOnlyList<AreaTab> Tabs(Texts t) => [new(t["governance.proposals"], "/governance", Exact: true), new(t["governance.settings"], "/governance/settings")];

    /// <summary>What a setting is called.</summary>
    public static string Name(Texts t, string setting) => t.Of("governance", $"setting_{Word(setting)}") is var word && word.StartsWith("setting_", StringComparison.Ordinal) ? setting : word;

    /// <summary>A setting's value as people read it: seconds as a time, a flag as a word.</summary>
    public static string Value(Texts t, string setting, string value) => value switch
    {
        "true" => t["common.yes"],
        "false" => t["common.no"],
        _ when setting.EndsWith("_seconds", StringComparison.Ordinal) && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) => Span(t, TimeSpan.FromSeconds(seconds)),
        _ when setting.EndsWith("_pct", StringComparison.Ordinal) => $"{value} %",
        _ => value,
    };

    /// <summary>How long, in the two greatest units that matter.</summary>
    public static string Span(Texts t, TimeSpan span) => span switch
    {
        { TotalDays: >= 1 } => t.Count("governance.days", span.Days) + (span.Hours > 0 ? $" {t["governance.h", span.Hours]}" : string.Empty),
        { TotalHours: >= 1 } => t["governance.h", span.Hours] + (span.Minutes > 0 ? $" {t["governance.min", span.Minutes]}" : string.Empty),
        { TotalMinutes: >= 1 } => t["governance.min", span.Minutes] + (span.Seconds > 0 ? $" {t["governance.s", span.Seconds]}" : string.Empty),
        _ => t["governance.s", Math.Max(0, span.Seconds)],
    };

    /// <summary>A setting's short name: without what all of them begin with.</summary>
    public static string Short(string setting) => setting.StartsWith(Prefix, StringComparison.Ordinal) ? setting[Prefix.Length..] : setting;

    /// <summary>A setting's name as the words of the console have it.</summary>
    public static string Word(string setting) => Short(setting).Replace('.', '_');

    /// <summary>What a policy is about.</summary>
    public static string Type(Texts t, string type) => t.Of("governance", $"type_{type.Replace('.', '_')}") is var word && word.StartsWith("type_", StringComparison.Ordinal) ? type : word;

    public static bool IsOpen(PolicyStatus status) => status is PolicyStatus.Draft or PolicyStatus.Voting;

    /// <summary>The address of a draft that begins with one setting.</summary>
    public static string Propose(string setting) => $"/governance/new?op=set_governance_setting&name={Uri.EscapeDataString(setting)}";

    /// <summary>Part of a whole in percent, for a picture.</summary>
    public static double Share(Quantity part, Quantity? whole) => whole is { Value: > 0 } all ? (double)Math.Clamp(part.Value / all.Value * 100, 0, 100) : 0;
}
