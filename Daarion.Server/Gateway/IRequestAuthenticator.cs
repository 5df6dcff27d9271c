using System.Diagnostics.CodeAnalysis;
using Daarion.Core.Kernel;

namespace Daarion.Server.Gateway;

/// <summary>Knows people by their session cookie, on the public listener. The sign-in part implements it.</summary>
internal interface ISessionAuthenticator
{
    /// <summary>The name of the cookie: <c>__Host-daarion</c> behind TLS, <c>daarion</c> on loopback.</summary>
    string CookieName { get; }

    /// <summary>The person of a living session; null where the cookie names none. Also extends the session.</summary>
    ValueTask<SignedIn?> Authenticate(HttpContext http, string cookie);
}

/// <summary>A person with a living session.</summary>
internal sealed record SignedIn(UserId User, SessionId Session);

/// <summary>Knows service keys by their access tokens, on the internal listener. The sign-in part implements it.</summary>
internal interface ITokenAuthenticator
{
    /// <summary>What a token says of its service key; null for a token that is forged, expired, revoked or not a service key's.</summary>
    ValueTask<ServiceKeyToken?> Authenticate(HttpContext http, string token);
}

/// <summary>A service key as its token names it.</summary>
/// <param name="ClientId">The key.</param>
/// <param name="Scopes">The capabilities that the token was asked for.</param>
internal sealed record ServiceKeyToken(string ClientId, IReadOnlyList<string> Scopes);

/// <summary>Knows access keys by their secrets, on the public listener.</summary>
internal interface IAccessKeyAuthenticator
{
    /// <summary>What a presented key came to.</summary>
    ValueTask<PresentedKey> Authenticate(HttpContext http, string presented);
}

/// <summary>A key that was presented.</summary>
/// <param name="Caller">The caller it makes; null for a key that is not good.</param>
/// <param name="Reason">Why not, for whoever has its secret; null for a wrong one.</param>
internal sealed record PresentedKey(Caller? Caller, string? Reason);

internal static class BearerToken
{
    private const int MaxLength = 16 * 1024;

    /// <summary>The token of an <c>Authorization: Bearer</c> header.</summary>
    public static bool TryRead(HttpRequest request, [NotNullWhen(true)] out string? token)
    {
        const string Scheme = "Bearer ";
        var header = request.Headers.Authorization is [{ } only] ? only : string.Empty;
        token = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && header.Length <= MaxLength ? header[Scheme.Length..].Trim() : null;
        return token is { Length: > 0 };
    }
}
