using Daarion.Core.Kernel;
using Daarion.Server.Settings;
using Daarion.UI;

namespace Daarion.Server.SignIn;

/// <summary>The cookie of a session, and the one by which a browser knows its own sign-in links again.</summary>
internal sealed class SessionCookie(CitySettings settings)
{
    private const string Browser = "daarion_browser";
    private readonly bool secure = settings.PublicUrl.Scheme == Uri.UriSchemeHttps;

    /// <summary><c>__Host-daarion</c> behind TLS: then no other host and no plain connection can set it. Plain <c>daarion</c> without.</summary>
    public string Name => secure ? "__Host-daarion" : "daarion";

    public void Set(HttpContext http, string token, DateTimeOffset expiresAt)
    {
        http.Response.Cookies.Append(Name, token, Options(expiresAt));
        ForgetLanguage(http);
    }

    public void Clear(HttpContext http)
    {
        http.Response.Cookies.Delete(Name, Options(null));
        ForgetLanguage(http);
    }

    /// <summary>What this browser keeps, if anything.</summary>
    public string? BrowserOf(HttpContext http) => http.Request.Cookies[Browser];

    /// <summary>What this browser keeps, given to it where it has nothing yet.</summary>
    public string EnsureBrowser(HttpContext http)
    {
        if (BrowserOf(http) is { Length: > 0 } known)
        {
            return known;
        }

        var fresh = OneTimeToken.New();
        http.Response.Cookies.Append(Browser, fresh, Options(null));
        return fresh;
    }

    // A browser may have other people at it: the next page takes the language from whoever came in, or from the browser itself.
    private static void ForgetLanguage(HttpContext http) => http.Response.Cookies.Delete(ScreenWishes.LanguageCookie);

    private CookieOptions Options(DateTimeOffset? expiresAt) =>
        new() { HttpOnly = true, Secure = secure, SameSite = SameSiteMode.Lax, Path = "/", Expires = expiresAt, IsEssential = true };
}
