using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.Server.Gateway;
using Daarion.UI;

namespace Daarion.Server.SignIn;

/// <summary>The forms of the sign-in pages (<see cref="SignInAddresses"/>): each ends in a redirect, to where one wanted to go or back with what is wrong.</summary>
internal static class SignInForms
{
    public static void Map(WebApplication app)
    {
        var forms = app.MapGroup(string.Empty).OnListener(Listener.Public).ExcludeFromDescription();
        forms.MapPost(SignInAddresses.SendCodeForm, SendCode).AllowsVisitors();
        forms.MapPost(SignInAddresses.VerifyCodeForm, VerifyCode).AllowsVisitors();
        forms.MapPost(SignInAddresses.ConfirmLinkForm, ConfirmLink).AllowsVisitors();
        forms.MapPost(SignInAddresses.SetupForm, Setup).AllowsVisitors();
        forms.MapPost(SignInAddresses.InvitationForm, AcceptInvitation).AllowsVisitors();
        forms.MapGet(SignInAddresses.InvitationForm, AcceptAfterSignIn).AllowsVisitors();
        forms.MapPost(SignInAddresses.SignOutForm, SignOut).AllowsVisitors();
    }

    private static async Task<SeeOther> SendCode(HttpContext http, ISignInService signIn, SessionCookie cookie, CancellationToken ct)
    {
        var form = await Form.Read(http, ct);
        var back = Back(SignInAddresses.SignInPage, ("email", form["email"]), ("return_url", form.ReturnUrl));
        return await Guarded(back, async () =>
        {
            await signIn.RequestCode(SignInApi.Visitor(http), new RequestCode(form["email"], form.Optional("locale"), cookie.EnsureBrowser(http), form.ReturnUrl), ct);
            return Back(SignInAddresses.SignInPage, ("email", form["email"]), ("return_url", form.ReturnUrl), ("sent", "1"));
        });
    }

    private static async Task<SeeOther> VerifyCode(HttpContext http, ISignInService signIn, SessionCookie cookie, CancellationToken ct)
    {
        var form = await Form.Read(http, ct);
        var back = Back(SignInAddresses.SignInPage, ("email", form["email"]), ("return_url", form.ReturnUrl), ("sent", "1"));
        return await Guarded(back, async () =>
        {
            var session = await signIn.VerifyCode(SignInApi.Visitor(http), new VerifyCode(form["email"], form["code"]), ct);
            cookie.Set(http, session.Token, session.ExpiresAt);
            return form.ReturnUrl ?? session.ReturnPath ?? "/";
        });
    }

    private static async Task<SeeOther> ConfirmLink(HttpContext http, ISignInService signIn, SessionCookie cookie, CancellationToken ct)
    {
        var form = await Form.Read(http, ct);
        return await Guarded(SignInAddresses.SignInPage, async () =>
        {
            var session = await signIn.RedeemLink(SignInApi.Visitor(http), new RedeemLink(form["token"]), ct);
            cookie.Set(http, session.Token, session.ExpiresAt);
            return session.ReturnPath ?? "/";
        }, SignInErrors.Link);
    }

    private static async Task<SeeOther> Setup(HttpContext http, ISignInService signIn, SessionCookie cookie, CancellationToken ct)
    {
        var form = await Form.Read(http, ct);
        return await Guarded(Back(SignInAddresses.SetupPage, ("token", form["token"])), async () =>
        {
            var request = new CompleteSetup(form["token"], form["email"], form["display_name"], form["city_name"], form.Optional("locale"));
            var session = await signIn.CompleteSetup(SignInApi.Visitor(http), request, ct);
            cookie.Set(http, session.Token, session.ExpiresAt);
            return session.ReturnPath ?? "/";
        }, SignInErrors.Link);
    }

    private static async Task<SeeOther> AcceptInvitation(
        HttpContext http, RequestCaller caller, ISignInService signIn, IMembershipService memberships, SessionCookie cookie, CancellationToken ct)
    {
        var form = await Form.Read(http, ct);
        var token = form["token"];
        return await Guarded(Back(SignInAddresses.InvitationPage, ("token", token)), async () =>
        {
            if (await AcceptOwn(http, caller, memberships, token, ct) is { } team)
            {
                return team;
            }

            try
            {
                var session = await signIn.RedeemInvitation(SignInApi.Visitor(http), new RedeemInvitation(token, form.Optional("display_name"), form.Optional("locale")), ct);
                cookie.Set(http, session.Token, session.ExpiresAt);
                return session.ReturnPath ?? "/";
            }
            catch (CityException e) when (e.Reason == "sign_in_required")
            {
                var invitation = await memberships.InspectInvitation(SignInApi.Visitor(http), new InspectInvitation(token), ct);
                return Back(SignInAddresses.SignInPage, ("email", invitation.Email), ("return_url", Back(SignInAddresses.InvitationForm, ("token", token))));
            }
        }, SignInErrors.Link);
    }

    /// <summary>Where the sign-in leads that an invitation asked for. Whoever comes here otherwise is shown the invitation: following a link accepts nothing for somebody else.</summary>
    private static async Task<SeeOther> AcceptAfterSignIn(HttpContext http, RequestCaller caller, string? token, IMembershipService memberships, CancellationToken ct)
    {
        var page = Back(SignInAddresses.InvitationPage, ("token", token));
        return await Guarded(page, async () => await AcceptOwn(http, caller, memberships, token ?? string.Empty, ct) ?? page, SignInErrors.Link);
    }

    // The page of the team, where the invitation is the signed-in person's own; null where it is not.
    private static async Task<string?> AcceptOwn(HttpContext http, Caller caller, IMembershipService memberships, string token, CancellationToken ct)
    {
        if (caller.SessionId is null)
        {
            return null;
        }

        try
        {
            var invitation = await memberships.InspectInvitation(SignInApi.Visitor(http), new InspectInvitation(token), ct);
            return $"/teams/{(await memberships.AcceptMyInvitation(caller, new AcceptMyInvitation(invitation.Id), ct)).TeamId}";
        }
        catch (CityException e) when (e.Code == ErrorCode.NotFound)
        {
            return null;
        }
    }

    private static async Task<SeeOther> SignOut(HttpContext http, RequestCaller caller, ISessionService sessions, SessionCookie cookie, CancellationToken ct)
    {
        await Form.Read(http, ct);
        if (caller.Caller.SessionId is { } session)
        {
            await sessions.End(caller, new EndSession(session), ct);
        }

        cookie.Clear(http);
        return new SeeOther(SignInAddresses.SignInPage);
    }

    private static async Task<SeeOther> Guarded(string back, Func<Task<string>> work, string proofError = SignInErrors.Code)
    {
        try
        {
            return new SeeOther(await work());
        }
        catch (CityException e) when (ErrorOf(e.Code, proofError) is { } error)
        {
            return new SeeOther($"{back}{(back.Contains('?', StringComparison.Ordinal) ? '&' : '?')}error={error}");
        }
    }

    private static string? ErrorOf(ErrorCode code, string proofError) => code switch
    {
        ErrorCode.Unauthenticated or ErrorCode.Conflict or ErrorCode.Forbidden => proofError,
        ErrorCode.RateLimited => SignInErrors.TooMany,
        ErrorCode.InvalidPayload => SignInErrors.Invalid,
        ErrorCode.Unavailable => SignInErrors.Unavailable,
        _ => null,
    };

    private static string Back(string page, params ReadOnlySpan<(string Name, string? Value)> fields)
    {
        var query = new QueryBuilderOf();
        foreach (var (name, value) in fields)
        {
            query.Add(name, value);
        }

        return page + query;
    }

    /// <summary>A form of one of the city's own pages.</summary>
    private sealed class Form(IFormCollection fields)
    {
        private const int MaxFieldLength = 2048;

        public string this[string name] => Optional(name) ?? string.Empty;

        /// <summary>Where to go in the end: a page of this city, or nowhere in particular.</summary>
        public string? ReturnUrl => Optional("return_url") is { } path && path.StartsWith('/') && !path.StartsWith("//", StringComparison.Ordinal) && !path.StartsWith("/\\", StringComparison.Ordinal)
            && !path.Any(char.IsControl) ? path : null;

        public static async Task<Form> Read(HttpContext http, CancellationToken ct)
        {
            SameOrigin.Require(http);
            return http.Request.HasFormContentType
                ? new Form(await http.Request.ReadFormAsync(ct))
                : throw new CityException(ErrorCode.UnsupportedMediaType, "Send a form.");
        }

        public string? Optional(string name) => fields[name] is [{ Length: > 0 and <= MaxFieldLength } only] ? only : null;
    }

    private sealed class QueryBuilderOf
    {
        private QueryString query;

        public void Add(string name, string? value) => query = string.IsNullOrEmpty(value) ? query : query.Add(name, value);

        public override string ToString() => query.ToUriComponent();
    }
}

/// <summary>303: the answer to a form, to be fetched from elsewhere.</summary>
internal sealed class SeeOther(string location) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = location;
        httpContext.Response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
