namespace Daarion.Core.Oracles;

/// <summary>The sites that readings are judged on, locked, each as its platforms tell it.</summary>
internal sealed class OpenSites
{
    private readonly Dictionary<SiteKey, SiteTimeline> timelines = [];
    private readonly Dictionary<(string Domain, string SiteId), List<SiteTimeline>> oracles = [];

    /// <summary>A site as one platform tells it.</summary>
    public SiteTimeline this[SiteKey site] => timelines[site];

    /// <summary>Those where something was published.</summary>
    public SiteTimeline[] Changed => [.. timelines.Values.Where(timeline => timeline.Changed)];

    public void Add(SiteTimeline timeline)
    {
        timelines.Add(timeline.Site, timeline);
        var key = (timeline.Site.Domain, timeline.Site.SiteId);
        if (!oracles.TryGetValue(key, out var told))
        {
            oracles.Add(key, told = new(1));
        }

        told.Add(timeline);
    }

    /// <summary>The same site as other platforms tell it.</summary>
    public IReadOnlyList<SiteTimeline> Others(SiteKey site) =>
        oracles[(site.Domain, site.SiteId)] is { Count: > 1 } told ? [.. told.Where(one => one.Site != site)] : [];

    /// <summary>The times at which it must be known what each oracle of a site says, where it has several: those of the readings, and of the readings before them.</summary>
    public IEnumerable<(SiteKey Site, DateTimeOffset Ts)> Compared(IEnumerable<ReadingToRecord> readings) =>
        from reading in readings
        from other in Others(reading.Site)
        from ts in timelines[reading.Site].Beside(reading.Ts).Before is { } before ? (DateTimeOffset[])[reading.Ts, before.Ts] : [reading.Ts]
        select (other.Site, ts);
}
