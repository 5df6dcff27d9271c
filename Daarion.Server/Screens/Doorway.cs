using System.Net;
using Daarion.Core.Kernel;
using Daarion.Server.Gateway;
using Daarion.Server.Settings;
using Daarion.UI;

namespace Daarion.Server.Screens;

/// <summary>What the pages before the sign-in know of the server.</summary>
internal sealed class Doorway(IHttpContextAccessor accessor, CitySettings settings) : IDoorway
{
    public Caller Visitor => Caller.Anonymous(RequestOrigin.Of(accessor.HttpContext ?? throw new InvalidOperationException("The pages before the sign-in are plain documents")));

    // Only who sits at the machine can read the folder, so only they are told of it.
    public string? MailDrop => settings.Smtp is null && accessor.HttpContext?.Connection.RemoteIpAddress is { } ip && IPAddress.IsLoopback(ip)
        ? Path.Combine(Path.GetFullPath(settings.DataFolder), "mail")
        : null;

    public IReadOnlyList<KeyValuePair<string, string>> Query => accessor.HttpContext is { } http
        ? [.. http.Request.Query.SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? string.Empty)))]
        : [];
}

/// <summary>Reads what a browser remembers.</summary>
internal static class Wishes
{
    public static ScreenWishes Of(IServiceProvider services)
    {
        var cookies = services.GetRequiredService<IHttpContextAccessor>().HttpContext?.Request.Cookies;
        return new ScreenWishes(
            cookies?[ScreenWishes.ThemeCookie] is "light" or "dark" ? cookies[ScreenWishes.ThemeCookie] : null,
            cookies?[ScreenWishes.RailCookie] == "narrow",
            cookies?[ScreenWishes.ZoneCookie],
            services.GetRequiredService<OpenConsoles>().CityName);
    }
}
