using System.Globalization;
using Daarion.Core.Kernel;

namespace Daarion.UI;

/// <summary>The person at the screen, for one circuit. The server implements it from the session cookie; pages take the <see cref="Caller"/> from it for every call of a contract.</summary>
public interface IConsoleSession
{
    /// <summary>Who asks, with a fresh request id.</summary>
    /// <exception cref="CityException"><c>unauthenticated</c> when the session has ended.</exception>
    Caller Caller { get; }

    /// <summary>The signed-in person; null on the sign-in and setup pages.</summary>
    ConsolePerson? Person { get; }

    /// <summary>When the person proved who they are: at the beginning of the session. Null at the door.</summary>
    DateTimeOffset? SignedInAt { get; }

    /// <summary>Cancelled when the session has ended elsewhere: the console leaves for the sign-in page.</summary>
    CancellationToken Ended { get; }

    /// <summary>Finds out who is at the screen. The frame waits for it before it shows anything; asking again only looks anew at the person's name.</summary>
    Task Load(CancellationToken ct);
}

/// <summary>What the frame shows of the person.</summary>
/// <param name="Id">The person.</param>
/// <param name="Email">The address.</param>
/// <param name="DisplayName">The name.</param>
/// <param name="Culture"><c>uk</c> or <c>en</c>.</param>
/// <param name="IsOperator">A member of the city team.</param>
public sealed record ConsolePerson(UserId Id, string Email, string DisplayName, CultureInfo Culture, bool IsOperator);

/// <summary>What the browser remembers about how it wants to see the city, and what the server says about itself on the way in.</summary>
/// <param name="Theme"><c>light</c>, <c>dark</c>, or null for the system's own.</param>
/// <param name="NarrowRail">The rail is folded.</param>
/// <param name="Zone">The browser's time zone.</param>
/// <param name="CityName">What the city is called.</param>
public sealed record ScreenWishes(string? Theme, bool NarrowRail, string? Zone, string? CityName)
{
    /// <summary>The cookies in which the browser remembers.</summary>
    public const string ThemeCookie = "daarion_theme", RailCookie = "daarion_rail", ZoneCookie = "daarion_zone", LanguageCookie = "daarion_language";
}

/// <summary>What the pages before the sign-in know of the server.</summary>
public interface IDoorway
{
    /// <summary>Whoever stands at the door: nobody yet.</summary>
    Caller Visitor { get; }

    /// <summary>The folder of the mail drop, for a visitor on the machine itself; null for others and where mail is really sent.</summary>
    string? MailDrop { get; }

    /// <summary>The fields of the request's query, for pages that hand them on in a form.</summary>
    IReadOnlyList<KeyValuePair<string, string>> Query { get; }
}
