using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Daarion.Core.Kernel;

/// <summary>Times as the city writes and reads them: RFC 3339, UTC, milliseconds.</summary>
public static class Timestamps
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    /// <summary><c>2026-11-14T12:00:00.000Z</c>.</summary>
    public static string Format(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The time cut to milliseconds, as the database keeps it and JSON shows it.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMillisecond));

    /// <summary>Reads RFC 3339 with an offset, years 1970 to 9999; answers in UTC, cut to milliseconds.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out DateTimeOffset at)
    {
        at = default;
        if (text is null || text.Length is < 20 or > 35 || !HasOffset(text))
        {
            return false;
        }

        if (!DateTimeOffset.TryParseExact(text.ToUpperInvariant(), Formats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var parsed) || parsed.Year < 1970)
        {
            return false;
        }

        at = Truncate(parsed);
        return true;
    }

    private static bool HasOffset(string text) => text[^1] is 'Z' or 'z' || (text[^3] == ':' && text[^6] is '+' or '-');
}
