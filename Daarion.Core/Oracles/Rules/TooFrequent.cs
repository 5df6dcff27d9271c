namespace Daarion.Core.Oracles.Rules;

/// <summary>
/// Its time is <c>oracles.throttle_factor</c> times closer to the one before than is usual for the site. Only what comes in order is throttled: a backfill is no
/// offence. What is let through in between makes the closer spacing usual.
/// </summary>
internal sealed class TooFrequent : IReadingRule
{
    private const long MinHistory = 24;

    public string Code => "too_frequent";

    public bool Refuses(JudgedReading reading, OracleLimits limits) =>
        reading is { After: null, Before: { } before, History: { Appended: >= MinHistory } history }
        && SiteHistory.Between(before.Ts, reading.Ts) * 3600 < history.Spacing / limits.ThrottleFactor;
}
