using System.Globalization;
using Daarion.Core.Kernel;
using Daarion.Core.Oracles;
using FsCheck.Xunit;

namespace Daarion.Tests.Unit.Oracles;

/// <summary>Whatever the order of arrival, what is paid for a site is its latest counter less its earliest.</summary>
public sealed class LateReadingsTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TeamId Team = TeamId.New(Start);
    private static readonly SiteKey Site = new("energyunion", "energy", "EU-KYIV-01");

    [Property(MaxTest = 500)]
    public bool In_any_order_what_is_paid_and_what_is_counted_is_the_rise(ushort[] rises, int seed)
    {
        var total = 1000m;
        var readings = rises.Select((rise, i) => At(Start.AddMinutes(30 * i), total += 8 + (rise % 12))).ToList();
        new Random(seed).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(readings));
        var expected = readings.Count == 0 ? 0 : readings.Max(r => r.Value.Value) - readings.Min(r => r.Value.Value);

        var rows = Judged(readings);

        return rows.TrueForAll(row => row.Rule is null)
            && rows.Sum(row => row.Delta.Value) == expected
            && rows.Where(row => row.Kind == ReadingKind.Reading).Sum(row => row.Delta.Value) == expected
            && rows.Where(row => row.Kind == ReadingKind.Reading).All(row => !row.Delta.IsNegative)
            && rows.Where(row => row.Kind == ReadingKind.Correction).Sum(row => row.Delta.Value) == 0;
    }

    [Property(MaxTest = 200)]
    public bool Each_reading_ends_with_the_rise_since_the_one_before_it(ushort[] rises, int seed)
    {
        var total = 0m;
        var inOrder = rises.Select((rise, i) => At(Start.AddMinutes(30 * i), total += 8 + (rise % 12))).ToList();
        var shuffled = inOrder.ToList();
        new Random(seed).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(shuffled));

        var rows = Judged(shuffled);

        var effective = rows.GroupBy(row => row.Ts).OrderBy(group => group.Key).Select(group => group.Sum(row => row.Delta.Value)).ToList();
        return effective.SequenceEqual(inOrder.Select((reading, i) => i == 0 ? 0 : reading.Value.Value - inOrder[i - 1].Value.Value));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Two_months_of_a_real_meter_trip_no_rule_in_any_order(int seed)
    {
        var readings = RealMeter();
        if (seed > 0)
        {
            new Random(seed).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(readings));
        }

        var rows = Judged(readings);

        Assert.DoesNotContain(rows, row => row.Rule is not null);
        Assert.Equal(readings.Max(r => r.Value.Value) - readings.Min(r => r.Value.Value), rows.Where(row => row.Kind == ReadingKind.Reading).Sum(row => row.Delta.Value));
    }

    [Fact]
    public void A_tenfold_spike_of_a_real_meter_is_a_jump_anywhere_after_its_first_hours()
    {
        var readings = RealMeter();
        for (var i = 12; i < readings.Count - 1; i += 97)
        {
            var before = readings.Take(i).ToList();
            var usual = (before[^1].Value.Value - before[0].Value.Value) / (i - 1);

            var rows = Judged([.. before, readings[i] with { Value = Quantity.Of(before[^1].Value.Value + (usual * 10)) }, readings[i]]);

            Assert.Equal("jump", rows[^2].Rule);
            Assert.Null(rows[^1].Rule);
        }
    }

    private static List<OracleRow> Judged(List<ReadingToRecord> readings)
    {
        var timeline = new SiteTimeline(Site, null, []);
        var judge = new ReadingJudge(Start, OracleLimits.Usual);
        foreach (var reading in readings)
        {
            judge.Judge(reading, timeline, []);
        }

        return judge.Rows;
    }

    private static ReadingToRecord At(DateTimeOffset ts, decimal value) => new(Site, Quantity.Of(value), "kwh", ts, Team, null, null, ts, null);

    private static List<ReadingToRecord> RealMeter() =>
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "energy_readings.csv"))
            .Skip(1)
            .Select(line => line.Split(','))
            .Select(cells => At(DateTimeOffset.Parse(cells[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal), decimal.Parse(cells[1], CultureInfo.InvariantCulture))),
    ];
}
