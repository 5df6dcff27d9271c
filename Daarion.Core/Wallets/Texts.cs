using Daarion.Core.Kernel;

namespace Daarion.Core.Wallets;

/// <summary>What people write beside an amount.</summary>
internal static class Texts
{
    /// <summary>The text without blanks around it; null where nothing is left.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c> when it is too long or not printable.</exception>
    public static string? Checked(string field, string? text, int maxLength)
    {
        var trimmed = text?.Trim();
        if (string.IsNullOrEmpty(trimmed))
        {
            return null;
        }

        return trimmed.Length <= maxLength && !trimmed.Any(char.IsControl)
            ? trimmed
            : throw CityException.Invalid(field, $"Give at most {maxLength} characters, on one line.");
    }
}
