using System.Globalization;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.Server.Gateway;
using Daarion.UI;
using Microsoft.AspNetCore.Localization;

namespace Daarion.Server.Screens;

/// <summary>The language of a screen: what this browser chose, else what the person chose, else what the browser asks for.</summary>
internal sealed class ScreenCulture : RequestCultureProvider
{
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(365);

    public static CultureInfo Ukrainian { get; } = CultureInfo.GetCultureInfo("uk-UA");

    public static CultureInfo English { get; } = CultureInfo.GetCultureInfo("en-GB");

    public static CultureInfo Of(string? locale) => locale is not null && locale.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? English : Ukrainian;

    public override async Task<ProviderCultureResult?> DetermineProviderCultureResult(HttpContext httpContext)
    {
        if (httpContext.Request.Cookies[ScreenWishes.LanguageCookie] is "uk" or "en")
        {
            return Result(httpContext.Request.Cookies[ScreenWishes.LanguageCookie]);
        }

        if (httpContext.Features.Get<RequestCaller>()?.Caller is { SessionId: not null } caller && await Chosen(httpContext, caller) is { } locale)
        {
            httpContext.Response.Cookies.Append(ScreenWishes.LanguageCookie, locale, new CookieOptions { MaxAge = Remembered, SameSite = SameSiteMode.Lax, IsEssential = true });
            return Result(locale);
        }

        var asked = httpContext.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(language => language.Quality ?? 1).Select(language => language.Value.ToString());
        return Result(asked.FirstOrDefault(language => language.StartsWith("uk", StringComparison.OrdinalIgnoreCase) || language.StartsWith("en", StringComparison.OrdinalIgnoreCase)));
    }

    private static async Task<string?> Chosen(HttpContext http, Caller caller)
    {
        try
        {
            return (await http.RequestServices.GetRequiredService<IUserService>().Me(caller, new GetMe(), http.RequestAborted)).Locale;
        }
        catch (CityException)
        {
            return null;
        }
    }

    private static ProviderCultureResult Result(string? locale) => new(Of(locale).Name);
}
