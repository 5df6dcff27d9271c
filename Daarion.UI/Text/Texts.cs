using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Resources;
using Daarion.Core.Kernel;

namespace Daarion.UI.Text;

/// <summary>
/// The console's words in the language of the screen. A key begins with its area, and each area has a resource of its own:
/// <c>teams.title</c> is in <c>Resources/Teams.resx</c> (English) and <c>Resources/Teams.uk.resx</c>.
/// </summary>
public sealed class Texts
{
    private static readonly ConcurrentDictionary<string, ResourceManager> Areas = new(StringComparer.Ordinal);

    /// <summary>A text.</summary>
    /// <exception cref="KeyNotFoundException">There is no such text: a bug that the resource tests find.</exception>
    public string this[string key] => Find(key) ?? throw new KeyNotFoundException($"There is no text '{key}'");

    /// <summary>A text with its places <c>{0}</c>, <c>{1}</c> filled, in the person's culture.</summary>
    public string this[string key, params object?[] values] => string.Format(CultureInfo.CurrentCulture, this[key], values);

    /// <summary>A text that depends on a number: the key goes on with <c>.one</c>, <c>.few</c> or <c>.many</c>; <c>{0}</c> is the number.</summary>
    public string Count(string key, long number, params object?[] more) =>
        string.Format(CultureInfo.CurrentCulture, this[$"{key}.{Plurals.Form(number)}"], [number.ToString("N0", CultureInfo.CurrentCulture), .. more]);

    /// <summary>The word for a value of an enumeration: <c>word.team_state.locked</c>.</summary>
    public string Word<TEnum>(TEnum value)
        where TEnum : struct, Enum => Of("word", System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(typeof(TEnum).Name) + "." + Words.Of(value));

    /// <summary>The word for a code that comes from a service, or the code itself where the console has none for it.</summary>
    public string Of(string area, string code) => Find($"{area}.{code}") ?? code;

    /// <summary>A text, or null.</summary>
    public static string? Find(string key)
    {
        var area = key[..key.IndexOf('.', StringComparison.Ordinal)];
        return Areas.GetOrAdd(area, Load).GetString(key, CultureInfo.CurrentUICulture);
    }

    private static ResourceManager Load(string area) => new($"Daarion.UI.Resources.{char.ToUpperInvariant(area[0])}{area[1..]}", Assembly.GetExecutingAssembly());
}

/// <summary>Which form of a word goes with a number (Unicode's plural rules for the console's languages).</summary>
public static class Plurals
{
    /// <summary><c>one</c>, <c>few</c> or <c>many</c>.</summary>
    public static string Form(long number, CultureInfo? culture = null)
    {
        var n = Math.Abs(number);
        if ((culture ?? CultureInfo.CurrentUICulture).TwoLetterISOLanguageName != "uk")
        {
            return n == 1 ? "one" : "many";
        }

        return (n % 10, n % 100) switch
        {
            (1, not 11) => "one",
            ( >= 2 and <= 4, not (>= 12 and <= 14)) => "few",
            _ => "many",
        };
    }
}
