using Daarion.Core.Kernel;
using Daarion.Core.Usage;
using Daarion.UI.Pages.Usage;
using Daarion.UI.Text;

namespace Daarion.Tests.Ui;

/// <summary>A quota says how it will go on, and warns before it is used up.</summary>
public sealed class MeterTests : Screen
{
    private static readonly DateTimeOffset Midnight = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 0, "ok", "Nothing used so far")]
    [InlineData(30, 0, "ok", "About 60 by 00:00: 60 % of the quota")]
    [InlineData(60, 0, "wait", "At this pace used up at 20:00; more comes at 00:00")]
    [InlineData(80, 0, "wait", "At this pace used up at 15:00; more comes at 00:00")]
    [InlineData(40, 60, "bad", "Used up; refused until 00:00")]
    [InlineData(120, 0, "bad", "Used up; refused until 00:00")]
    public void A_quota_of_a_day_says_at_noon_how_the_day_will_end(int used, int reserved, string kind, string says)
    {
        var meter = Day(used, reserved, 100);

        Assert.Equal((kind, says), (meter.Kind, meter.Say(new Texts(), TimeZoneInfo.Utc)));
    }

    [Fact]
    public void Four_fifths_warn_also_where_it_lasts()
    {
        var late = new Meter(Figures("messages", UsageWindow.Day, 85, 0, 100, Midnight, Midnight.AddDays(1), 90), Midnight.AddHours(23));

        Assert.Equal(("wait", "About 90 by 00:00: 90 % of the quota"), (late.Kind, late.Say(new Texts(), TimeZoneInfo.Utc)));
        Assert.Null(late.RunsOutAt);
    }

    [Fact]
    public void What_nothing_limits_is_only_counted()
    {
        var meter = new Meter(Figures("rwa_processed_records", UsageWindow.Day, 48, 0, null, Midnight, Midnight.AddDays(1), 96), Midnight.AddHours(12));

        Assert.Equal((string.Empty, null, "Only counted; about 96 by 00:00"), (meter.Kind, meter.Full, meter.Say(new Texts(), TimeZoneInfo.Utc)));
    }

    [Fact]
    public void What_is_held_has_no_end_and_says_what_is_free()
    {
        var meter = new Meter(Figures("storage_bytes", UsageWindow.Held, 2_000_000, 0, 10_000_000, null, null, 2_000_000), Midnight);

        Assert.Equal("8 MB free", meter.Say(new Texts(), TimeZoneInfo.Utc));
        Assert.Equal("Used up; refused until some is given back", (meter with { Of = meter.Of with { Used = Quantity.Of(10_000_000), Remaining = Quantity.Zero } }).Say(new Texts(), TimeZoneInfo.Utc));
    }

    [Fact]
    public void A_quota_of_nothing_is_full() => Assert.Equal("bad", Day(0, 0, 0).Kind);

    [Fact]
    public void Every_metric_has_its_name_in_both_languages() => Assert.All(Metrics.All, metric => Assert.NotEqual(metric, Meter.Name(new Texts(), metric)));

    private static Meter Day(int used, int reserved, int quota) => new(Figures("messages", UsageWindow.Day, used, reserved, quota, Midnight, Midnight.AddDays(1), used * 2), Midnight.AddHours(12));

    private static MetricUsage Figures(string metric, UsageWindow window, int used, int reserved, int? quota, DateTimeOffset? start, DateTimeOffset? end, int forecast) => new(
        metric,
        null,
        window,
        start,
        end,
        Quantity.Of(used),
        Quantity.Of(reserved),
        quota is { } given ? Quantity.Of(given) : null,
        Quantity.Of(1),
        quota is { } effective ? Quantity.Of(effective) : null,
        quota is { } all ? Quantity.Of(Math.Max(0, all - used - reserved)) : null,
        Quantity.Of(forecast));
}
