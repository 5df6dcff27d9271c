namespace Daarion.Core.Telemetry;

/// <summary>
/// Latencies counted in buckets whose bounds grow by a third: 0.05 ms to about 20 s. What is read from them is at most some 15 % off,
/// and the counts of many minutes and processes add up, which percentiles do not.
/// </summary>
internal static class LatencyBuckets
{
    /// <summary>How many there are.</summary>
    public const int Count = 46;

    private const double FirstMs = 0.05;
    private const double Growth = 1.33;
    private static readonly double LogGrowth = Math.Log(Growth);

    /// <summary>The bucket of a latency.</summary>
    public static int Of(double ms) => ms <= FirstMs ? 0 : Math.Min(Count - 1, 1 + (int)(Math.Log(ms / FirstMs) / LogGrowth));

    /// <summary>The latency that a part of all calls did not exceed; 0 where there were none.</summary>
    /// <param name="counts">Counts by bucket.</param>
    /// <param name="part">0 to 1.</param>
    public static double Percentile(ReadOnlySpan<long> counts, double part)
    {
        var total = 0L;
        foreach (var count in counts)
        {
            total += count;
        }

        var wanted = part * total;
        var seen = 0L;
        for (var i = 0; i < counts.Length && total > 0; i++)
        {
            if (counts[i] > 0 && seen + counts[i] >= wanted)
            {
                var upper = FirstMs * Math.Pow(Growth, i);
                var lower = i == 0 ? 0 : upper / Growth;
                return lower + ((upper - lower) * Math.Clamp((wanted - seen) / counts[i], 0, 1));
            }

            seen += counts[i];
        }

        return 0;
    }
}
