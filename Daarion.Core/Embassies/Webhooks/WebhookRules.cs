using System.Text.RegularExpressions;
using Daarion.Core.Kernel;

namespace Daarion.Core.Embassies.Webhooks;

/// <summary>What may be subscribed, where to, and how long it is tried.</summary>
internal static partial class WebhookRules
{
    /// <summary>Subscriptions of one team or platform.</summary>
    public const int MaxSubscriptions = 50;

    /// <summary>For how long a message is tried.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private const int MaxUrl = 2048;
    private const int MaxEvents = 50;
    private const double Jitter = 0.1;

    // Each attempt waits so long after the one before; the last is when the day is over.
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4), TimeSpan.FromHours(6), TimeSpan.FromHours(10),
    ];

    /// <summary>Domains whose events are told.</summary>
    public static readonly IReadOnlyList<string> Domains = ["team", "wallet", "payout", "staking", "rwa", "embassy", "oracle", "governance", "usage"];

    /// <summary>An address that may be subscribed; whether it may be called is seen when it is.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c>.</exception>
    public static string Url(string url, bool isPlainAllowed)
    {
        if (url.Length is 0 or > MaxUrl || !Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.UserInfo.Length > 0 || parsed.Fragment.Length > 0
            || !(parsed.Scheme == Uri.UriSchemeHttps || (isPlainAllowed && parsed.Scheme == Uri.UriSchemeHttp)))
        {
            throw CityException.Invalid("url", $"Give an https address of at most {MaxUrl} characters, without a user or a fragment.");
        }

        return parsed.AbsoluteUri;
    }

    /// <summary>Types to be told of.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c>.</exception>
    public static List<string> Events(IReadOnlyList<string> events, IReadOnlyCollection<string> known)
    {
        if (events.Count is 0 or > MaxEvents)
        {
            throw CityException.Invalid("events", $"Give 1 to {MaxEvents} types of events.");
        }

        var domains = string.Join(", ", Domains.Select(domain => $"{domain}.*"));
        foreach (var type in events)
        {
            if (!Type().IsMatch(type) || !Domains.Contains(type.Split('.')[0]) || !(type.EndsWith(".*", StringComparison.Ordinal) || known.Contains(type)))
            {
                throw CityException.Invalid("events", $"Nobody is told of this; use types of the catalogue, or whole domains: {domains}.");
            }
        }

        return [.. events.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>True where a type is among those.</summary>
    public static bool Takes(IReadOnlyList<string> events, string type) =>
        events.Any(one => one.EndsWith('*') ? type.StartsWith(one[..^1], StringComparison.Ordinal) : string.Equals(one, type, StringComparison.Ordinal));

    /// <summary>When a message that failed so often is tried again; null where its day is over.</summary>
    /// <param name="attempts">How often it was tried.</param>
    /// <param name="now">Now.</param>
    /// <param name="expires">When its day is over.</param>
    /// <param name="asked">What the address asked for.</param>
    public static DateTimeOffset? Next(int attempts, DateTimeOffset now, DateTimeOffset expires, TimeSpan? asked)
    {
        if (now >= expires)
        {
            return null;
        }

        var wait = Waits[Math.Min(attempts, Waits.Length) - 1] * (1 + (Jitter * ((2 * Random.Shared.NextDouble()) - 1)));
        var next = now + (asked is { } longer && longer > wait ? longer : wait);
        return next < expires ? next : expires;
    }

    [GeneratedRegex(@"^[a-z_]{2,32}(\.[a-z_0-9]{1,64}){0,4}(\.\*)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Type();
}
