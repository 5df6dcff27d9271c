using System.Collections.Concurrent;
using Daarion.Core.Kernel;

namespace Daarion.Core.Embassies;

/// <summary>Requests a minute, for each platform and domain: a bucket that holds one minute's worth and fills evenly. A flood of one domain leaves the others alone.</summary>
internal sealed class PlatformRates(TimeProvider clock)
{
    private readonly ConcurrentDictionary<(string Platform, string Domain), Bucket> buckets = new();

    /// <summary>Counts one request.</summary>
    /// <exception cref="CityException"><c>rate_limited</c> with the time after which the next one is let in.</exception>
    public void Take(string platform, string domain, int perMinute)
    {
        if (buckets.GetOrAdd((platform, domain), static _ => new Bucket()).TryTake(perMinute, clock) is { } wait)
        {
            throw new CityException(ErrorCode.RateLimited, $"This platform may send {perMinute} requests a minute of each domain; gather readings into batches, or ask the city's operators for more.") { RetryAfter = wait };
        }
    }

    private sealed class Bucket
    {
        private readonly Lock gate = new();
        private double left = double.MaxValue;
        private long at;

        /// <summary>Null where there was room, else how long to wait.</summary>
        public TimeSpan? TryTake(int perMinute, TimeProvider clock)
        {
            lock (gate)
            {
                var now = clock.GetTimestamp();
                var perSecond = perMinute / 60.0;
                left = left == double.MaxValue ? perMinute : Math.Min(perMinute, left + (clock.GetElapsedTime(at, now).TotalSeconds * perSecond));
                at = now;
                if (left < 1)
                {
                    return TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling((1 - left) / perSecond)));
                }

                left--;
                return null;
            }
        }
    }
}
