using System.Diagnostics;
using Daarion.Server.Settings;

namespace Daarion.Server.Gateway;

/// <summary>The headers every answer carries (contracts §5).</summary>
internal static class SecurityHeaders
{
    // Answers of the API are data: nothing in them may run, load or be framed.
    private const string ApiPolicy = "default-src 'none'; frame-ancestors 'none'";

    public static IApplicationBuilder UseCityHeaders(this IApplicationBuilder app)
    {
        var settings = app.ApplicationServices.GetRequiredService<CitySettings>();
        var pagePolicy = PagePolicy(settings.PublicUrl);
        var overTls = settings.PublicUrl.Scheme == Uri.UriSchemeHttps;
        return app.Use((http, next) =>
        {
            http.Response.OnStarting(() =>
            {
                var headers = http.Response.Headers;
                headers["X-Request-Id"] = RequestOrigin.Of(http).Origin.RequestId;
                headers.XFrameOptions = "DENY";
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
                headers["Cross-Origin-Opener-Policy"] = "same-origin";
                headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
                if (Activity.Current?.Id is { } traceParent)
                {
                    headers.TraceParent = traceParent;
                }

                if (overTls)
                {
                    headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
                }

                if (headers.ContentSecurityPolicy.Count == 0)
                {
                    headers.ContentSecurityPolicy = http.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true ? pagePolicy : ApiPolicy;
                }

                return Task.CompletedTask;
            });
            return next(http);
        });
    }

    /// <summary>
    /// What the console's pages may do. MudBlazor writes its theme as a style element and sizes things with style attributes; scripts are
    /// files only. The live connection is named beside 'self' for browsers that do not count it in.
    /// </summary>
    private static string PagePolicy(Uri publicUrl) => string.Join("; ",
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        $"connect-src 'self' {(publicUrl.Scheme == Uri.UriSchemeHttps ? "wss" : "ws")}://{publicUrl.Authority}",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'");
}
