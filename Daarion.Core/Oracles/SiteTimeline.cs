using Daarion.Core.Oracles.Rules;

namespace Daarion.Core.Oracles;

/// <summary>Names a site: a platform's own name of it, in a domain.</summary>
internal readonly record struct SiteKey(string Platform, string Domain, string SiteId);

/// <summary>A published reading of a site's timeline.</summary>
/// <param name="Id">The row.</param>
/// <param name="Ts">Its time.</param>
/// <param name="Value">The counter, normalised.</param>
/// <param name="Team">The team it was counted for.</param>
/// <param name="Beneficiary">The person who was paid instead.</param>
internal sealed record TimelinePoint(OracleId Id, DateTimeOffset Ts, decimal Value, TeamId Team, UserId? Beneficiary);

/// <summary>
/// A site's readings around the ones that are being judged, in the order of their times: what was known, and what was published since. Changes
/// of the meter cut it into stretches; readings of two stretches are no neighbours.
/// </summary>
/// <param name="site">Of which site, as which platform tells it.</param>
/// <param name="history">What is usual; null before the first reading.</param>
/// <param name="meterChanges">When its meter was changed.</param>
/// <param name="rank">Its place among the site's oracles.</param>
/// <param name="pieceWeighs">Kilograms of one piece, where pieces are counted and somebody has said it.</param>
internal sealed class SiteTimeline(SiteKey site, SiteHistory? history, IReadOnlyList<DateTimeOffset> meterChanges, int? rank = null, decimal? pieceWeighs = null)
{
    private readonly List<TimelinePoint> points = [];

    public SiteKey Site { get; } = site;

    public decimal? PieceWeighs { get; } = pieceWeighs;

    /// <summary>Its place among the oracles that tell of the site, in the order in which they began: the first counts. Null before its first reading.</summary>
    public int? Rank { get; private set; } = rank;

    /// <summary>What is usual; null before the first reading.</summary>
    public SiteHistory? History { get; private set; } = history;

    /// <summary>True where something was published, so that the history must be kept.</summary>
    public bool Changed { get; private set; }

    /// <summary>Puts a known reading in its place.</summary>
    public void Know(TimelinePoint point)
    {
        var place = PlaceOf(point.Ts);
        if (place == points.Count || points[place].Ts != point.Ts)
        {
            points.Insert(place, point);
        }
    }

    /// <summary>The published reading at exactly this time, or null.</summary>
    public TimelinePoint? At(DateTimeOffset ts) => PlaceOf(ts) is var place && place < points.Count && points[place].Ts == ts ? points[place] : null;

    /// <summary>The readings beside a time, in its stretch.</summary>
    public (TimelinePoint? Before, TimelinePoint? After) Beside(DateTimeOffset ts)
    {
        var place = PlaceOf(ts);
        var before = place > 0 && !ChangedBetween(points[place - 1].Ts, ts) ? points[place - 1] : null;
        var after = place < points.Count && !ChangedBetween(ts, points[place].Ts) ? points[place] : null;
        return (before, after);
    }

    /// <summary>What this oracle says about a time, and about one before it; null where it has said nothing about the first.</summary>
    public OtherOracle? Says(DateTimeOffset ts, DateTimeOffset? before) => ValueAt(ts) is { } now ? new(now, before is { } then ? ValueAt(then) : null) : null;

    // A counter between two readings is taken to rise evenly.
    private decimal? ValueAt(DateTimeOffset ts)
    {
        if (At(ts) is { } exact)
        {
            return exact.Value;
        }

        var (earlier, later) = Beside(ts);
        return earlier is null || later is null || ChangedBetween(earlier.Ts, later.Ts)
            ? null
            : earlier.Value + ((later.Value - earlier.Value) * SiteHistory.Between(earlier.Ts, ts) / SiteHistory.Between(earlier.Ts, later.Ts));
    }

    /// <summary>Takes a published reading into the timeline and into what is usual.</summary>
    public void Publish(TimelinePoint point, IReadOnlyList<SiteTimeline> others)
    {
        Know(point);
        Rank ??= others.Max(other => other.Rank) + 1 ?? 0;
        History = History is null || (point.Ts > History.LastTs && ChangedBetween(History.LastTs, point.Ts))
            ? SiteHistory.Begin(point)
            : ChangedBetween(Earlier(point.Ts, History.FirstTs), Later(point.Ts, History.FirstTs)) ? History : History.With(point);
        Changed = true;
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a < b ? b : a;

    private bool ChangedBetween(DateTimeOffset earlier, DateTimeOffset later) => meterChanges.Any(change => change > earlier && change <= later);

    // Most readings come in order: the end is looked at first.
    private int PlaceOf(DateTimeOffset ts)
    {
        if (points.Count == 0 || points[^1].Ts < ts)
        {
            return points.Count;
        }

        var (low, high) = (0, points.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = points[middle].Ts < ts ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
