using System.Collections.Concurrent;
using System.Net;
using Daarion.Core.Kernel;
using Daarion.Server.Settings;

namespace Daarion.Server.Gateway;

/// <summary>How many requests without a caller an address may make in a minute (access §6); one budget for a whole IPv6 /64.</summary>
internal interface IUnauthenticatedBudget
{
    /// <summary>Uses one request of an address's budget.</summary>
    /// <exception cref="CityException"><c>rate_limited</c> when there is none left.</exception>
    void Charge(IPAddress? address);

    /// <summary>Uses one request of an address's budget for one that has had its answer; false when there was none left.</summary>
    bool Note(IPAddress? address);

    /// <summary>True while an address may make another.</summary>
    bool HasLeft(IPAddress? address);
}

/// <summary>Fixed windows of a minute, in memory: a limit for each process, which is what protects it.</summary>
internal sealed class UnauthenticatedBudget(CitySettings settings, TimeProvider clock) : IUnauthenticatedBudget
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private ConcurrentDictionary<string, int> counts = new(StringComparer.Ordinal);
    private long window;

    public void Charge(IPAddress? address)
    {
        if (!Note(address))
        {
            throw new CityException(ErrorCode.RateLimited, $"More than {settings.UnauthenticatedPerMinute} requests a minute from this address did not sign in or present a key.")
            {
                Reason = "unauthenticated",
                RetryAfter = Window - TimeSpan.FromTicks(clock.GetUtcNow().UtcTicks % Window.Ticks),
            };
        }
    }

    public bool Note(IPAddress? address) => Counts().AddOrUpdate(Key(address), 1, static (_, count) => count + 1) <= settings.UnauthenticatedPerMinute;

    public bool HasLeft(IPAddress? address) => Counts().GetValueOrDefault(Key(address)) < settings.UnauthenticatedPerMinute;

    private static string Key(IPAddress? address) => AddressBlock.Of(address) ?? "local";

    private ConcurrentDictionary<string, int> Counts()
    {
        var current = clock.GetUtcNow().UtcTicks / Window.Ticks;
        if (Interlocked.Exchange(ref window, current) != current || counts.Count > GatewaySettings.MaxCountedAddresses)
        {
            counts = new(StringComparer.Ordinal);
        }

        return counts;
    }
}
