namespace Daarion.Core.Telemetry;

/// <summary>Adds minutes up and reads rates from the sum.</summary>
internal sealed class ServiceFiguresSum
{
    private readonly long[] latency = new long[LatencyBuckets.Count];
    private long requests;
    private long errors;
    private long queries;
    private long queryMicroseconds;
    private long cpuMicroseconds;
    private long allocatedBytes;

    public ServiceFiguresSum Add(MinuteFigures minute)
    {
        requests += minute.Requests;
        errors += minute.Errors;
        queries += minute.Queries;
        queryMicroseconds += minute.QueryMicroseconds;
        cpuMicroseconds += minute.CpuMicroseconds;
        allocatedBytes += minute.AllocatedBytes;
        for (var i = 0; i < Math.Min(latency.Length, minute.Latency.Length); i++)
        {
            latency[i] += minute.Latency[i];
        }

        return this;
    }

    public ServiceRates Over(TimeSpan span)
    {
        var seconds = Math.Max(1, span.TotalSeconds);
        return new ServiceRates(
            Round(requests / seconds),
            requests == 0 ? 0 : Round((double)errors / requests),
            Round(LatencyBuckets.Percentile(latency, 0.50)),
            Round(LatencyBuckets.Percentile(latency, 0.95)),
            Round(LatencyBuckets.Percentile(latency, 0.99)),
            Round(queries / seconds),
            requests == 0 ? 0 : Round(queryMicroseconds / 1000.0 / requests),
            Round(cpuMicroseconds / 1e6 / seconds),
            Round(allocatedBytes / seconds));
    }

    private static double Round(double value) => Math.Round(value, 4);
}
