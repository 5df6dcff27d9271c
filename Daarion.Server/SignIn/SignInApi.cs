using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Server.Gateway;
using Daarion.UI;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.SignIn;

/// <summary>Signing in for programs and for links: JSON at <c>/auth/v1</c>, and the link of the mail.</summary>
internal static class SignInApi
{
    public static void Map(WebApplication app)
    {
        var auth = app.MapGroup("/auth").OnListener(Listener.Public);
        auth.MapPost("/v1/code", RequestCode).AllowsVisitors().Asks("auth.sign_in");
        auth.MapPost("/v1/code/verify", VerifyCode).AllowsVisitors().Asks("auth.sign_in");
        auth.MapPost("/v1/sign-out", SignOut).Asks("auth.session.end");
        auth.MapGet("/magic", OpenLink).AllowsVisitors().ExcludeFromDescription();
    }

    private static async Task<Accepted<CodeRequested>> RequestCode(HttpContext http, RequestCaller caller, Input<CodeWanted> request, ISignInService signIn, SessionCookie cookie, CancellationToken ct) =>
        TypedResults.Accepted((string?)null, await signIn.RequestCode(Visitor(http), new RequestCode(request.Value.Email, request.Value.Locale, cookie.EnsureBrowser(http), request.Value.ReturnPath), ct));

    private static async Task<Ok<SessionOpened>> VerifyCode(HttpContext http, RequestCaller caller, Input<VerifyCode> request, ISignInService signIn, SessionCookie cookie, CancellationToken ct)
    {
        var session = await signIn.VerifyCode(Visitor(http), request, ct);
        cookie.Set(http, session.Token, session.ExpiresAt);
        return TypedResults.Ok(new SessionOpened(session.SessionId, session.UserId, session.ExpiresAt, session.ReturnPath));
    }

    private static async Task<NoContent> SignOut(HttpContext http, RequestCaller caller, ISessionService sessions, SessionCookie cookie, CancellationToken ct)
    {
        var session = caller.Caller.SessionId ?? throw new CityException(ErrorCode.Unauthenticated, "Nobody is signed in.");
        await sessions.End(caller, new EndSession(session), ct);
        cookie.Clear(http);
        return TypedResults.NoContent();
    }

    private static async Task<RedirectHttpResult> OpenLink(HttpContext http, RequestCaller caller, string? token, ISignInService signIn, SessionCookie cookie, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        var link = await signIn.InspectLink(Visitor(http), new InspectLink(token ?? string.Empty, cookie.BrowserOf(http)), ct);
        if (!link.Good)
        {
            return TypedResults.Redirect($"{SignInAddresses.SignInPage}?error={SignInErrors.Link}");
        }

        if (link.MustConfirm)
        {
            return TypedResults.Redirect($"{SignInAddresses.ConfirmPage}?token={Uri.EscapeDataString(token!)}");
        }

        try
        {
            var session = await signIn.RedeemLink(Visitor(http), new RedeemLink(token!), ct);
            cookie.Set(http, session.Token, session.ExpiresAt);
            return TypedResults.Redirect(session.ReturnPath ?? "/");
        }
        catch (CityException e) when (e.Code == ErrorCode.Unauthenticated)
        {
            return TypedResults.Redirect($"{SignInAddresses.SignInPage}?error={SignInErrors.Link}");
        }
    }

    /// <summary>Whoever opens a link or sends a code is nobody yet, also where another session is open in the browser.</summary>
    public static Caller Visitor(HttpContext http) => Caller.Anonymous(RequestOrigin.Of(http));

    /// <summary>An address that wants a code.</summary>
    internal sealed record CodeWanted(string Email, string? Locale = null, string? ReturnPath = null);

    /// <summary>A session; its token is in the cookie.</summary>
    internal sealed record SessionOpened(SessionId SessionId, UserId UserId, DateTimeOffset ExpiresAt, string? ReturnPath);
}
