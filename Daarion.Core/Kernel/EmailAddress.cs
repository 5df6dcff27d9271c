using System.Net.Mail;

namespace Daarion.Core.Kernel;

/// <summary>An address as the city keeps it: lower case, at most 254 characters, of a form that mail can be sent to.</summary>
public readonly record struct EmailAddress
{
    private const int MaxLength = 254;

    private EmailAddress(string value) => Value = value;

    /// <summary>The whole address.</summary>
    public string Value { get; }

    /// <summary>What stands before the <c>@</c>.</summary>
    public string LocalPart => Value[..Value.LastIndexOf('@')];

    /// <summary>Reads an address.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c> naming <c>email</c>.</exception>
    public static EmailAddress Parse(string? text)
    {
        var trimmed = text?.Trim() ?? string.Empty;
        var wellFormed = trimmed.Length is >= 3 and <= MaxLength
            && trimmed.All(c => !char.IsControl(c) && !char.IsWhiteSpace(c) && c is not ('<' or '>' or '"' or ',' or ';'))
            && MailAddress.TryCreate(trimmed, out var address)
            && string.Equals(address.Address, trimmed, StringComparison.Ordinal)
            && address.User.Length <= 64;
        return wellFormed ? new EmailAddress(trimmed.ToLowerInvariant()) : throw CityException.Invalid("email", "Give an address such as olena@example.org.");
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
