using System.Threading.RateLimiting;
using Daarion.Core.Kernel;
using Daarion.Server.Settings;

namespace Daarion.Server.Gateway;

/// <summary>The city's limit for all callers together (access §6): a bucket that refills evenly, so that a burst of a second passes.</summary>
internal sealed class GlobalBudget(CitySettings settings) : IDisposable
{
    private const int RefillsPerSecond = 10;

    private readonly TokenBucketRateLimiter bucket = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = settings.RequestsPerSecond,
        TokensPerPeriod = Math.Max(1, settings.RequestsPerSecond / RefillsPerSecond),
        ReplenishmentPeriod = TimeSpan.FromSeconds(1.0 / RefillsPerSecond),
        QueueLimit = 0,
        AutoReplenishment = true,
    });

    /// <exception cref="CityException"><c>rate_limited</c>.</exception>
    public void Charge()
    {
        using var lease = bucket.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            throw new CityException(ErrorCode.RateLimited, "The city has more requests than it takes; try again in a moment.") { Reason = "global", RetryAfter = TimeSpan.FromSeconds(1) };
        }
    }

    public void Dispose() => bucket.Dispose();
}

internal sealed class GlobalBudgetDoor(RequestDelegate next, GlobalBudget budget)
{
    public Task InvokeAsync(HttpContext http)
    {
        // Whoever watches over the city must see it when it is busiest.
        if (!http.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase) && !http.Request.Path.StartsWithSegments("/metrics", StringComparison.OrdinalIgnoreCase))
        {
            budget.Charge();
        }

        return next(http);
    }
}
