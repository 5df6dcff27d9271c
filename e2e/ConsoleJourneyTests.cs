using System.Globalization;
using System.Text.RegularExpressions;
using Daarion.E2E.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Daarion.E2E;

/// <summary>From nothing to a claimed payout with the screen alone, as somebody who has never seen the city would go.</summary>
[Collection(BrowserCollection.Name)]
public sealed partial class ConsoleJourneyTests(ConsoleBrowser browser) : IAsyncLifetime
{
    private readonly CityProcess city = new();

    public Task InitializeAsync() => city.Start();

    public Task DisposeAsync() => city.DisposeAsync().AsTask();

    [Fact]
    public async Task An_operator_goes_from_the_setup_link_to_a_claimed_payout_and_back_to_its_webhook()
    {
        var context = await browser.Visitor(city);
        await using var _ = context;
        var screen = await ConsoleScreen.Open(context, SetupLink(city.Output));
        var page = screen.Page;
        await page.GetByLabel("What the city is called").FillAsync("Warm Yar");
        await page.GetByLabel("Your name").FillAsync("Olena Koval");
        await page.GetByLabel("Email address").FillAsync("olena@example.org");
        await page.GetByRole(AriaRole.Button, new() { Name = "Begin" }).ClickAsync();
        await screen.Ready();
        Assert.Equal("Overview", await screen.Heading());

        await SignInAgain(page, screen);
        await MakeTeam(page, screen);
        var secret = await MakePlatform(page, screen);
        await MakeSite(page, screen);

        await screen.Go("/payouts");
        await Expect(page.GetByText("No payouts yet")).ToBeVisibleAsync();
        var readings = MeterReadings.Last(12, TimeProvider.System);
        using var http = new HttpClient { BaseAddress = city.PublicUrl };
        var platform = new Platform(http, "energyunion", secret, TimeProvider.System);
        using (var sent = await platform.SendBatch("EU-KYIV-01", readings))
        {
            Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync());
        }

        // The rows come by themselves: nobody reloads the page.
        await Expect(page.Locator("table tbody tr")).ToHaveCountAsync(readings.Count - 1);
        await screen.Picture("payouts-live");
        await page.GetByRole(AriaRole.Button, new() { Name = "Claim", Exact = true }).First.ClickAsync();
        await Expect(page.Locator("table tbody tr").GetByText("Claimed", new() { Exact = true })).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { NameRegex = ClaimAll() }).ClickAsync();
        await page.GetByRole(AriaRole.Group).GetByRole(AriaRole.Button, new() { Name = "Claim", Exact = true }).ClickAsync();
        await Expect(page.GetByText("payouts claimed")).ToBeVisibleAsync();
        await screen.Picture("payouts-claimed");
        await Expect(page.Locator("table tbody tr").GetByText("Claimed", new() { Exact = true })).ToHaveCountAsync(readings.Count - 1);

        var expected = readings[^1].Total - readings[0].Total;
        await screen.Go("/wallets");
        await Expect(page.Locator("table tbody tr").First).ToContainTextAsync(expected.ToString("0.###", CultureInfo.InvariantCulture));
        await FollowBack(page, screen);
        Assert.Empty(screen.Problems);
    }

    private async Task SignInAgain(IPage page, ConsoleScreen screen)
    {
        await page.GetByLabel("Olena Koval: menu").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await screen.Ready();
        await page.GetByLabel("Email address").FillAsync("olena@example.org");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send a code" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Enter the code" })).ToBeVisibleAsync();
        var mail = "";
        await Eventually.True(
            async () =>
            {
                var newest = Directory.EnumerateFiles(Path.Combine(city.Data, "mail"), "*.eml").Order(StringComparer.Ordinal).LastOrDefault();
                mail = newest is null ? "" : await File.ReadAllTextAsync(newest);
                return Code().IsMatch(mail);
            },
            "the letter with the code is in the mail drop");
        await page.GetByLabel("Code from the letter").FillAsync(Code().Match(mail).Value);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await screen.Ready();
        Assert.Equal("Overview", await screen.Heading());
    }

    private static async Task MakeTeam(IPage page, ConsoleScreen screen)
    {
        await screen.Go("/teams/new");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Теплий дім");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Теплий дім");
    }

    private static async Task<string> MakePlatform(IPage page, ConsoleScreen screen)
    {
        await screen.Go("/platforms/new");
        await page.Locator("#name").FillAsync("EnergyUnion");
        await page.Locator("#platform").FillAsync("energyunion");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        var secret = page.GetByText(Secret()).First;
        await Expect(secret).ToBeVisibleAsync();
        return Secret().Match(await secret.InnerTextAsync()).Value;
    }

    private static async Task MakeSite(IPage page, ConsoleScreen screen)
    {
        await screen.Go("/sites/new");
        await page.Locator("#site").FillAsync("EU-KYIV-01");
        await page.Locator("select[name=team]").SelectOptionAsync(new SelectOptionValue { Label = "Теплий дім" });
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a site" }).ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync("EU-KYIV-01");
    }

    private static async Task FollowBack(IPage page, ConsoleScreen screen)
    {
        await screen.Go("/payouts");
        await page.Locator("table tbody tr a").First.ClickAsync();
        await Expect(page.GetByText("Where this money comes from")).ToBeVisibleAsync();
        await screen.Ready();
        await screen.Picture("payout");
        var payout = page.Url;
        foreach (var hop in new[] { "movements", "readings", "deliveries", "traces" })
        {
            await page.GotoAsync(payout);
            await screen.Ready();
            await page.Locator($"main a[href*='/{hop}/']").First.ClickAsync();
            await page.WaitForURLAsync($"**/{hop}/**");
            await screen.Ready();
            await Expect(page.Locator("main .panel").First).ToBeVisibleAsync();
            await screen.Picture($"follow-{hop}");
        }
    }

    private static string SetupLink(string output) => SetupAddress().Match(output) is { Success: true } link ? link.Value : throw new InvalidOperationException($"No setup link was printed:\n{output}");

    [GeneratedRegex(@"http://\S+/setup\?token=\S+", RegexOptions.NonBacktracking)]
    private static partial Regex SetupAddress();

    [GeneratedRegex(@"\b\d{6}\b", RegexOptions.NonBacktracking)]
    private static partial Regex Code();

    [GeneratedRegex("whsec_[A-Za-z0-9+/=_-]+")]
    private static partial Regex Secret();

    [GeneratedRegex("^Claim all")]
    private static partial Regex ClaimAll();
}
