using System.Collections.Immutable;
using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Server.Gateway;
using Daarion.UI;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Daarion.Server.SignIn;

/// <summary>What the OpenID Connect server leaves to the city: who is signed in, whether they consent, what a token says.</summary>
internal static class OidcEndpoints
{
    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;
    private const string Decision = "decision";
    private static readonly TimeSpan FreshSignIn = TimeSpan.FromMinutes(5);
    private static readonly string[] GetAndPost = [HttpMethods.Get, HttpMethods.Post];

    public static void Map(WebApplication app)
    {
        var connect = app.MapGroup(string.Empty).OnListener(Listener.Public).ExcludeFromDescription();
        connect.MapMethods($"/{OidcAddresses.Authorize}", GetAndPost, Authorize).AllowsVisitors();
        connect.MapPost($"/{OidcAddresses.Token}", Exchange).ProvesItself();
        connect.MapMethods($"/{OidcAddresses.UserInfo}", GetAndPost, UserInfo).ProvesItself();
        connect.MapMethods($"/{OidcAddresses.EndSession}", GetAndPost, EndSession).AllowsVisitors();
    }

    private static async Task<IResult> Authorize(
        HttpContext http, RequestCaller caller, IUserService users, ISessionService sessions, IOidcClientService clients, IOpenIddictApplicationManager applications,
        IOpenIddictAuthorizationManager authorizations, TimeProvider clock, CancellationToken ct)
    {
        var request = RequestOf(http);
        if (caller.Caller.SessionId is not { } sessionId || caller.Caller.User is not { } user)
        {
            return request.HasPromptValue(PromptValues.None) ? Refuse(Errors.LoginRequired, "Nobody is signed in.") : ToSignIn(http);
        }

        var signedInAt = (await sessions.Get(caller, new GetSession(sessionId), ct)).CreatedAt;
        if (IsTooLongAgo(request, clock.GetUtcNow() - signedInAt))
        {
            return request.HasPromptValue(PromptValues.None) ? Refuse(Errors.LoginRequired, "The sign-in is too long ago.") : ToSignIn(http);
        }

        if (http.Request.Method == HttpMethods.Post)
        {
            SameOrigin.Require(http);
        }

        // Only the form of the city's own page says yes; a no may also come back from it as an address.
        var posted = http.Request.Method == HttpMethods.Post;
        var decision = (string?)request[Decision];
        if (decision == "deny")
        {
            return posted ? Onwards(http, keepDecision: true) : Refuse(Errors.AccessDenied, "The person said no.");
        }

        var application = await applications.FindByClientIdAsync(request.ClientId!, ct) ?? throw CityException.NotFound("app");
        var applicationId = await applications.GetIdAsync(application, ct) ?? throw CityException.NotFound("app");
        var scopes = request.GetScopes();
        var consent = await Consent(authorizations, user, applicationId, scopes, ct);
        if (decision == "allow" && posted)
        {
            if (consent is null)
            {
                await clients.GrantConsent(caller, new GrantConsent(request.ClientId!, scopes), ct);
            }

            return Onwards(http, keepDecision: false);
        }

        if (consent is null || request.HasPromptValue(PromptValues.Consent))
        {
            return request.HasPromptValue(PromptValues.None)
                ? Refuse(Errors.ConsentRequired, "The person has not consented yet.")
                : TypedResults.Redirect($"{SignInAddresses.ConsentPage}{Query(http, null)}");
        }

        var person = await users.Me(caller, new GetMe(), ct);
        var identity = Identity(person, scopes, signedInAt.ToUnixTimeSeconds());
        identity.SetAuthorizationId(await authorizations.GetIdAsync(consent, ct));
        return TypedResults.SignIn(new ClaimsPrincipal(identity), authenticationScheme: Scheme);
    }

    private static async Task<IResult> Exchange(HttpContext http, IKeyFacts keys, IUserService users, CancellationToken ct)
    {
        var request = RequestOf(http);
        if (request.IsClientCredentialsGrantType())
        {
            return CityApplications.IsServiceKey(request.ClientId) && await keys.Key(request.ClientId!, ct) is { Revoked: null } key
                ? TypedResults.SignIn(new ClaimsPrincipal(Identity(key, request.GetScopes())), authenticationScheme: Scheme)
                : Refuse(Errors.UnauthorizedClient, "Only service keys get tokens this way.");
        }

        // The code or the refresh token was checked by the server; what it says of the person may have changed since.
        var kept = (await http.AuthenticateAsync(Scheme)).Principal;
        if (kept is null || !UserId.TryParse(kept.GetClaim(Claims.Subject), out var id))
        {
            return Refuse(Errors.InvalidGrant, "This grant is not good.");
        }

        var person = await users.Get(Caller.ForService(ServiceName.Auth, RequestOrigin.Of(http).Origin.RequestId), new GetUser(id), ct);
        if (person.DisabledAt is not null)
        {
            return Refuse(Errors.InvalidGrant, "This person may no longer sign in.");
        }

        var identity = Identity(new MeView(person.Id, person.Email, person.DisplayName, person.Locale, null, person.CreatedAt, person.LastLoginAt), kept.GetScopes(), kept.GetClaim(Claims.AuthenticationTime) is { } at ? long.Parse(at, CultureInfo.InvariantCulture) : null);
        identity.SetAuthorizationId(kept.GetAuthorizationId());
        return TypedResults.SignIn(new ClaimsPrincipal(identity), authenticationScheme: Scheme);
    }

    private static async Task<IResult> UserInfo(HttpContext http, IUserService users, CancellationToken ct)
    {
        RequestOf(http);
        var principal = (await http.AuthenticateAsync(Scheme)).Principal;
        if (principal is null || !UserId.TryParse(principal.GetClaim(Claims.Subject), out var id))
        {
            return TypedResults.Challenge(new AuthenticationProperties(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                [OpenIddictServerAspNetCoreConstants.Properties.Error] = Errors.InvalidToken,
            }), [Scheme]);
        }

        var person = await users.Get(Caller.ForService(ServiceName.Auth, RequestOrigin.Of(http).Origin.RequestId), new GetUser(id), ct);
        var claims = new Dictionary<string, object>(StringComparer.Ordinal) { [Claims.Subject] = person.Id.Value };
        if (principal.HasScope(Scopes.Email))
        {
            (claims[Claims.Email], claims[Claims.EmailVerified]) = (person.Email, true);
        }

        if (principal.HasScope(Scopes.Profile))
        {
            (claims[Claims.Name], claims[Claims.Locale]) = (person.DisplayName, person.Locale);
        }

        return TypedResults.Ok(claims);
    }

    private static async Task<IResult> EndSession(HttpContext http, RequestCaller caller, ISessionService sessions, SessionCookie cookie, CancellationToken ct)
    {
        RequestOf(http);
        if (caller.Caller.SessionId is { } session)
        {
            await sessions.End(caller, new EndSession(session), ct);
            cookie.Clear(http);
        }

        return TypedResults.SignOut(new AuthenticationProperties { RedirectUri = SignInAddresses.SignInPage }, [Scheme]);
    }

    // The server takes a request only for its own address: one that came by another scheme or name is none of its requests, and asking it about that one fails.
    private static OpenIddictRequest RequestOf(HttpContext http) =>
        http.GetOpenIddictServerRequest() ?? throw CityException.Invalid("request", "This is not a request of OpenID Connect to this city's address.");

    private static ClaimsIdentity Identity(KeyFact key, ImmutableArray<string> asked)
    {
        var identity = new ClaimsIdentity(Scheme, Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, key.KeyId).SetClaim(Claims.Name, key.Name);
        identity.SetScopes(asked.Length == 0 ? key.Capabilities.ToImmutableArray() : asked);
        identity.SetDestinations(_ => [Destinations.AccessToken]);
        return identity;
    }

    // An app may ask for a fresh sign-in, or for one that is not older than so many seconds.
    private static bool IsTooLongAgo(OpenIddictRequest request, TimeSpan age) =>
        (request.HasPromptValue(PromptValues.Login) && age > FreshSignIn) || (request.MaxAge is { } seconds && age > TimeSpan.FromSeconds(Math.Max(seconds, 1)));

    private static ClaimsIdentity Identity(MeView person, ImmutableArray<string> scopes, long? signedInAt)
    {
        var identity = new ClaimsIdentity(Scheme, Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, person.Id.Value)
            .SetClaim(Claims.Name, person.DisplayName)
            .SetClaim(Claims.Locale, person.Locale)
            .SetClaim(Claims.Email, person.Email)
            .SetClaim(Claims.EmailVerified, true);
        if (signedInAt is { } at)
        {
            identity.SetClaim(Claims.AuthenticationTime, at);
        }

        identity.SetScopes(scopes);
        identity.SetDestinations(claim => claim.Type switch
        {
            Claims.Name or Claims.Locale => scopes.Contains(Scopes.Profile) ? [Destinations.IdentityToken] : [],
            Claims.Email or Claims.EmailVerified => scopes.Contains(Scopes.Email) ? [Destinations.IdentityToken] : [],
            _ => [Destinations.AccessToken, Destinations.IdentityToken],
        });
        return identity;
    }

    private static async Task<object?> Consent(IOpenIddictAuthorizationManager authorizations, UserId user, string applicationId, ImmutableArray<string> scopes, CancellationToken ct)
    {
        await foreach (var consent in authorizations.FindAsync(user.Value, applicationId, Statuses.Valid, AuthorizationTypes.Permanent, scopes, ct))
        {
            return consent;
        }

        return null;
    }

    private static Refusal Refuse(string error, string description) => new(error, description);

    private static RedirectHttpResult ToSignIn(HttpContext http) =>
        TypedResults.Redirect($"{SignInAddresses.SignInPage}?return_url={Uri.EscapeDataString($"/{OidcAddresses.Authorize}{Query(http, null)}")}");

    /// <summary>
    /// After the consent form: a page that goes on by itself. A redirect would be part of the form's own submission, which may not leave the
    /// city (<c>form-action 'self'</c>), and the next step leads to the app.
    /// </summary>
    private static ContentHttpResult Onwards(HttpContext http, bool keepDecision)
    {
        var target = HtmlEncoder.Default.Encode($"/{OidcAddresses.Authorize}{Query(http, keepDecision ? "deny" : null, answered: true)}");
        return TypedResults.Content($"<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0;url={target}\"><title>…</title><a href=\"{target}\">→</a>", "text/html; charset=utf-8");
    }

    // An app that wants the person asked again has had that; the address onwards would have them asked for ever.
    private static string? WithoutConsent(string? prompt) => prompt is null ? null : string.Join(' ', prompt.Split(' ').Where(value => value != PromptValues.Consent));

    private static string Query(HttpContext http, string? decision, bool answered = false)
    {
        var fields = (http.Request.HasFormContentType ? http.Request.Form : (IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>>)http.Request.Query)
            .Where(field => field.Key != Decision)
            .SelectMany(field => field.Value.Select(value => KeyValuePair.Create(field.Key, answered && field.Key == Parameters.Prompt ? WithoutConsent(value) : value)))
            .Where(field => field.Key != Parameters.Prompt || !string.IsNullOrEmpty(field.Value));
        return QueryString.Create(decision is null ? fields : fields.Append(KeyValuePair.Create(Decision, (string?)decision))).Value ?? string.Empty;
    }

    /// <summary>A refusal in the protocol's own words, sent back to the app.</summary>
    private sealed class Refusal(string error, string description) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => httpContext.ForbidAsync(Scheme, new AuthenticationProperties(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
            [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
        }));
    }
}
