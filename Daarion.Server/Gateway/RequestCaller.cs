using Daarion.Core.Kernel;

namespace Daarion.Server.Gateway;

/// <summary>The caller of a request, as the gateway found it; a handler takes it as a parameter and passes it on.</summary>
internal sealed record RequestCaller(Caller Caller)
{
    public static implicit operator Caller(RequestCaller request) => request.Caller;

    public static ValueTask<RequestCaller> BindAsync(HttpContext http) => ValueTask.FromResult(
        http.Features.Get<RequestCaller>() ?? throw new CityException(ErrorCode.Unauthenticated, "Sign in, or present a key, to call this."));
}
