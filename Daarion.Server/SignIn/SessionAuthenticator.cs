using System.Security.Claims;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Server.Gateway;
using OpenIddict.Abstractions;
using OpenIddict.Validation;

namespace Daarion.Server.SignIn;

/// <summary>Knows people by the cookie of their session.</summary>
internal sealed class SessionAuthenticator(ISignInService signIn, SessionCookie cookie) : ISessionAuthenticator
{
    private const int MaxLength = 128;

    public string CookieName => cookie.Name;

    public async ValueTask<Gateway.SignedIn?> Authenticate(HttpContext http, string cookie)
    {
        if (cookie.Length > MaxLength)
        {
            return null;
        }

        try
        {
            var session = await signIn.Resume(Caller.Anonymous(RequestOrigin.Of(http)), new ResumeSession(cookie), http.RequestAborted);
            http.User = SessionClaims.Of(session, RequestOrigin.Of(http));
            return new Gateway.SignedIn(session.UserId, session.SessionId);
        }
        catch (CityException e) when (e.Code == ErrorCode.Unauthenticated)
        {
            return null;
        }
    }
}

/// <summary>What a console's circuit knows of the session it was opened by.</summary>
internal static class SessionClaims
{
    public const string User = "sub";
    public const string Session = "sid";
    public const string Ip = "ip";
    public const string UserAgent = "user_agent";

    public static ClaimsPrincipal Of(SessionPerson session, Origin origin)
    {
        var identity = new ClaimsIdentity("session", User, null);
        identity.AddClaim(new Claim(User, session.UserId.Value));
        identity.AddClaim(new Claim(Session, session.SessionId.Value));
        if (origin.Ip is { } ip)
        {
            identity.AddClaim(new Claim(Ip, ip.ToString()));
        }

        if (origin.UserAgent is { Length: > 0 } agent)
        {
            identity.AddClaim(new Claim(UserAgent, agent));
        }

        return new ClaimsPrincipal(identity);
    }
}

/// <summary>Knows service keys by their access tokens. Whether the key is still good is a fact that the PDP asks for at every decision.</summary>
internal sealed class TokenAuthenticator : ITokenAuthenticator
{
    public async ValueTask<string?> Authenticate(HttpContext http, string token)
    {
        try
        {
            var principal = await http.RequestServices.GetRequiredService<OpenIddictValidationService>().ValidateAccessTokenAsync(token, http.RequestAborted);
            return principal.GetClaim(OpenIddictConstants.Claims.Subject) is { } subject && CityApplications.IsServiceKey(subject) ? subject : null;
        }
        catch (OpenIddictExceptions.ProtocolException)
        {
            return null;
        }
    }
}
