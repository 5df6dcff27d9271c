using Daarion.Core.Kernel;
using Daarion.Core.Oracles;
using FsCheck.Xunit;

namespace Daarion.Tests.Unit.Oracles;

/// <summary>A site that two platforms tell of: the first counts, the second is compared with it.</summary>
public sealed class OraclesOfASiteTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TeamId Team = TeamId.New(Start);
    private static readonly SiteKey First = new("grid", "energy", "EU-KYIV-01");
    private static readonly SiteKey Second = new("sensor", "energy", "EU-KYIV-01");

    [Theory]
    //          first's counter an hour on, second's base and its counter an hour on; how each stands
    [InlineData(1010, 1000, 1010, "published", "published")]
    [InlineData(1010, 1000, 1011, "published", "published")]
    [InlineData(1010, 1000, 1011.2, "published", "held")]
    [InlineData(1010, 1000, 1005, "published", "held")]
    [InlineData(1000, 1000, 1000, "published", "published")]
    [InlineData(1010, 1050, 1060, "published", "published")]
    [InlineData(1010, 1200, 1210, "held", "held")]
    public void Rises_that_differ_by_more_than_a_tenth_wait(double counter, double @base, double other, string first, string second)
    {
        var (one, two) = (new SiteTimeline(First, null, []), new SiteTimeline(Second, null, []));
        Judge(First, Start, 1000, one, two);
        Judge(First, Start.AddHours(1), (decimal)counter, one, two);

        var begun = Judge(Second, Start, (decimal)@base, two, one);
        var risen = Judge(Second, Start.AddHours(1), (decimal)other, two, one);

        Assert.Equal((first, second), (Words.Of(begun.State), Words.Of(risen.State)));
        Assert.All([begun, risen], row => Assert.Equal(Quantity.Zero, row.Delta));
        Assert.All([begun, risen], row => Assert.True(row.State == ReadingState.Held ? row.Rule == "disagreement" : row.Kind == ReadingKind.Witness));
    }

    [Fact]
    public void The_one_that_counts_waits_too_where_the_other_has_spoken_before_it()
    {
        var (one, two) = (new SiteTimeline(First, null, []), new SiteTimeline(Second, null, []));
        Judge(First, Start, 1000, one, two);
        Judge(Second, Start, 1000, two, one);
        Judge(Second, Start.AddHours(1), 1010, two, one);

        var doubted = Judge(First, Start.AddHours(1), 1500, one, two);
        var next = Judge(First, Start.AddHours(2), 1020, one, two);

        Assert.Equal((ReadingState.Held, "disagreement"), (doubted.State, doubted.Rule));
        Assert.Equal((ReadingState.Published, 20m), (next.State, next.Delta.Value));
    }

    [Fact]
    public void What_an_operator_approves_counts_and_what_came_after_it_is_compensated()
    {
        var (one, two) = (new SiteTimeline(First, null, []), new SiteTimeline(Second, null, []));
        Judge(First, Start, 1000, one, two);
        Judge(Second, Start, 1000, two, one);
        Judge(Second, Start.AddHours(2), 1022, two, one);
        var held = Judge(First, Start.AddHours(1), 1018, one, two);
        Judge(First, Start.AddHours(2), 1020, one, two);

        var judge = new ReadingJudge(Start.AddHours(3), OracleLimits.Usual);
        judge.Judge(Reading(First, Start.AddHours(1), 1018), one, [two], held);

        Assert.Equal("disagreement", held.Rule);
        Assert.Equal([(18m, ReadingKind.Correction), (-18m, ReadingKind.Correction)], judge.Rows.Select(row => (row.Delta.Value, row.Kind)));
        Assert.Equal((held.Id, ReadingState.Published), (judge.Rows[0].Id, judge.Rows[0].State));
    }

    [Fact]
    public void Of_another_team_it_is_another_site()
    {
        var (one, two) = (new SiteTimeline(First, null, []), new SiteTimeline(Second, null, []));
        Judge(First, Start, 1000, one, two);

        var judge = new ReadingJudge(Start, OracleLimits.Usual);
        judge.Judge(Reading(Second, Start, 7) with { Team = TeamId.New(Start) }, two, [one]);

        Assert.Equal((ReadingState.Published, ReadingKind.Reading), (judge.Rows[0].State, judge.Rows[0].Kind));
    }

    [Property(MaxTest = 300)]
    public bool In_any_order_of_both_what_is_counted_is_what_the_first_rose(ushort[] rises, int seed)
    {
        var total = 1000m;
        var readings = rises.SelectMany((rise, i) =>
        {
            total += 8 + (rise % 12);
            return new[] { Reading(First, Start.AddMinutes(30 * i), total), Reading(Second, Start.AddMinutes(30 * i), total) };
        }).ToArray();
        new Random(seed).Shuffle(readings);

        // Somebody must be first.
        readings = [.. readings.Where(r => r.Site == First).Take(1), .. readings.Where(r => r.Site == Second).Take(1), .. readings.Where(r => r.Site == First).Skip(1), .. readings.Where(r => r.Site == Second).Skip(1)];
        var timelines = new Dictionary<SiteKey, SiteTimeline> { [First] = new(First, null, []), [Second] = new(Second, null, []) };
        var judge = new ReadingJudge(Start, OracleLimits.Usual);
        foreach (var reading in readings)
        {
            judge.Judge(reading, timelines[reading.Site], [timelines[reading.Site == First ? Second : First]]);
        }

        var mine = readings.Where(r => r.Site == First).ToList();
        return judge.Rows.Where(row => row.Platform == Second.Platform).All(row => row.Delta == Quantity.Zero)
            && judge.Rows.Sum(row => row.Delta.Value) == (mine.Count == 0 ? 0 : mine.Max(r => r.Value.Value) - mine.Min(r => r.Value.Value));
    }

    private static OracleRow Judge(SiteKey site, DateTimeOffset ts, decimal counter, SiteTimeline timeline, SiteTimeline other)
    {
        var judge = new ReadingJudge(ts, OracleLimits.Usual);
        judge.Judge(Reading(site, ts, counter), timeline, [other]);
        return judge.Rows[0];
    }

    private static ReadingToRecord Reading(SiteKey site, DateTimeOffset ts, decimal counter) => new(site, Quantity.Of(counter), "kwh", ts, Team, null, null, ts, null);
}
