using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Daarion.E2E.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Daarion.E2E;

/// <summary>The rules of the city and what comes of them, on the screen: read by residents, moved through by keys, tried on what happened, and counted again.</summary>
[Collection(BrowserCollection.Name)]
public sealed partial class OpenRulesTests(ConsoleBrowser browser, RunningCity city) : IClassFixture<RunningCity>
{
    // Of so many, at least twenty are in the same hour, even where the next one begins between them.
    private const int Forged = 39;

    [Fact]
    public async Task A_resident_reads_the_rules_and_finds_nothing_to_press()
    {
        var screen = await Residents.TeamOwner(browser, city.Process, "taras@example.org", "Taras Hai");
        var page = screen.Page;

        await screen.Go("/decisions");
        await Expect(page.Locator(".tabs a")).ToHaveTextAsync(["Decisions", "Why?", "What can they?", "Capabilities", "Bundles", "Plans", "Registry"]);
        foreach (var (address, shows) in new[] { ("/bundles?q=chat.message", "chat.message.send"), ("/plans", "1,000"), ("/registry?from=0&to=1", "role.Owner"), ("/capabilities", "agent"), ("/capabilities/team.read", "role.Visitor") })
        {
            await screen.Go(address);
            await Expect(page.Locator("main")).ToContainTextAsync(shows);
            await Expect(page.Locator("main .failure, main button.cell, main button.quota, main form.inline-form[data-draft]")).ToHaveCountAsync(0);
            await screen.IsAccessible($"{address} for a resident");
            if (address.StartsWith("/bundles", StringComparison.Ordinal) || address.EndsWith("team.read", StringComparison.Ordinal))
            {
                await Looks(screen, "resident-" + address.Split('?')[0].Trim('/').Replace('/', '-'));
            }
        }

        await Expect(page.Locator("main .panel", new() { HasText = "Who can?" })).ToContainTextAsync("Ask an operator");
        await screen.Go("/plans");
        await page.Locator("a.quota").First.ClickAsync();
        await page.WaitForURLAsync("**/governance/new?op=set_quota**");
        Assert.Empty(screen.Problems);
    }

    [Fact]
    public async Task Arrow_keys_move_through_the_matrix_and_space_changes_a_cell_before_anything_is_saved()
    {
        var screen = await Operator();
        var page = screen.Page;
        using var registry = await CityClient.Create(city.Process, "capability.read");
        await screen.Go("/bundles?q=chat.");
        var codes = await page.Locator(".matrix tbody tr:not(.group) th a").AllInnerTextsAsync();
        Assert.True(codes.Count > 2, "there is more than one row to move through");

        await Cell(page, "role.Visitor", codes[0]).FocusAsync();
        foreach (var (key, bundle, row) in new[]
        {
            ("ArrowLeft", "role.Visitor", 0), ("ArrowUp", "role.Visitor", 0), ("ArrowRight", "role.Member", 0), ("ArrowDown", "role.Member", 1), ("ArrowDown", "role.Member", 2), ("ArrowUp", "role.Member", 1), ("ArrowLeft", "role.Visitor", 1), ("ArrowLeft", "role.Visitor", 1),
        })
        {
            await page.Keyboard.PressAsync(key);
            await Expect(Cell(page, bundle, codes[row])).ToBeFocusedAsync();
        }

        var before = await Held(registry, codes[1]);
        var cell = Cell(page, "role.Visitor", codes[1]);
        await page.Keyboard.PressAsync("Space");
        await Expect(page.Locator("#pending tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator("#pending tbody tr")).ToContainTextAsync($"role.Visitor {codes[1]}");
        await Expect(cell).ToHaveClassAsync(Edited());
        await Expect(cell).ToBeFocusedAsync();
        await screen.IsAccessible("the matrix with an edit by key");
        await Looks(screen, "bundles-keys");

        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("Space");
        await Expect(page.Locator("#pending tbody tr")).ToHaveCountAsync(2);
        Assert.Equal(before, await Held(registry, codes[1]));
        await page.Locator("#pending").GetByRole(AriaRole.Button, new() { Name = "Forget the changes" }).ClickAsync();
        await Expect(page.Locator("#pending")).ToHaveCountAsync(0);
        Assert.Empty(screen.Problems);
    }

    [Fact]
    public async Task Wrong_signatures_are_told_on_the_usage_page_and_everything_is_counted_again_there()
    {
        using var service = await CityClient.Create(city.Process, "city.embassy.manage", "team.create", "service.write.usage", "service.act_as");
        var screen = await Operator();
        var page = screen.Page;
        await service.Post("/internal/v1/embassy/platform", new { platform = "gridunion", name = "GridUnion", domains = new[] { "energy" } });
        await Furnish(service, "Sunny Yard", "messages", "12");
        await screen.Go("/usage");
        var anomalies = page.Locator("main .panel", new() { HasText = "Anomalies" });
        await Expect(anomalies.Locator("tbody tr")).ToHaveCountAsync(0);

        using var http = new HttpClient { BaseAddress = city.Process.PublicUrl };
        var forger = new Platform(http, "gridunion", "whsec_bm90IHRoZSBzZWNyZXQ=", TimeProvider.System);
        var reading = MeterReadings.Last(1, TimeProvider.System)[0];
        for (var times = 0; times < Forged; times++)
        {
            using var refused = await forger.Send("EU-KYIV-01", reading);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        var told = anomalies.Locator("tbody tr").First;
        await Expect(told).ToContainTextAsync("Deliveries");
        await Expect(told).ToContainTextAsync("wrong signatures");
        await Expect(told).ToContainTextAsync("gridunion");

        await page.GetByRole(AriaRole.Button, new() { Name = "Count again now" }).ClickAsync();
        await Expect(page.Locator("main .notice.ok")).ToContainTextAsync(Counters());
        await screen.IsAccessible("the usage page with an anomaly and a recount");
        await Looks(screen, "usage-recount");
        await page.Locator("#recount-since").SelectOptionAsync("day");
        await page.GetByRole(AriaRole.Button, new() { Name = "Count again now" }).ClickAsync();
        await Expect(page.Locator("main .notice.ok")).ToContainTextAsync(Counters());
        Assert.Empty(screen.Problems);
    }

    [Fact]
    public async Task A_proposal_that_raises_a_quota_shows_which_refusals_it_would_have_spared()
    {
        const int Quota = 10;
        const int Refused = 2;
        const int Spared = 1;
        using var service = await CityClient.Create(city.Process, "team.create", "city.embassy.manage", "wallet.payout.view", "policy.decision.read", "service.write.usage", "service.act_as");
        var screen = await Operator();
        var page = screen.Page;
        var (team, owner) = await Furnish(service, "Potters", "payout_claims", $"{Quota}");
        await ClaimInVain(service, team, owner, Refused);
        await Eventually.Equal(Refused, async () => (await service.All($"/internal/v1/decision?action=wallet.payout.claim&team_id={team}&reason=quota_exceeded")).Count);

        // A smaller plan never gives more than a larger one: both are raised together.
        await screen.Go("/governance/new");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a change" }).ClickAsync();
        for (var at = 0; at < 2; at++)
        {
            await Field(page, at, "plan").SelectOptionAsync(at == 0 ? "freemium" : "casual");
            await Field(page, at, "metric").SelectOptionAsync("payout_claims");
            await Field(page, at, "quota").FillAsync((Quota + Spared).ToString(CultureInfo.InvariantCulture));
        }

        await Expect(page.Locator("#check")).ToContainTextAsync("keeps every rule");
        await Expect(page.Locator("#check tbody tr")).ToHaveCountAsync(2);
        await page.Locator("#try").GetByRole(AriaRole.Button, new() { Name = "Try it" }).ClickAsync();
        await Expect(page.Locator("#simulation .kpi").Nth(1)).ToContainTextAsync($"{Spared}");
        await Expect(page.Locator("#simulation .kpi").Nth(2)).ToContainTextAsync($"{Spared}");
        await Expect(page.Locator("#simulation .counts").First.Locator("tbody tr")).ToContainTextAsync(["wallet.payout.claim"]);
        var examples = page.Locator("#simulation tr[data-href]");
        await Expect(examples).ToHaveCountAsync(Spared);
        await Expect(examples.First).ToContainTextAsync("quota used up");
        await Expect(examples.First.Locator(".state.ok")).ToHaveTextAsync("Yes");
        Assert.False(await examples.First.EvaluateAsync<bool>("row => row.closest('.scroll').scrollWidth > row.closest('.scroll').clientWidth"), "the answer before and the one after are seen side by side");
        await screen.IsAccessible("a simulation with examples");
        await Looks(screen, "simulation-examples");

        await examples.First.Locator("a").First.ClickAsync();
        await page.WaitForURLAsync("**/decisions/dec_*");
        await Expect(page.Locator("main")).ToContainTextAsync("wallet.payout.claim");
        Assert.Empty(screen.Problems);
    }

    private static ILocator Cell(IPage page, string bundle, string code) => page.Locator($"[data-cell='{bundle} {code}']");

    private static ILocator Field(IPage page, int operation, string name) => page.Locator($"[data-operation='{operation}'] [name$='-{name}']");

    private static async Task<bool> Held(CityClient registry, string code) =>
        (await registry.Get("/internal/v1/bundle/role.Visitor")).GetProperty("capabilities").EnumerateArray().Any(held => held.GetProperty("capability").GetString() == code);

    // For people: both themes at a desk and at a phone.
    private static async Task Looks(ConsoleScreen screen, string name)
    {
        foreach (var (theme, scheme) in new[] { ("dark", ColorScheme.Dark), ("light", ColorScheme.Light) })
        {
            await screen.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await screen.Picture($"{name}-1440-{theme}");
            await screen.Page.SetViewportSizeAsync(ConsoleBrowser.Phone.Width, ConsoleBrowser.Phone.Height);
            Assert.InRange(await screen.Overflow(), int.MinValue, 0);
            await screen.Picture($"{name}-390-{theme}");
            await screen.Page.SetViewportSizeAsync(ConsoleBrowser.Desk.Width, ConsoleBrowser.Desk.Height);
        }
    }

    private async Task<ConsoleScreen> Operator()
    {
        var screen = await ConsoleScreen.Open(await browser.Operator(city.Process, "olena@example.org"), "/");
        await screen.Speak("en");
        return screen;
    }

    private async Task<(string Team, string Owner)> Furnish(CityClient service, string name, string metric, string units)
    {
        var owner = (await city.Process.Admin("admin", "operator", "--email", "olena@example.org")).GetProperty("user_id").GetString()!;
        var team = (await service.Post("/internal/v1/team/create", new { name, mode = "public", owner_user_id = owner })).GetProperty("id").GetString()!;
        await service.Post("/internal/v1/usage/increment", new { team_id = team, metric, units, source_id = $"e2e-{team}" });
        return (team, owner);
    }

    // The quota of the day is used up already.
    private async Task ClaimInVain(CityClient service, string team, string owner, int count)
    {
        var secret = (await service.Post("/internal/v1/embassy/platform", new { platform = "energyunion", name = "EnergyUnion", domains = new[] { "energy" } })).GetProperty("secret").GetString()!;
        await service.Post("/internal/v1/embassy/identity", new { platform = "energyunion", site_id = "EU-KYIV-01", kind = "site", team_id = team });
        using var http = new HttpClient { BaseAddress = city.Process.PublicUrl };
        using (var sent = await new Platform(http, "energyunion", secret, TimeProvider.System).SendBatch("EU-KYIV-01", MeterReadings.Last(count + 1, TimeProvider.System)))
        {
            Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        }

        await Eventually.Equal(count, async () => (await service.All($"/internal/v1/wallet/payouts?team_id={team}")).Count);
        using var claiming = await city.Process.ServiceClient("wallet.payout.claim", "service.act_as");
        claiming.DefaultRequestHeaders.Add("Daarion-Subject", owner);
        foreach (var payout in await service.All($"/internal/v1/wallet/payouts?team_id={team}"))
        {
            using var refused = await claiming.PostAsJsonAsync("/internal/v1/wallet/payout/claim", new { payout_id = payout.GetProperty("id").GetString() });
            Assert.Equal("quota_exceeded", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reason").GetString());
        }
    }

    [GeneratedRegex("\\bedited\\b")]
    private static partial Regex Edited();

    [GeneratedRegex("No difference: [1-9][0-9,]* counters? (are|is) the sum of")]
    private static partial Regex Counters();
}
