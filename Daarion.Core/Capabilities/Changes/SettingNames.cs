using System.Globalization;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities.Changes;

/// <summary>A setting that policies change: what it is in a new city, and what it may be.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Default">Its value in a new city.</param>
/// <param name="Least">The least it may be, where it is a number.</param>
/// <param name="Most">The most.</param>
/// <param name="IsWhole">True for whole numbers only.</param>
internal sealed record SettingDefinition(string Name, string Default, decimal? Least = null, decimal? Most = null, bool IsWhole = false)
{
    /// <summary>What is wrong with a value; null where it is good.</summary>
    public string? Refuses(string value)
    {
        if (Least is null)
        {
            return value is "true" or "false" ? null : "Use true or false.";
        }

        return Quantity.TryParse(value, null, out var number) && number.Value >= Least && number.Value <= Most && (!IsWhole || decimal.IsInteger(number.Value))
            ? null
            : $"Give a {(IsWhole ? "whole " : string.Empty)}number from {RegistryState.Text(Least.Value)} to {RegistryState.Text(Most!.Value)}.";
    }
}

/// <summary>Names of the settings in the registry.</summary>
internal static class SettingNames
{
    public const string Quorum = "governance.quorum_pct";
    public const string Approval = "governance.approval_pct";
    public const string MinVoting = "governance.min_voting_seconds";
    public const string MaxVoting = "governance.max_voting_seconds";
    public const string PolicyForHighRisk = "governance.policy_for_high_risk";
    public const string PolicyForQuotas = "governance.policy_for_plan_quotas";
    public const string AnomaliesSuspendKeys = "usage.anomalies_suspend_keys";
    public const string ConversionDailyLimit = "wallets.conversion_daily_limit";
    public const string EnergySubsidy = "energy.subsidy";
    public const string BurstFactor = "burst.x_factor";
    public const string BurstUntil = "burst.until";

    private const int Minute = 60;
    private const int Day = 86_400;

    /// <summary>How the city votes: what <c>set_governance_setting</c> sets.</summary>
    public static IReadOnlyList<SettingDefinition> Governance { get; } =
    [
        new(Quorum, "10", 0, 100),
        new(Approval, "51", 50, 100),
        new(MinVoting, $"{3 * Day}", Minute, 30 * Day, IsWhole: true),
        new(MaxVoting, $"{7 * Day}", Minute, 90 * Day, IsWhole: true),
        new(PolicyForHighRisk, "true"),
        new(PolicyForQuotas, "true"),
        new(AnomaliesSuspendKeys, "false"),
        new(ConversionDailyLimit, "1000", 0, 1_000_000_000),
        new("oracles.future_seconds", "300", 0, Day, IsWhole: true),
        new("oracles.max_age_days", "30", 1, 3_650, IsWhole: true),
        new("oracles.jump_pct", "500", 10, 1_000_000),
        new("oracles.spike_factor", "100", 2, 1_000_000),
        new("oracles.throttle_factor", "100", 2, 1_000_000),
        new("oracles.disagreement_pct", "10", 0, 100),
    ];

    /// <summary>Every setting of a new city.</summary>
    public static IEnumerable<(string Name, string Value)> Defaults =>
    [
        .. Governance.Select(setting => (setting.Name, setting.Default)),
        (EnergySubsidy, "0"),
        (BurstFactor, "1"),
        (BurstUntil, string.Empty),
        .. Types.Select(type => (RewardCap(type.Name), "10000")),
        .. Types.Select(type => (RwaType(type.Name), type.Unit)),
        .. Symbols.All.SelectMany(from => Symbols.All.Where(to => to != from).Select(to => (Conversion(from.Code(), to.Code()), (from, to) == (Symbol.KWT, Symbol.OneT) ? "0.8" : "0"))),
    ];

    /// <summary>The types of asset of a new city.</summary>
    public static IReadOnlyList<(string Name, string Unit)> Types { get; } = [("energy", "kwh"), ("food", "kg"), ("water", "m3"), ("essence", "units"), ("generic", "units")];

    public static string RewardCap(string type) => $"reward_cap.{type}";

    public static string RwaType(string type) => $"rwa_type.{type}";

    public static string Conversion(string from, string to) => $"conversion.{from}.{to}";

    public static Burst BurstOf(IReadOnlyDictionary<string, string> settings) =>
        Timestamps.TryParse(settings.GetValueOrDefault(BurstUntil), out var until) ? new(decimal.Parse(settings[BurstFactor], CultureInfo.InvariantCulture), until) : Burst.None;
}
