using Daarion.Core.Kernel;
using Daarion.Core.Oracles;

namespace Daarion.Tests.Unit.Oracles;

/// <summary>Rules by example: a site that has brought 10 kWh an hour, every half hour, for two days; its counter stands at 1 480.</summary>
public sealed class ReadingRulesTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Last = Start.AddHours(48);
    private static readonly TeamId Team = TeamId.New(Start);
    private static readonly SiteKey Site = new("energyunion", "energy", "EU-KYIV-01");

    [Theory]
    //          minutes after the last, counter, unit, received minutes after its time, rule
    [InlineData(30, 1485, "kwh", 0, null)]
    [InlineData(30, 1480, "kwh", 0, null)]
    [InlineData(30, 1.485, "mwh", 0, null)]
    [InlineData(30, 1485000, "wh", 0, null)]
    [InlineData(30, 5.346, "gj", 0, null)]
    [InlineData(30, -1, "kwh", 0, "negative")]
    [InlineData(30, 1479, "kwh", 0, "counter_falls")]
    [InlineData(-15, 1490, "kwh", 0, "counter_falls")]
    [InlineData(-15, 1476, "kwh", 0, null)]
    [InlineData(0, 1480, "kwh", 0, "same_time")]
    [InlineData(30, 1509, "kwh", 0, null)]
    [InlineData(30, 1530, "kwh", 0, "jump")]
    [InlineData(60, 1540, "kwh", 0, null)]
    [InlineData(60, 1580, "kwh", 0, "jump")]
    [InlineData(600, 1580, "kwh", 0, null)]
    [InlineData(5, 1481, "kwh", 0, null)]
    [InlineData(0.25, 1480, "kwh", 0, "too_frequent")]
    [InlineData(30, 1485, "kwh", -5, null)]
    [InlineData(30, 1485, "kwh", -6, "future")]
    [InlineData(30, 1485, "kwh", 43200, null)]
    [InlineData(30, 1485, "kwh", 43201, "too_old")]
    public void A_reading_is_judged(double minutes, double counter, string unit, double receivedAfter, string? rule)
    {
        var ts = Last.AddMinutes(minutes);

        var row = Judge(TwoDays(), ts, (decimal)counter, unit, ts.AddMinutes(receivedAfter));

        Assert.Equal(rule, row.Rule);
        Assert.True(rule is null || row.Delta == Quantity.Zero);
    }

    [Fact]
    public void The_first_reading_is_the_base_and_adds_nothing()
    {
        var row = Judge(new SiteTimeline(Site, null, []), Last, 1480m, "kwh", Last);

        Assert.Null(row.Rule);
        Assert.Equal(Quantity.Zero, row.Delta);
    }

    [Fact]
    public void After_a_declared_change_of_the_meter_a_lower_counter_is_a_new_base()
    {
        var timeline = TwoDays(Last.AddMinutes(10));

        var first = Judge(timeline, Last.AddMinutes(30), 3m, "kwh", Last.AddMinutes(30));
        var second = Judge(timeline, Last.AddMinutes(60), 8m, "kwh", Last.AddMinutes(60));

        Assert.Null(first.Rule);
        Assert.Equal(Quantity.Zero, first.Delta);
        Assert.Equal(Quantity.Of(5m), second.Delta);
    }

    [Fact]
    public void A_value_with_too_many_digits_in_our_unit_is_rejected_and_breaks_nothing() =>
        Assert.Equal("too_large", Judge(TwoDays(), Last.AddMinutes(30), 9_000_000_000_000_000_000m, "mwh", Last).Rule);

    [Fact]
    public void What_is_not_yet_usual_is_no_jump()
    {
        var timeline = new SiteTimeline(Site, null, []);

        Judge(timeline, Start, 0m, "kwh", Start);

        Assert.Null(Judge(timeline, Start.AddMinutes(30), 5000m, "kwh", Start.AddMinutes(30)).Rule);
    }

    [Fact]
    public void A_sunrise_after_a_flat_night_is_no_jump()
    {
        var timeline = new SiteTimeline(Site, null, []);
        var value = 100m;
        for (var half = 0; half < 48 * 5; half++)
        {
            var hour = half / 2 % 24;
            value += hour is >= 6 and < 18 ? 6 - Math.Abs(hour - 12) : 0;

            Assert.Null(Judge(timeline, Start.AddMinutes(30 * half), value, "kwh", Start.AddMinutes(30 * half)).Rule);
        }
    }

    private static SiteTimeline TwoDays(params DateTimeOffset[] meterChanges)
    {
        var timeline = new SiteTimeline(Site, null, meterChanges);
        for (var half = 0; half <= 96; half++)
        {
            Judge(timeline, Start.AddMinutes(30 * half), 1000m + (5 * half), "kwh", Start.AddMinutes(30 * half));
        }

        return timeline;
    }

    private static OracleRow Judge(SiteTimeline timeline, DateTimeOffset ts, decimal counter, string unit, DateTimeOffset received)
    {
        var judge = new ReadingJudge(received);
        judge.Judge(new ReadingToRecord(Site, Quantity.Of(counter), unit, ts, Team, null, null, received, null), timeline);
        return judge.Rows[0];
    }
}
