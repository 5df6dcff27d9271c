using Daarion.Server.Settings;

namespace Daarion.Server.Gateway;

/// <summary>
/// TRACE and CONNECT are refused. OPTIONS exists only as a CORS preflight: from a configured origin, for the public API. The CORS floor would answer any
/// other preflight as well, so this door stands before it.
/// </summary>
internal static class MethodDoor
{
    private const string Taken = "GET, HEAD, POST, PUT, PATCH, DELETE";

    public static IApplicationBuilder UseMethodDoor(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (!HttpMethods.IsTrace(http.Request.Method) && !HttpMethods.IsConnect(http.Request.Method) && (!HttpMethods.IsOptions(http.Request.Method) || IsPreflight(http)))
        {
            return next(http);
        }

        http.Response.Headers.Allow = Taken;
        return Problems.WriteMethodNotAllowed(http);
    });

    private static bool IsPreflight(HttpContext http) =>
        http.Request.Headers is { Origin: [{ } origin], AccessControlRequestMethod.Count: 1 }
        && http.Request.Path.StartsWithSegments("/api/v1", StringComparison.Ordinal)
        && http.Features.Get<ListenerFeature>()?.Listener == Listener.Public
        && http.RequestServices.GetRequiredService<CitySettings>().CorsOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase);
}
