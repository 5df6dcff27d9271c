using Daarion.Core.Auth;
using Daarion.Core.Capabilities.AccessKeys;
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
            return new Gateway.SignedIn(session.UserId, session.SessionId);
        }
        catch (CityException e) when (e.Code == ErrorCode.Unauthenticated)
        {
            return null;
        }
    }
}

/// <summary>Knows service keys by their access tokens. Whether the key is still good is a fact that the PDP asks for at every decision.</summary>
internal sealed class TokenAuthenticator(ProvenTokens proven) : ITokenAuthenticator
{
    public async ValueTask<ServiceKeyToken?> Authenticate(HttpContext http, string token)
    {
        if (proven.Find(token) is { } known)
        {
            return known;
        }

        try
        {
            var principal = await http.RequestServices.GetRequiredService<OpenIddictValidationService>().ValidateAccessTokenAsync(token, http.RequestAborted);
            if (principal.GetClaim(OpenIddictConstants.Claims.Subject) is not { } subject || !CityApplications.IsServiceKey(subject))
            {
                return null;
            }

            var proof = new ServiceKeyToken(subject, principal.GetScopes());
            if (principal.GetExpirationDate() is { } end)
            {
                proven.Keep(token, proof, end);
            }

            return proof;
        }
        catch (OpenIddictExceptions.ProtocolException)
        {
            return null;
        }
    }
}

/// <summary>Knows access keys by their secrets. Whether the key is still good is asked here and again at every decision.</summary>
internal sealed class AccessKeyAuthenticator(IAccessKeyService keys) : IAccessKeyAuthenticator
{
    public async ValueTask<PresentedKey> Authenticate(HttpContext http, string presented)
    {
        var origin = RequestOrigin.Of(http);
        var proof = await keys.Verify(Caller.Anonymous(origin), new VerifyAccessKey(presented), http.RequestAborted);
        return proof is { Good: true, KeyId: { } key, Subject: { } subject }
            ? new PresentedKey(Caller.ForAccessKey(key.Value, subject.Kind, subject.Value, origin), null)
            : new PresentedKey(null, proof.Reason);
    }
}
