using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Server.Gateway;

/// <summary>
/// Holds access keys to their requests a minute, and tells callers of quotas that are nearly used up. Whoever has no access key is held by other limits:
/// people by what their actions use up, service keys by what they were made for.
/// </summary>
internal sealed class UsageDoor(RequestDelegate next, IKeyRates rates)
{
    /// <summary>The header of the warning: <c>payout_claims 83%</c>.</summary>
    public const string WarningHeader = "X-DAARION-Usage-Warning";

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.Features.Get<RequestCaller>() is not { Caller: var caller })
        {
            await next(http);
            return;
        }

        if (caller.KeyId is { } key)
        {
            await Charge(http, key);
        }

        using var watch = QuotaWatch.Watch();
        http.Response.OnStarting(() =>
        {
            if (watch.Text is { } warning)
            {
                http.Response.Headers[WarningHeader] = warning;
            }

            return Task.CompletedTask;
        });
        await next(http);
    }

    private async Task Charge(HttpContext http, string key)
    {
        if (await rates.Charge(key, http.RequestAborted) is { Wait: { } wait } rate)
        {
            throw new CityException(ErrorCode.RateLimited, $"This key may make {rate.PerMinute} requests a minute; try again in {Math.Ceiling(wait.TotalSeconds):0} s.")
            {
                Reason = rate.Name,
                RetryAfter = wait,
            };
        }
    }
}
