using Daarion.Core.Kernel;

namespace Daarion.Server.Gateway;

/// <summary>
/// Finds out who calls: a person by the session cookie on the public listener, an access key on that listener's API, a service key by its access
/// token on the internal one, there optionally for a person (<c>Daarion-Subject</c>). Who does not say so uses up the address's budget.
/// </summary>
internal sealed class CallerDoor(
    RequestDelegate next, IUnauthenticatedBudget budget, ISessionAuthenticator? sessions = null, ITokenAuthenticator? tokens = null, IAccessKeyAuthenticator? accessKeys = null)
{
    private const string SubjectHeader = "Daarion-Subject";
    private static readonly PathString[] TakeAccessKeys = ["/api"];

    public async Task InvokeAsync(HttpContext http)
    {
        var marks = http.GetEndpoint()?.Metadata;
        if (marks?.GetMetadata<UnmeteredMetadata>() is not null || StaticAssets.IsOne(http))
        {
            await next(http);
            return;
        }

        var caller = http.Listener() == Listener.Public ? await AccessKey(http) ?? await Person(http) : await ServiceKey(http);
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

    // Who presents a key is meant to be that key and nobody else: a bad one is refused, and no session beside it counts instead.
    private async Task<Caller?> AccessKey(HttpContext http)
    {
        if (accessKeys is null || !Array.Exists(TakeAccessKeys, path => http.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase))
            || !BearerToken.TryRead(http.Request, out var token) || !token.StartsWith(AccessKeyKind.Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var key = await accessKeys.Authenticate(http, token);
        if (key.Caller is null)
        {
            Charge(http);
            throw new CityException(ErrorCode.Unauthenticated, key.Reason is null ? "There is no such key, or this is not its secret." : "This key is no longer good; make a new one.") { Reason = key.Reason };
        }

        return key.Caller;
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
