using System.Text.RegularExpressions;
using Daarion.Core.Kernel;

namespace Daarion.Core.Embassies;

/// <summary>What a platform may be called, report on and send.</summary>
internal static partial class PlatformRules
{
    /// <summary>Requests a minute where the operator does not say.</summary>
    public const int DefaultRatePerMinute = 1200;

    /// <summary>The most requests a minute.</summary>
    public const int MaxRatePerMinute = 60_000_000;

    /// <summary>How long a secret may stay good after its rotation, in minutes.</summary>
    public const int MaxOverlapMinutes = 24 * 60;

    /// <summary>What platforms report on.</summary>
    public static readonly IReadOnlyList<string> Domains = [EmbassyDomain.Energy];

    public static string Name(string platform) =>
        NamePattern().IsMatch(platform) ? platform : throw CityException.Invalid("platform", "Give 2 to 40 of a–z, 0–9, - and _, beginning with a letter or digit.");

    public static string Title(string name) =>
        name.Trim() is { Length: >= 1 and <= 120 } title && !title.AsSpan().ContainsAnyInRange('\0', '\x1f')
            ? title
            : throw CityException.Invalid("name", "Give 1 to 120 characters.");

    public static List<string> CheckedDomains(IReadOnlyList<string> domains) =>
        domains.Count > 0 && domains.All(Domains.Contains)
            ? [.. domains.Distinct(StringComparer.Ordinal)]
            : throw CityException.Invalid("domains", $"Give at least one of: {string.Join(", ", Domains)}.");

    public static int Rate(int perMinute) =>
        perMinute is >= 1 and <= MaxRatePerMinute ? perMinute : throw CityException.Invalid("rate_per_minute", $"Give a number from 1 to {MaxRatePerMinute}.");

    public static TimeSpan Overlap(int minutes) =>
        minutes is >= 0 and <= MaxOverlapMinutes ? TimeSpan.FromMinutes(minutes) : throw CityException.Invalid("overlap_minutes", $"Give 0 to {MaxOverlapMinutes}: at most a day.");

    public static string Site(string site) =>
        site is { Length: >= 1 and <= DeliveryBody.MaxName } && !site.AsSpan().ContainsAnyInRange('\0', '\x1f')
            ? site
            : throw CityException.Invalid("site_id", $"Give a text of 1 to {DeliveryBody.MaxName} characters.");

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{1,39}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NamePattern();
}

/// <summary>What readings are about.</summary>
public static class EmbassyDomain
{
    /// <summary>Energy.</summary>
    public const string Energy = "energy";

    /// <summary>The capability that a delivery of a domain asks for.</summary>
    public static string UpdateCapability(string domain) => domain switch
    {
        Energy => "embassy.energy.update",
        _ => throw new ArgumentOutOfRangeException(nameof(domain)),
    };
}
