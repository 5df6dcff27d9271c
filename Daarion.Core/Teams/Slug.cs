using System.Globalization;
using System.Text;
using Daarion.Core.Kernel;

namespace Daarion.Core.Teams;

/// <summary>Slugs: a team's name in addresses.</summary>
internal static class Slug
{
    public const int MinLength = 3;
    public const int MaxLength = 48;

    // Transliteration of the Ukrainian alphabet by the resolution of the Cabinet of Ministers 55 of 2010: some letters differ at the beginning of a word.
    private static readonly Dictionary<char, string> Latin = new()
    {
        ['а'] = "a",
        ['б'] = "b",
        ['в'] = "v",
        ['г'] = "h",
        ['ґ'] = "g",
        ['д'] = "d",
        ['е'] = "e",
        ['є'] = "ie",
        ['ж'] = "zh",
        ['з'] = "z",
        ['и'] = "y",
        ['і'] = "i",
        ['ї'] = "i",
        ['й'] = "i",
        ['к'] = "k",
        ['л'] = "l",
        ['м'] = "m",
        ['н'] = "n",
        ['о'] = "o",
        ['п'] = "p",
        ['р'] = "r",
        ['с'] = "s",
        ['т'] = "t",
        ['у'] = "u",
        ['ф'] = "f",
        ['х'] = "kh",
        ['ц'] = "ts",
        ['ч'] = "ch",
        ['ш'] = "sh",
        ['щ'] = "shch",
        ['ь'] = "",
        ['ю'] = "iu",
        ['я'] = "ia",
        ['ё'] = "io",
        ['ъ'] = "",
        ['ы'] = "y",
        ['э'] = "e",
        ['\''] = "",
        ['’'] = "",
        ['ʼ'] = "",
    };

    private static readonly Dictionary<char, string> LatinAtStart = new() { ['є'] = "ye", ['ї'] = "yi", ['й'] = "y", ['ю'] = "yu", ['я'] = "ya" };

    /// <summary>A slug someone chose.</summary>
    public static string Checked(string slug) =>
        slug.Length is >= MinLength and <= MaxLength && slug[0] != '-' && slug[^1] != '-' && !slug.Contains("--", StringComparison.Ordinal)
            && slug.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? slug
            : throw CityException.Invalid("slug", $"Give {MinLength} to {MaxLength} characters of a-z, 0-9 and single hyphens.");

    /// <summary>A slug made from a name; <c>team</c> where nothing of the name can be written in it.</summary>
    public static string From(string name)
    {
        var text = new StringBuilder(MaxLength);
        var atStart = true;
        // The zghurazh: зг is zgh, so that it is told from ж.
        foreach (var (c, before) in name.ToLowerInvariant().Select((c, i) => (c, i > 0 ? char.ToLowerInvariant(name[i - 1]) : ' ')))
        {
            var latin = c == 'г' && before == 'з' ? "gh" : atStart && LatinAtStart.TryGetValue(c, out var first) ? first : Latin.GetValueOrDefault(c) ?? Plain(c);
            if (latin is null)
            {
                atStart = true;
                if (text.Length > 0 && text[^1] != '-')
                {
                    text.Append('-');
                }

                continue;
            }

            atStart = false;
            text.Append(latin);
        }

        var slug = text.ToString().Trim('-');
        slug = slug.Length > MaxLength - 6 ? slug[..(MaxLength - 6)].Trim('-') : slug;
        return slug.Length >= MinLength ? slug : slug.Length == 0 ? "team" : $"team-{slug}";
    }

    /// <summary>The same slug with a number, for a name that is taken.</summary>
    public static string Numbered(string slug, int number) => number <= 1 ? slug : string.Create(CultureInfo.InvariantCulture, $"{slug}-{number}");

    private static string? Plain(char c)
    {
        if (char.IsAsciiLetterOrDigit(c))
        {
            return c.ToString();
        }

        // é becomes e: the letter without its marks.
        var decomposed = char.IsSurrogate(c) ? string.Empty : c.ToString().Normalize(NormalizationForm.FormD);
        return decomposed.Length > 1 && char.IsAsciiLetterOrDigit(decomposed[0]) ? decomposed[..1] : char.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark ? string.Empty : null;
    }
}
