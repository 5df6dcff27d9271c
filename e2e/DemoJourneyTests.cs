using Daarion.E2E.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Daarion.E2E;

/// <summary>From an empty city to one with life in it by one button, and what a city with content of its own says instead.</summary>
[Collection(BrowserCollection.Name)]
public sealed class DemoJourneyTests(ConsoleBrowser browser) : IAsyncLifetime
{
    private readonly CityProcess city = new();

    public Task InitializeAsync() => city.Start();

    public Task DisposeAsync() => city.DisposeAsync().AsTask();

    [Fact]
    public async Task An_operator_fills_an_empty_city_watches_it_and_stops_the_meter()
    {
        await using var person = await browser.Operator(city, "olena@example.org");
        var screen = await InEnglish(person);
        var page = screen.Page;
        var strip = page.Locator("#demo");
        await Looks(screen, "demo-offer");

        // By keyboard: the question follows the button, and where it was answered the filling has the focus.
        await page.GetByRole(AriaRole.Button, new() { Name = "Fill with demo data" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "Fill this city with demo data?" })).ToBeVisibleAsync();
        await Looks(screen, "demo-question");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(strip.GetByRole(AriaRole.Progressbar)).ToBeVisibleAsync();
        await Expect(strip).ToBeFocusedAsync();

        // The progress is the server's: a page that is loaded again shows it too, or on a fast machine what came of it.
        await page.ReloadAsync();
        await Expect(strip.GetByRole(AriaRole.Progressbar).Or(strip.GetByRole(AriaRole.Button, new() { Name = "Stop" }))).ToBeVisibleAsync();
        await Looks(screen, "demo-filling");
        await Expect(strip.GetByText("The demo meter is sending.").Last).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(strip.GetByText(" kWh at ")).ToBeVisibleAsync();
        await Expect(page.Locator("#first-steps")).ToHaveCountAsync(0);
        await Looks(screen, "demo-sending");

        await screen.Go("/payouts");
        await Expect(page.Locator("table tbody tr").First).ToBeVisibleAsync();
        await Expect(page.GetByText("Claim", new() { Exact = true }).First).ToBeVisibleAsync();

        await screen.Go("/");
        await strip.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Expect(strip.GetByText("The demo meter is quiet.").Last).ToBeVisibleAsync();
        await Expect(strip.GetByRole(AriaRole.Button, new() { Name = "Start" })).ToBeVisibleAsync();
        await Looks(screen, "demo-quiet");

        // The command at a terminal finds the same demonstration.
        Assert.True((await city.Admin("demo", "--once")).GetProperty("was_there").GetBoolean());
        Assert.Empty(screen.Problems);
    }

    [Fact]
    public async Task A_filling_that_a_dying_server_broke_off_goes_on_when_it_is_told_to()
    {
        await using var person = await browser.Operator(city, "olena@example.org");
        var screen = await InEnglish(person);
        var strip = screen.Page.Locator("#demo");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Fill with demo data" }).ClickAsync();
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Fill the city" }).ClickAsync();
        await Expect(strip.GetByText("Readings are delivered").Last).ToBeVisibleAsync();
        await city.Kill();
        await city.Start();

        // The page finds the server again and loads anew by itself.
        await Expect(strip.GetByText("The demo data is not complete.").Last).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await screen.Ready();
        await Looks(screen, "demo-broke-off");
        await strip.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(strip.GetByText("The demo meter is sending.").Last).ToBeVisibleAsync(new() { Timeout = 60_000 });
        Assert.True((await city.Admin("demo", "--once")).GetProperty("was_there").GetBoolean());
    }

    [Fact]
    public async Task A_city_with_content_of_its_own_says_why_it_is_not_filled_on_the_screen_and_at_the_terminal()
    {
        await using var person = await browser.Operator(city, "olena@example.org");
        var screen = await InEnglish(person);
        await screen.Go("/teams/new");
        await screen.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Riverside");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await Expect(screen.Page.Locator("h1")).ToHaveTextAsync("Riverside");

        await screen.Go("/");
        await Expect(screen.Page.GetByText("this one has teams or platforms of its own")).ToBeVisibleAsync();
        await Expect(screen.Page.GetByRole(AriaRole.Button, new() { Name = "Fill with demo data" })).ToHaveCountAsync(0);
        await Looks(screen, "demo-refused");

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => city.Admin("demo", "--once"));
        Assert.Contains("ended with 1: This city has teams or platforms of its own; the demonstration is for an empty one.", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<ConsoleScreen> InEnglish(IBrowserContext person)
    {
        var screen = await ConsoleScreen.Open(person, "/");
        await screen.Page.Locator("header button[lang=en]").ClickAsync();
        await Expect(screen.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await screen.Ready();
        return screen;
    }

    // Both themes, a desk and a phone: pictures for people, and the rules of WCAG for everybody.
    private static async Task Looks(ConsoleScreen screen, string name)
    {
        foreach (var theme in new[] { ColorScheme.Dark, ColorScheme.Light })
        {
            await screen.Page.EmulateMediaAsync(new() { ColorScheme = theme });
            var look = theme == ColorScheme.Dark ? "dark" : "light";
            await screen.Picture($"{name}-1440-{look}");
            await screen.Page.SetViewportSizeAsync(ConsoleBrowser.Phone.Width, ConsoleBrowser.Phone.Height);
            var overflow = await screen.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(overflow <= 0, $"{name} is {overflow} px wider than a phone");
            await screen.Page.EvaluateAsync("() => document.querySelector('#demo, #first-steps footer')?.scrollIntoView({ block: 'nearest' })");
            await screen.Picture($"{name}-390-{look}");
            await screen.Page.SetViewportSizeAsync(ConsoleBrowser.Desk.Width, ConsoleBrowser.Desk.Height);
        }

        await screen.IsAccessible(name);
    }
}
