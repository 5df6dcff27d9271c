using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Usage;
using FsCheck;
using FsCheck.Xunit;

namespace Daarion.Tests.Unit.Usage;

public sealed class MetricsTests
{
    private static readonly DateTimeOffset Start = new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(UsageWindow.Hour, "2026-02-28T23:00:00Z", "2026-03-01T00:00:00Z")]
    [InlineData(UsageWindow.Day, "2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z")]
    [InlineData(UsageWindow.Month, "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z")]
    [InlineData(UsageWindow.Held, "1970-01-01T00:00:00Z", null)]
    [InlineData(UsageWindow.AtOnce, "1970-01-01T00:00:00Z", null)]
    public void Windows_are_counted_in_UTC_wherever_one_asks_from(UsageWindow window, string start, string? end)
    {
        var at = new DateTimeOffset(2026, 3, 1, 1, 59, 59, 999, TimeSpan.FromHours(2));

        Assert.Equal(At(start), Metrics.StartOf(window, at));
        Assert.Equal(end is null ? null : At(end), Metrics.EndOf(window, Metrics.StartOf(window, at)));
    }

    [Property]
    public bool A_moment_is_in_its_window_and_in_no_other(int seconds, bool byDay)
    {
        var (window, at) = (byDay ? UsageWindow.Day : UsageWindow.Hour, Start.AddSeconds(seconds));
        var start = Metrics.StartOf(window, at);
        var end = Metrics.EndOf(window, start)!.Value;

        return start <= at && at < end && Metrics.StartOf(window, end) == end && Metrics.StartOf(window, end.AddTicks(-1)) == start;
    }

    [Theory]
    [InlineData(UsageWindow.Day, 12, 5, 10)]
    [InlineData(UsageWindow.Day, 24, 5, 5)]
    [InlineData(UsageWindow.Day, 0, 5, 5)]
    [InlineData(UsageWindow.Month, 7 * 24, 100, 400)]
    [InlineData(UsageWindow.Held, 12, 5, 5)]
    public void A_forecast_goes_on_as_it_went_so_far(UsageWindow window, int hours, int used, int forecast) =>
        Assert.Equal(forecast, Metrics.Forecast(window, window == UsageWindow.Held ? DateTimeOffset.UnixEpoch : Start, Start.AddHours(hours), used));

    [Property]
    public bool A_forecast_is_never_below_what_is_used(PositiveInt used, PositiveInt minutes) =>
        Metrics.Forecast(UsageWindow.Month, Start, Start.AddMinutes(minutes.Get), used.Get) >= used.Get;

    [Property]
    public bool An_effective_quota_is_between_the_plan_and_the_hard_limit(NonNegativeInt staked, int row, TeamPlan plan)
    {
        var of = PlanTables.Plans[Math.Abs(row % PlanTables.Plans.Count)];
        var registry = new PolicySnapshot(1, Start, [], []) { Multipliers = PlanTables.Multipliers };
        var (given, hard) = (of.Of(plan), PlanTables.HardLimit(of, plan));

        var quota = Quota.Of(new Entitlement(of.Window, given, hard), registry.MultiplierOf(staked.Get));

        return quota.Effective >= given && quota.Effective <= hard && (of.MultipliedByStake || quota.Effective == given);
    }

    [Fact]
    public void Every_metric_of_a_plan_may_be_counted() => Assert.Empty(PlanTables.Plans.Select(row => row.Metric).Except(Metrics.All, StringComparer.Ordinal));

    [Fact]
    public void Nobody_counts_what_there_is_no_word_for() => Assert.Throws<CityException>(() => Metrics.Checked("llm_tokenz"));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
