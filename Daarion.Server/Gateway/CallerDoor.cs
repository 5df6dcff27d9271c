using Daarion.Core.Kernel;

namespace Daarion.Server.Gateway;

/// <summary>
/// Finds out who calls: a person by the session cookie on the public listener, a service key by its access token on the internal one,
/// there optionally for a person (<c>Daarion-Subject</c>). Who does not say so uses up the address's budget.
/// </summary>
internal sealed class CallerDoor(RequestDelegate next, IUnauthenticatedBudget budget, ISessionAuthenticator? sessions = null, ITokenAuthenticator? tokens = null)
{
    private const string SubjectHeader = "Daarion-Subject";

    public async Task InvokeAsync(HttpContext http)
    {
        var marks = http.GetEndpoint()?.Metadata;
        if (marks?.GetMetadata<UnmeteredMetadata>() is not null || StaticAssets.IsOne(http))
        {
            await next(http);
            return;
        }

        var caller = http.Listener() == Listener.Public ? await Person(http) : await ServiceKey(http);
        if (caller is not null)
        {
            http.Features.Set(new RequestCaller(caller));
            await next(http);
            return;
        }

        var visitor = marks?.GetMetadata<VisitorMetadata>();
        if (visitor is not null)
        {
            http.Features.Set(new RequestCaller(Caller.Anonymous(RequestOrigin.Of(http))));
        }

        if (visitor is not { OnlyFailuresCount: true })
        {
            Charge(http);
            await next(http);
            return;
        }

        try
        {
            await next(http);
        }
        catch (CityException e) when (e.Code == ErrorCode.Unauthenticated)
        {
            Charge(http);
            throw;
        }
    }

    private void Charge(HttpContext http)
    {
        http.Features.Set(new ChargedFeature());
        budget.Charge(http.Connection.RemoteIpAddress);
    }

    private async Task<Caller?> Person(HttpContext http)
    {
        if (sessions is null || !http.Request.Cookies.TryGetValue(sessions.CookieName, out var cookie) || string.IsNullOrEmpty(cookie))
        {
            return null;
        }

        SameOrigin.Require(http);
        return await sessions.Authenticate(http, cookie) is { } person ? Caller.ForUser(person.User, person.Session, RequestOrigin.Of(http)) : null;
    }

    private async Task<Caller?> ServiceKey(HttpContext http)
    {
        if (tokens is null || !BearerToken.TryRead(http.Request, out var token) || await tokens.Authenticate(http, token) is not { } key)
        {
            return null;
        }

        return Caller.ForServiceKey(key.ClientId, Subject(http.Request), RequestOrigin.Of(http), key.Scopes);
    }

    private static UserId? Subject(HttpRequest request) => request.Headers[SubjectHeader] switch
    {
        [] => null,
        [{ } one] when UserId.TryParse(one, out var user) => user,
        _ => throw CityException.Invalid(SubjectHeader, "Give one person's id, u_…, or leave the header out."),
    };
}
