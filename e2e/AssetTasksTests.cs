using System.Globalization;
using Daarion.E2E.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Daarion.E2E;

/// <summary>What operators do about assets: decide which of two oracles is right, set an inventory right by two, and tell an outside program of it.</summary>
[Collection(BrowserCollection.Name)]
public sealed class AssetTasksTests(ConsoleBrowser browser, RunningCity city)
{
    private const string Kept = "EU-KYIV-01";
    private const string Dropped = "EU-KYIV-02";
    private readonly DateTimeOffset now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Operators_decide_held_readings_and_set_an_inventory_right_by_two()
    {
        using var service = await CityClient.Create(city.Process, "team.create", "service.write.oracles", "oracle.read", "rwa.inventory.read", "service.act_as");
        var olena = await Operator("olena@example.org");
        var iryna = await Operator("iryna@example.org");
        var team = await Team(service);
        await Disagree(service, team, Kept);
        await Disagree(service, team, Dropped);

        await Decide(olena, Kept, "It counts", "Counts");
        await Decide(iryna, Dropped, "It does not count", "Rejected");
        await Eventually.Equal("10", async () => await Stock(service, team, Kept));
        Assert.Null(await Stock(service, team, Dropped));

        await olena.Go("/inventory");
        await olena.Page.Locator("main tbody tr", new() { HasText = Kept }).Locator("a").First.ClickAsync();
        await olena.Page.WaitForURLAsync("**/inventory/rwa_*");
        await olena.Ready();
        await olena.Page.Locator(".head").GetByRole(AriaRole.Button, new() { Name = "Set right" }).ClickAsync();
        await olena.Page.Locator("#delta").FillAsync("-4");
        await olena.Page.Locator("#reason").FillAsync("read twice");
        await olena.Page.Locator("main form button[type=submit]").ClickAsync();
        await Expect(olena.Page.Locator("#delta")).ToHaveCountAsync(0);
        await olena.Go("/adjustments");
        await Expect(Let(olena.Page)).ToHaveAttributeAsync("aria-disabled", "true");

        await iryna.Go("/adjustments");
        await Let(iryna.Page).ClickAsync();
        await Confirm(iryna.Page);
        await Eventually.Equal("6", async () => await Stock(service, team, Kept));
        Assert.Empty(olena.Problems.Concat(iryna.Problems));
    }

    [Fact]
    public async Task An_operator_tells_an_outside_program_and_tells_it_again()
    {
        using var service = await CityClient.Create(city.Process, "team.create", "service.act_as");
        using var receiver = new WebhookReceiver();
        var screen = await Operator("olena@example.org");
        await Team(service);
        var page = screen.Page;

        await screen.Go("/webhooks/new");
        await page.Locator("#url").FillAsync(receiver.Address.ToString());
        await page.Locator("input[name=events-rwa]").CheckAsync();
        await page.Locator("main form button[type=submit]").ClickAsync();
        var secret = await page.Locator(".secret code").InnerTextAsync();
        await page.Locator("main a.btn.main").ClickAsync();
        await page.WaitForURLAsync("**/webhooks/hook_*");
        await screen.Ready();
        await page.Locator(".head").GetByRole(AriaRole.Button, new() { Name = "Send a test" }).ClickAsync();
        await Expect(page.Locator("main tbody tr .state")).ToHaveTextAsync("Delivered");
        var told = Assert.Single(receiver.Messages);
        Assert.True(told.IsSignedBy(secret), "The message is not signed by the secret that was shown.");

        await page.Locator("main tbody tr a").First.ClickAsync();
        await page.WaitForURLAsync("**/messages/*");
        await screen.Ready();
        await page.Locator(".head").GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();
        await Eventually.Equal(2, () => Task.FromResult(receiver.Messages.Count));
        Assert.Equal((told.Id, told.Body), (receiver.Messages[1].Id, receiver.Messages[1].Body));
        await Expect(page.Locator(".head .state")).ToHaveTextAsync("Delivered");
        Assert.Empty(screen.Problems);
    }

    private static ILocator Let(IPage page) => page.Locator("main tbody tr", new() { HasText = "read twice" }).GetByRole(AriaRole.Button, new() { Name = "Let it move" });

    private static async Task Decide(ConsoleScreen screen, string site, string word, string state)
    {
        var page = screen.Page;
        await screen.Go("/readings/held");
        await page.Locator("main tbody tr", new() { HasText = site }).Locator("a").First.ClickAsync();
        await page.WaitForURLAsync("**/readings/orc_*");
        await screen.Ready();
        await Expect(page.Locator("main .legend .state")).ToHaveTextAsync(["first", "second", "Reading"]);
        await page.Locator(".head").GetByRole(AriaRole.Button, new() { Name = word, Exact = true }).ClickAsync();
        await Confirm(page);
        await Expect(page.Locator(".head .state").First).ToHaveTextAsync(state);
    }

    private static async Task Confirm(IPage page)
    {
        await page.Locator(".confirm .btn.main").ClickAsync();
        await Expect(page.Locator(".confirm")).ToHaveCountAsync(0);
    }

    private static async Task<string?> Stock(CityClient service, string team, string site)
    {
        var here = (await service.All($"/internal/v1/rwa/inventory?team_id={team}")).SingleOrDefault(one => one.GetProperty("site_id").GetString() == site);
        return here.ValueKind == System.Text.Json.JsonValueKind.Undefined
            ? null
            : decimal.Parse(here.GetProperty("value").GetString()!, CultureInfo.InvariantCulture).ToString("0.###", CultureInfo.InvariantCulture);
    }

    // The second says twelve, the first, which leads, ten.
    private async Task Disagree(CityClient service, string team, string site)
    {
        foreach (var (platform, value, minutes) in new[] { ("first", "100", -60), ("second", "100", -60), ("second", "112", 0), ("first", "110", 0) })
        {
            var ts = now.AddMinutes(minutes).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            await service.Post("/internal/v1/oracle", new { platform, site_id = site, team_id = team, value, unit = "kwh", ts });
        }
    }

    private async Task<string> Team(CityClient service)
    {
        var owner = (await city.Process.Admin("admin", "operator", "--email", "olena@example.org")).GetProperty("user_id").GetString()!;
        return (await service.Post("/internal/v1/team/create", new { name = "Warm House", mode = "public", owner_user_id = owner })).GetProperty("id").GetString()!;
    }

    private async Task<ConsoleScreen> Operator(string email)
    {
        var screen = await ConsoleScreen.Open(await browser.Operator(city.Process, email), "/");
        await screen.Speak("en");
        return screen;
    }
}
