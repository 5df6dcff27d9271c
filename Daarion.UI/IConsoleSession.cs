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

    /// <summary>Cancelled when the session has ended elsewhere: the console leaves for the sign-in page.</summary>
    CancellationToken Ended { get; }
}

/// <summary>What the frame shows of the person.</summary>
/// <param name="Id">The person.</param>
/// <param name="Email">The address.</param>
/// <param name="DisplayName">The name.</param>
/// <param name="Culture"><c>uk</c> or <c>en</c>.</param>
/// <param name="IsOperator">A member of the city team.</param>
public sealed record ConsolePerson(UserId Id, string Email, string DisplayName, CultureInfo Culture, bool IsOperator);
