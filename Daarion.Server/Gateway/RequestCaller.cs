using Daarion.Core.Kernel;

namespace Daarion.Server.Gateway;

/// <summary>The caller of a request, as the gateway found it; a handler takes it as a parameter and passes it on.</summary>
internal sealed record RequestCaller(Caller Caller)
{
    public static implicit operator Caller(RequestCaller request) => request.Caller;

    public static ValueTask<RequestCaller> BindAsync(HttpContext http) => ValueTask.FromResult(
        http.Features.Get<RequestCaller>() ?? throw new CityException(ErrorCode.Unauthenticated, "Sign in, or present a key, to call this."));
}

/// <summary>Where the request came from, for entrances that make their own caller out of a proof.</summary>
internal sealed record RequestOrigin(Origin Origin)
{
    public static implicit operator Origin(RequestOrigin request) => request.Origin;

    public static ValueTask<RequestOrigin> BindAsync(HttpContext http) => ValueTask.FromResult(Of(http));

    public static RequestOrigin Of(HttpContext http)
    {
        if (http.Features.Get<RequestOrigin>() is { } known)
        {
            return known;
        }

        var origin = new RequestOrigin(new Origin($"req_{http.TraceIdentifier}", http.Connection.RemoteIpAddress, http.Request.Headers.UserAgent));
        http.Features.Set(origin);
        return origin;
    }
}
