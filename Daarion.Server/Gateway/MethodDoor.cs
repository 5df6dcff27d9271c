namespace Daarion.Server.Gateway;

/// <summary>TRACE and CONNECT are refused; OPTIONS exists only as a CORS preflight, which the CORS floor has answered before this one.</summary>
internal static class MethodDoor
{
    private const string Taken = "GET, HEAD, POST, PUT, PATCH, DELETE";

    public static IApplicationBuilder UseMethodDoor(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (!HttpMethods.IsTrace(http.Request.Method) && !HttpMethods.IsConnect(http.Request.Method) && !HttpMethods.IsOptions(http.Request.Method))
        {
            return next(http);
        }

        http.Response.Headers.Allow = Taken;
        return Problems.WriteMethodNotAllowed(http);
    });
}
