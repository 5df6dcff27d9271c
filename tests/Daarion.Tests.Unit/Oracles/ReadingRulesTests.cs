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

    [Theory]
    //          litres more in an hour than the 100 that are usual, rule
    [InlineData(9_900, null)]
    [InlineData(10_100, "spike")]
    public void Water_may_rise_a_hundredfold_and_no_more(int litres, string? rule)
    {
        var site = Site with { Domain = "water" };
        var timeline = new SiteTimeline(site, null, []);
        for (var hour = 0; hour <= 48; hour++)
        {
            Judge(timeline, Start.AddHours(hour), 100m * hour, "l", Start.AddHours(hour), site);
        }

        var row = Judge(timeline, Last.AddHours(1), 4800 + litres, "l", Last.AddHours(1), site);

        Assert.Equal(rule, row.Rule);
        Assert.Equal("m3", row.Unit);
    }

    [Fact]
    public void Pieces_without_a_weight_wait_and_with_one_are_weighed()
    {
        var site = Site with { Domain = "food" };

        var unknown = Judge(new SiteTimeline(site, null, []), Start, 12, "units", Start, site);
        var known = Judge(new SiteTimeline(site, null, [], null, 0.25m), Start, 12, "units", Start, site);

        Assert.Equal((ReadingState.Held, "no_weight"), (unknown.State, unknown.Rule));
        Assert.Equal((ReadingState.Published, 3m, "kg"), (known.State, known.NormalizedValue.Value, known.Unit));
    }

    [Fact]
    public void Every_threshold_is_a_setting()
    {
        var strict = new OracleLimits(TimeSpan.Zero, TimeSpan.FromDays(1), 50, 2, 2, 0);

        Assert.Equal("future", Judge(TwoDays(), Last.AddMinutes(30), 1485, "kwh", Last.AddMinutes(29), limits: strict).Rule);
        Assert.Equal("too_old", Judge(TwoDays(), Last.AddMinutes(30), 1485, "kwh", Last.AddMinutes(30).AddDays(2), limits: strict).Rule);
        Assert.Equal("jump", Judge(TwoDays(), Last.AddHours(1), 1496, "kwh", Last.AddHours(1), limits: strict).Rule);
        Assert.Equal("too_frequent", Judge(TwoDays(), Last.AddMinutes(10), 1481, "kwh", Last.AddMinutes(10), limits: strict).Rule);
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

    private static OracleRow Judge(SiteTimeline timeline, DateTimeOffset ts, decimal counter, string unit, DateTimeOffset received, SiteKey? site = null, OracleLimits? limits = null)
    {
        var judge = new ReadingJudge(received, limits ?? OracleLimits.Usual);
        judge.Judge(new ReadingToRecord(site ?? Site, Quantity.Of(counter), unit, ts, Team, null, null, received, null), timeline, []);
        return judge.Rows[0];
    }
}
