using System.Globalization;
using System.Text;

namespace Daarion.Core.Kernel;

/// <summary>Names of teams and people.</summary>
public static class Names
{
    /// <summary>Characters of a name at most.</summary>
    public const int MaxLength = 80;

    /// <summary>The name without outer and doubled spaces; refuses an empty, too long or unprintable one.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c> naming the field.</exception>
    public static string Checked(string? text, string field)
    {
        string name;
        try
        {
            name = string.Join(' ', (text ?? string.Empty).Normalize(NormalizationForm.FormC).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        }
        catch (ArgumentException)
        {
            // A lone surrogate cannot be normalised, nor kept by the database.
            throw CityException.Invalid(field, "Use printable characters.");
        }

        if (name.Length is 0 or > MaxLength)
        {
            throw CityException.Invalid(field, $"Give 1 to {MaxLength} characters.");
        }

        return name.Any(c => char.IsControl(c) || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned || IsBidiControl(c))
            ? throw CityException.Invalid(field, "Use printable characters.")
            : name;
    }

    // A name that turns the direction of what follows it can make a list say something else than it does.
    private static bool IsBidiControl(char c) => c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069';
}
