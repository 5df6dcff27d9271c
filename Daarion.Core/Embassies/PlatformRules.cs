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
    public static readonly IReadOnlyList<string> Domains = [.. Measures.Measured, EmbassyDomain.Rwa];

    /// <summary>What a new platform reports on where the operator does not say.</summary>
    public static readonly IReadOnlyList<string> DefaultDomains = [EmbassyDomain.Energy];

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

/// <summary>What deliveries are about; the last word of the address they are sent to.</summary>
public static class EmbassyDomain
{
    /// <summary>Energy.</summary>
    public const string Energy = "energy";

    /// <summary>Food.</summary>
    public const string Food = "food";

    /// <summary>Water.</summary>
    public const string Water = "water";

    /// <summary>Claims and statements about assets.</summary>
    public const string Rwa = "rwa";

    /// <summary>Readings of any measured domain; each says which.</summary>
    public const string Oracle = "oracle";

    /// <summary>The capability that a delivery of a domain asks for, and the type of the event that it becomes.</summary>
    public static string UpdateCapability(string domain) => domain switch
    {
        Energy => "embassy.energy.update",
        Food => "embassy.food.update",
        Water => "embassy.water.update",
        _ when domain.StartsWith(Rwa, StringComparison.Ordinal) => "embassy.rwa.claim",
        _ => throw new ArgumentOutOfRangeException(nameof(domain)),
    };

    /// <summary>The domain of what is claimed about a type of asset.</summary>
    internal static string OfClaims(string asset) => $"{Rwa}.{asset}";

    /// <summary>The type of asset that claims of a domain are about.</summary>
    internal static string AssetOf(string domain) => domain[(Rwa.Length + 1)..];
}
