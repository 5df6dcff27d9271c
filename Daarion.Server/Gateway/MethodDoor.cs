namespace Daarion.Server.Gateway;

/// <summary>TRACE and CONNECT are refused; OPTIONS exists only as a CORS preflight, which the CORS floor has answered before this one.</summary>
internal static class MethodDoor
{
    public static IApplicationBuilder UseMethodDoor(this IApplicationBuilder app) => app.Use((http, next) =>
        HttpMethods.IsTrace(http.Request.Method) || HttpMethods.IsConnect(http.Request.Method) || HttpMethods.IsOptions(http.Request.Method)
            ? Problems.WriteMethodNotAllowed(http)
            : next(http));
}
