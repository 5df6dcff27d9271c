using Daarion.Core.Kernel;

namespace Daarion.Core.Teams;

/// <summary>A person of the city.</summary>
internal sealed class User
{
    private User()
    {
    }

    public UserId Id { get; private set; }

    public string Email { get; private set; } = string.Empty;

    public string DisplayName { get; private set; } = string.Empty;

    public string Locale { get; private set; } = Locales.Default;

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset? LastLoginAt { get; private set; }

    public DateTimeOffset? DisabledAt { get; private set; }

    /// <summary>A new person; the name is made from the address where none is given.</summary>
    public static User New(EmailAddress email, string? displayName, string? locale, DateTimeOffset at) => new()
    {
        Id = UserId.New(at),
        Email = email.Value,
        DisplayName = PersonName(string.IsNullOrWhiteSpace(displayName) ? email.LocalPart : displayName),
        Locale = locale is null ? Locales.Default : Locales.Checked(locale),
        CreatedAt = at,
    };

    public void Rename(string displayName) => DisplayName = PersonName(displayName);

    public void Speak(string locale) => Locale = Locales.Checked(locale);

    private static string PersonName(string text) => Names.Checked(text, "display_name");
}
