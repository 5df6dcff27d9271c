namespace Daarion.Core.Oracles;

/// <summary>
/// Where a site stands since the last change of its meter, and what is usual for it. The averages come from its first and latest reading,
/// so they are the same in whatever order the readings arrived.
/// </summary>
/// <param name="FirstTs">The time of the first reading.</param>
/// <param name="FirstValue">The counter there.</param>
/// <param name="Last">The latest reading.</param>
/// <param name="Readings">Readings so far.</param>
/// <param name="Appended">Those that came in order.</param>
/// <param name="Spacing">Usual seconds between two that came in order; recent ones weigh more.</param>
/// <param name="Peak">The steepest recent rise, in units an hour; fades over weeks.</param>
internal sealed record SiteHistory(
    DateTimeOffset FirstTs, decimal FirstValue, TimelinePoint Last, long Readings, long Appended, decimal Spacing, decimal Peak)
{
    private const decimal SecondsInHour = 3600m;
    private const decimal NewestWeight = 0.1m;
    private const decimal PeakFadesInHours = 7 * 24m;

    public DateTimeOffset LastTs => Last.Ts;

    /// <summary>Hours from the first to the latest reading.</summary>
    public decimal Hours => Between(FirstTs, LastTs);

    /// <summary>The average rise in an hour.</summary>
    public decimal Average => Hours > 0 ? (Last.Value - FirstValue) / Hours : 0;

    /// <summary>The usual rise in an hour: the average, or half the steepest recent rise where days and nights differ much.</summary>
    public decimal UsualRise => Math.Max(Average, Peak / 2);

    /// <summary>Average hours between two readings, at most one: a shorter step than that is judged as if it took so long.</summary>
    public decimal Step => Readings > 1 ? Math.Min(1m, Hours / (Readings - 1)) : 1m;

    public static SiteHistory Begin(TimelinePoint first) => new(first.Ts, first.Value, first, 1, 0, 0, 0);

    public static decimal Between(DateTimeOffset from, DateTimeOffset to) => (decimal)(to - from).TotalSeconds / SecondsInHour;

    /// <summary>With one more reading of the same stretch.</summary>
    public SiteHistory With(TimelinePoint point)
    {
        if (point.Ts < FirstTs)
        {
            return this with { FirstTs = point.Ts, FirstValue = point.Value, Readings = Readings + 1 };
        }

        if (point.Ts <= LastTs)
        {
            return this with { Readings = Readings + 1 };
        }

        var hours = Between(LastTs, point.Ts);
        var rise = (point.Value - Last.Value) / Math.Max(hours, Step);
        var seconds = hours * SecondsInHour;
        return this with
        {
            Last = point,
            Readings = Readings + 1,
            Appended = Appended + 1,
            Spacing = Appended == 0 ? seconds : Spacing + ((seconds - Spacing) * NewestWeight),
            Peak = Math.Max(rise, Peak / (1 + (hours / PeakFadesInHours))),
        };
    }
}
