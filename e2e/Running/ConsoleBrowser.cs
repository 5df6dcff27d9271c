using Microsoft.Playwright;

namespace Daarion.E2E.Running;

/// <summary>Debian's Chromium, driven as a person would use it.</summary>
public sealed class ConsoleBrowser : IAsyncLifetime
{
    /// <summary>A desk and a phone.</summary>
    public static readonly (int Width, int Height) Desk = (1440, 900);

    /// <inheritdoc cref="Desk"/>
    public static readonly (int Width, int Height) Phone = (390, 844);

    /// <inheritdoc cref="Desk"/>
    public static readonly (int Width, int Height) Narrowest = (360, 780);

    private static readonly string[] Quiet =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    ];

    private IPlaywright? playwright;
    private IBrowser? browser;

    public async Task InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(30_000);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("DAARION_CHROMIUM") is { Length: > 0 } path ? path : "/usr/bin/chromium",
            Args = Quiet,
        });
    }

    public async Task DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
    }

    /// <summary>A new visitor with no cookies.</summary>
    public async Task<IBrowserContext> Visitor(CityProcess city, string language = "en", bool dark = false, (int Width, int Height)? size = null)
    {
        var (width, height) = size ?? Desk;
        var context = await browser!.NewContextAsync(new()
        {
            BaseURL = city.PublicUrl.ToString(),
            Locale = language,
            TimezoneId = "Europe/Kyiv",
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new() { Width = width, Height = height },
        });
        context.SetDefaultTimeout(30_000);
        await context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        return context;
    }

    /// <summary>A visitor who signed in by an operator's one-time link.</summary>
    public async Task<IBrowserContext> Operator(CityProcess city, string email, string language = "en", bool dark = false, (int Width, int Height)? size = null)
    {
        var link = (await city.Admin("admin", "operator", "--email", email)).GetProperty("sign_in_url").GetString()!;
        var context = await Visitor(city, language, dark, size);
        var page = await context.NewPageAsync();
        await page.GotoAsync(link);
        await page.CloseAsync();
        return context;
    }
}
