using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities;

/// <summary>A row of the table of plans.</summary>
/// <param name="Metric">Which quota.</param>
/// <param name="Window">In which time.</param>
/// <param name="Freemium">Units of the smallest plan.</param>
/// <param name="Casual">Of the next.</param>
/// <param name="Premium">Of the next.</param>
/// <param name="Platformium">Of the largest.</param>
/// <param name="MultipliedByStake">False for what no stake raises.</param>
public sealed record PlanRow(string Metric, string Window, decimal Freemium, decimal Casual, decimal Premium, decimal Platformium, bool MultipliedByStake = true)
{
    /// <summary>Units of a plan.</summary>
    public decimal Of(TeamPlan plan) => plan switch
    {
        TeamPlan.Freemium => Freemium,
        TeamPlan.Casual => Casual,
        TeamPlan.Premium => Premium,
        _ => Platformium,
    };
}

/// <summary>Plans, stake multipliers and prices of a new city, as the specification of access has them.</summary>
public static class PlanTables
{
    private const decimal MB = 1_000_000m;

    /// <summary>What each plan gives.</summary>
    public static IReadOnlyList<PlanRow> Plans { get; } =
    [
        new("messages",               "day",     1_000,   10_000,   100_000,  1_000_000),
        new("llm_tokens",             "month", 100_000,  500_000, 2_000_000, 10_000_000),
        new("compute_1t",             "month",      10,       50,       250,      1_500),
        new("agent_runs",             "day",        20,      200,     1_500,     10_000),
        new("agent_parallel_runs",    "at_once",     1,        3,        10,         20),
        new("router_invokes",         "day",        20,      200,     2_000,     20_000),
        new("embassy_events.energy",  "day",    10_000,   10_000,    50_000,    200_000),
        new("embassy_events.food",    "day",     5_000,    5_000,    25_000,    100_000),
        new("embassy_events.water",   "day",     5_000,    5_000,    25_000,    100_000),
        new("storage_bytes",          "held", 100 * MB, 500 * MB, 5_000 * MB, 25_000 * MB, MultipliedByStake: false),
        new("wallet_tx",              "hour",        2,        2,        10,         60, MultipliedByStake: false),
        new("payout_claims",          "day",        10,       10,        50,        500, MultipliedByStake: false),
        new("stake_ops",              "day",         5,        5,        20,         50),
    ];

    /// <summary>From which stake of RINGK on quotas are multiplied.</summary>
    public static IReadOnlyList<StakeMultiplier> Multipliers { get; } = [new(0, 1.0m), new(1_000, 1.25m), new(5_000, 1.5m), new(20_000, 2.0m)];

    /// <summary>What things cost in compute tokens.</summary>
    public static IReadOnlyList<Price> Prices { get; } =
    [
        new("llm.small", "1000 tokens", 0.001m),
        new("llm.large", "1000 tokens", 0.01m),
        new("agent.run", "run", 0.002m),
        new("router.hop", "hop", 0.0005m),
        new("embassy.event", "event", 0.0001m),
    ];

    /// <summary>The most a stake can make of a quota: the hard limit is that far above it, and at the quota itself for what no stake raises.</summary>
    public static decimal HardLimit(PlanRow row, TeamPlan plan) => row.Of(plan) * (row.MultipliedByStake ? Multipliers.Max(step => step.Multiplier) : 1m);
}
