using System.Collections.Frozen;
using Daarion.Core.Kernel;

namespace Daarion.Core.Usage;

/// <summary>In which time a metric is counted.</summary>
public enum UsageWindow
{
    /// <summary>From full hour to full hour, UTC.</summary>
    Hour,

    /// <summary>From midnight to midnight, UTC.</summary>
    Day,

    /// <summary>From the first of a month to the first of the next, UTC.</summary>
    Month,

    /// <summary>What is held now, however long.</summary>
    Held,

    /// <summary>What goes on at the same time: only reserved, never used up.</summary>
    AtOnce,
}

/// <summary>What is counted.</summary>
public static class Metrics
{
    /// <summary>Claims of payouts; one claim names one payout or many.</summary>
    public const string PayoutClaims = "payout_claims";

    /// <summary>Transfers and conversions.</summary>
    public const string WalletTx = "wallet_tx";

    /// <summary>Stakes made and ended.</summary>
    public const string StakeOps = "stake_ops";

    /// <summary>Messages sent.</summary>
    public const string Messages = "messages";

    /// <summary>Runs of agents.</summary>
    public const string AgentRuns = "agent_runs";

    /// <summary>Invocations of routers.</summary>
    public const string RouterInvokes = "router_invokes";

    /// <summary>Readings of platforms, by domain: <c>embassy_events.energy</c>.</summary>
    public const string EmbassyEvents = "embassy_events";

    /// <summary>Everything that may be counted, and the window of what no plan says it of.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Messages, "llm_tokens", "llm_tokens_input", "llm_tokens_output", "compute_1t", AgentRuns, "agent_parallel_runs", "agent_tools_used", RouterInvokes, "router_steps",
        "embassy_events.energy", "embassy_events.food", "embassy_events.water", "storage_bytes", WalletTx, PayoutClaims, StakeOps, "rwa_processed_records",
    ];

    private static readonly FrozenSet<string> Known = All.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The metric of that name.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c>.</exception>
    public static string Checked(string? metric) =>
        metric is not null && Known.Contains(metric) ? metric : throw CityException.Invalid("metric", $"Use one of: {string.Join(", ", All)}.");

    /// <summary>The metric of a domain's readings.</summary>
    public static string EventsOf(string domain) => $"{EmbassyEvents}.{domain}";

    /// <summary>When the window that holds a moment began.</summary>
    public static DateTimeOffset StartOf(UsageWindow window, DateTimeOffset at)
    {
        var utc = at.UtcDateTime;
        return window switch
        {
            UsageWindow.Hour => new(utc.Year, utc.Month, utc.Day, utc.Hour, 0, 0, TimeSpan.Zero),
            UsageWindow.Day => new(utc.Year, utc.Month, utc.Day, 0, 0, 0, TimeSpan.Zero),
            UsageWindow.Month => new(utc.Year, utc.Month, 1, 0, 0, 0, TimeSpan.Zero),
            _ => DateTimeOffset.UnixEpoch,
        };
    }

    /// <summary>When the window that began then ends; null for one that has no end.</summary>
    public static DateTimeOffset? EndOf(UsageWindow window, DateTimeOffset start) => window switch
    {
        UsageWindow.Hour => start.AddHours(1),
        UsageWindow.Day => start.AddDays(1),
        UsageWindow.Month => start.AddMonths(1),
        _ => null,
    };

    /// <summary>
    /// What will have been used when the window ends, if it goes on as in the window so far. In its first hundredth there is too little to go by: then what
    /// was used so far.
    /// </summary>
    public static decimal Forecast(UsageWindow window, DateTimeOffset start, DateTimeOffset at, decimal used)
    {
        if (EndOf(window, start) is not { } end || at >= end)
        {
            return used;
        }

        var passed = (decimal)(at - start).Ticks / (end - start).Ticks;
        return passed < 0.01m ? used : Math.Round(used / passed, Quantity.Places, MidpointRounding.ToEven);
    }
}
