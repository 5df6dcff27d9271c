using System.Collections.Concurrent;
using System.Threading.RateLimiting;

namespace Daarion.Core.Kernel;

/// <summary>
/// A service's bulkhead: at most so many calls at once, at most so many waiting. One service that is overloaded refuses its own callers
/// and leaves the others' places alone (architecture: failure isolation).
/// </summary>
public sealed class Bulkhead : IDisposable
{
    /// <summary>Calls of one service at once.</summary>
    public const int Concurrency = 64;

    /// <summary>Calls that may wait for a place.</summary>
    public const int QueueLength = 512;

    private readonly ConcurrencyLimiter limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = Concurrency,
        QueueLimit = QueueLength,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Takes a place, waiting in the queue where there is none.</summary>
    /// <exception cref="CityException"><c>unavailable</c> when the queue is full too.</exception>
    public async ValueTask<RateLimitLease> Enter(string service, CancellationToken ct)
    {
        var lease = await limiter.AcquireAsync(1, ct);
        if (lease.IsAcquired)
        {
            return lease;
        }

        lease.Dispose();
        throw CityException.Unavailable($"{service} has more calls than it can serve; try again in a moment.");
    }

    /// <summary>Places taken now.</summary>
    public int InUse => Concurrency - (int)(limiter.GetStatistics()?.CurrentAvailablePermits ?? Concurrency);

    /// <inheritdoc/>
    public void Dispose() => limiter.Dispose();
}

/// <summary>One <see cref="Bulkhead"/> for each service.</summary>
public sealed class Bulkheads : IDisposable
{
    private readonly ConcurrentDictionary<string, Bulkhead> all = new(StringComparer.Ordinal);

    /// <summary>The bulkhead of a service.</summary>
    public Bulkhead Of(string service) => all.GetOrAdd(service, static _ => new Bulkhead());

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var bulkhead in all.Values)
        {
            bulkhead.Dispose();
        }
    }
}
