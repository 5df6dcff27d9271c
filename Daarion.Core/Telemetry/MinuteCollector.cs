using System.Collections.Concurrent;
using Daarion.Core.Kernel;

namespace Daarion.Core.Telemetry;

/// <summary>Adds up what each service does, minute by minute, in memory; <see cref="TelemetryKeeper"/> writes it down.</summary>
internal sealed class MinuteCollector(TimeProvider clock) : IOperationObserver
{
    /// <summary>Minutes that may wait to be written while the database is away; older ones are forgotten.</summary>
    public const int MaxMinutes = 15;

    private readonly ConcurrentDictionary<(string Service, long Minute), Minute> minutes = new();

    /// <summary>This process among several.</summary>
    public string Replica { get; } = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..6]}";

    /// <inheritdoc/>
    public void OperationEnded(string service, string name, TimeSpan elapsed, OperationCost? cost, bool failed) =>
        minutes.GetOrAdd((service, clock.GetUtcNow().UtcTicks / TimeSpan.TicksPerMinute), static key => new Minute(key.Service, key.Minute)).Add(elapsed, cost, failed);

    /// <summary>What is to be written: every minute that changed since it was last given.</summary>
    public IReadOnlyList<Minute> TakeChanged()
    {
        var current = clock.GetUtcNow().UtcTicks / TimeSpan.TicksPerMinute;
        foreach (var old in minutes.Keys.Where(key => key.Minute < current - MaxMinutes))
        {
            minutes.TryRemove(old, out _);
        }

        return [.. minutes.Values.Where(minute => minute.TakeChanged())];
    }

    /// <summary>Gives minutes back that could not be written.</summary>
    public static void GiveBack(IEnumerable<Minute> taken)
    {
        foreach (var minute in taken)
        {
            minute.MarkChanged();
        }
    }

    /// <summary>One service's minute.</summary>
    internal sealed class Minute(string service, long minute)
    {
        private readonly int[] latency = new int[LatencyBuckets.Count];
        private long requests;
        private long errors;
        private long queries;
        private long queryTicks;
        private long cpuNs;
        private long allocated;
        private int changed;

        public string Service => service;

        public DateTimeOffset At { get; } = new(minute * TimeSpan.TicksPerMinute, TimeSpan.Zero);

        public long Requests => Interlocked.Read(ref requests);

        public long Errors => Interlocked.Read(ref errors);

        public long Queries => Interlocked.Read(ref queries);

        public long QueryMicroseconds => Interlocked.Read(ref queryTicks) / TimeSpan.TicksPerMicrosecond;

        public long CpuMicroseconds => Interlocked.Read(ref cpuNs) / 1000;

        public long AllocatedBytes => Interlocked.Read(ref allocated);

        public int[] Latency => [.. latency];

        public void Add(TimeSpan elapsed, OperationCost? cost, bool failed)
        {
            Interlocked.Increment(ref requests);
            Interlocked.Increment(ref latency[LatencyBuckets.Of(elapsed.TotalMilliseconds)]);
            if (failed)
            {
                Interlocked.Increment(ref errors);
            }

            if (cost is not null)
            {
                Interlocked.Add(ref queries, cost.Queries);
                Interlocked.Add(ref queryTicks, cost.QueryTime.Ticks);
                Interlocked.Add(ref cpuNs, cost.CpuNs);
                Interlocked.Add(ref allocated, cost.AllocatedBytes);
            }

            Volatile.Write(ref changed, 1);
        }

        public bool TakeChanged() => Interlocked.Exchange(ref changed, 0) == 1;

        public void MarkChanged() => Volatile.Write(ref changed, 1);
    }
}
