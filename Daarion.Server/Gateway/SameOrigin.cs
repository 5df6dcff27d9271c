using Daarion.Core.Kernel;
using Daarion.Server.Settings;

namespace Daarion.Server.Gateway;

/// <summary>
/// A request that carries the session cookie and changes something, or opens a live connection, must come from the city's own pages:
/// browsers say where it comes from (<c>Sec-Fetch-Site</c>, <c>Origin</c>), and programs that are no browsers say nothing.
/// </summary>
internal static class SameOrigin
{
    public static void Require(HttpContext http)
    {
        var request = http.Request;
        var safe = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (safe && !http.WebSockets.IsWebSocketRequest)
        {
            return;
        }

        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var origin = request.Headers.Origin.ToString();
        if ((site.Length > 0 && site is not ("same-origin" or "none")) || (origin.Length > 0 && !IsOurs(http, origin)))
        {
            throw new CityException(ErrorCode.Forbidden, "This request comes from another site's page. Use the city's own pages, or a key.") { Reason = "cross_site" };
        }
    }

    private static bool IsOurs(HttpContext http, string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from)
        && (string.Equals(from.GetLeftPart(UriPartial.Authority), http.RequestServices.GetRequiredService<CitySettings>().PublicUrl.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase)
            || string.Equals(from.Authority, http.Request.Host.Value, StringComparison.OrdinalIgnoreCase));
}
