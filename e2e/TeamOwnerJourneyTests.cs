using System.Net;
using Daarion.E2E.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Daarion.E2E;

/// <summary>The console of somebody who owns a team and does not run the city: everything offered to them opens, and what does not says why.</summary>
[Collection(BrowserCollection.Name)]
public sealed class TeamOwnerJourneyTests(ConsoleBrowser browser) : IAsyncLifetime
{
    private const string Taras = "taras@example.org";

    private static readonly string[] Capabilities =
    [
        "team.create", "team.read", "team.member.add", "team.owner.transfer", "user.read", "city.embassy.manage", "city.embassy.read", "wallet.payout.view", "city.outbox.read", "service.act_as",
    ];

    private readonly CityProcess city = new();
    private string team = "";

    public async Task InitializeAsync()
    {
        await city.Start();
        await Furnish();
    }

    public Task DisposeAsync() => city.DisposeAsync().AsTask();

    [Fact]
    public async Task A_team_Owner_comes_by_an_invitation_claims_a_payout_and_follows_it_back_to_its_delivery()
    {
        await using var context = await browser.Visitor(city);
        var screen = await ConsoleScreen.Open(context, await MailDrop.LinkTo(city, Taras, "/invitation"));
        var page = screen.Page;
        await page.GetByLabel("Your name").FillAsync("Taras Hai");
        await page.GetByRole(AriaRole.Button, new() { Name = "Accept" }).ClickAsync();
        await screen.Ready();
        await SignInAgain(screen);
        await BecomeOwner();

        await screen.Go("/teams");
        await page.Locator("table tbody tr a").First.ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Warm House");
        await EveryAreaOpens(screen);
        await Claim(screen);
        await FollowBack(screen);
        await ARefusalShowsItsChain(screen);
        Assert.Empty(screen.Problems);
    }

    private async Task SignInAgain(ConsoleScreen screen)
    {
        var page = screen.Page;
        await page.GetByLabel("Taras Hai: menu").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await screen.Ready();
        var before = MailDrop.Letters(city).ToHashSet(StringComparer.Ordinal);
        await page.GetByLabel("Email address").FillAsync(Taras);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send a code" }).ClickAsync();
        await page.GetByLabel("Code from the letter").FillAsync(await MailDrop.CodeFor(city, Taras, before));
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await screen.Ready();
    }

    private async Task BecomeOwner()
    {
        using var service = await CityClient.Create(city, Capabilities);
        var olena = (await service.Get($"/internal/v1/team/{team}")).GetProperty("owner_user_id").GetString()!;
        var taras = (await service.Get($"/internal/v1/user?email={Taras}")).GetProperty("id").GetString()!;
        await service.Post("/internal/v1/team/owner/transfer", new { team_id = team, user_id = taras }, olena);
    }

    private static async Task EveryAreaOpens(ConsoleScreen screen)
    {
        await screen.Page.ReloadAsync();
        await screen.Ready();
        var areas = await screen.Page.Locator("nav.rail a:not(.city)").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))");
        Assert.Contains("/sites", areas);
        Assert.DoesNotContain("/events", areas);
        foreach (var area in areas)
        {
            await screen.Go(area);
            await Expect(screen.Page.Locator("main .verdict")).ToHaveCountAsync(0);
            var tabs = await screen.Page.Locator("nav.tabs a").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))");
            foreach (var tab in tabs.Where(tab => tab != area && tab != "/why"))
            {
                await screen.Go(tab);
                await Expect(screen.Page.Locator("main .verdict")).ToHaveCountAsync(0);
            }
        }
    }

    private async Task Claim(ConsoleScreen screen)
    {
        var page = screen.Page;
        await screen.Go($"/payouts?of={team}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Claim", Exact = true }).First.ClickAsync();
        await Expect(page.Locator("table tbody tr").GetByText("Claimed", new() { Exact = true })).ToHaveCountAsync(1);
        await page.Locator("table tbody tr", new() { Has = page.GetByText("Claimed", new() { Exact = true }) }).Locator("a.row-link").ClickAsync();
        await page.WaitForURLAsync("**/payouts/pay_*");
        await screen.Ready();
        await page.Locator("main a[href*='/transactions/']").First.ClickAsync();
        await page.WaitForURLAsync("**/transactions/**");
        await screen.Ready();
        await Expect(page.GetByText("Entries")).ToBeVisibleAsync();
        await screen.Picture("owner-transaction");
        await page.GoBackAsync();
        await screen.Ready();
    }

    private static async Task FollowBack(ConsoleScreen screen)
    {
        var page = screen.Page;
        foreach (var hop in new[] { "movements", "readings", "deliveries" })
        {
            await page.Locator($"main a[href*='/{hop}/']").First.ClickAsync();
            await page.WaitForURLAsync($"**/{hop}/**");
            await screen.Ready();
            await Expect(page.Locator("main .verdict")).ToHaveCountAsync(0);
        }

        await Expect(page.Locator("main pre.code")).ToContainTextAsync("EU-KYIV-01");
        await screen.Picture("owner-delivery");
        await page.Locator("main a[href*='/sites/by-name/']").First.ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("EU-KYIV-01");
        await screen.Ready();
        await Expect(page.Locator("main svg.chart")).ToBeVisibleAsync();
    }

    private static async Task ARefusalShowsItsChain(ConsoleScreen screen)
    {
        await screen.Go("/outbox");
        await Expect(screen.Page.Locator("main ol.chain li")).Not.ToHaveCountAsync(0);
        await screen.IsAccessible("a refusal");
        await screen.Picture("owner-refusal");
    }

    private async Task Furnish()
    {
        using var service = await CityClient.Create(city, Capabilities);
        var olena = (await city.Admin("admin", "operator", "--email", "olena@example.org")).GetProperty("user_id").GetString()!;
        team = (await service.Post("/internal/v1/team/create", new { name = "Warm House", mode = "public", owner_user_id = olena })).GetProperty("id").GetString()!;
        await service.Post("/internal/v1/team/member/add", new { team_id = team, email = Taras, role = "member" }, olena);
        var secret = (await service.Post("/internal/v1/embassy/platform", new { platform = "energyunion", name = "EnergyUnion", domains = new[] { "energy" } })).GetProperty("secret").GetString()!;
        await service.Post("/internal/v1/embassy/identity", new { platform = "energyunion", site_id = "EU-KYIV-01", kind = "site", team_id = team });
        using var http = new HttpClient { BaseAddress = city.PublicUrl };
        var readings = MeterReadings.Last(6, TimeProvider.System);
        using var sent = await new Platform(http, "energyunion", secret, TimeProvider.System).SendBatch("EU-KYIV-01", readings);
        Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        await Eventually.Equal(readings.Count - 1, async () => (await service.All($"/internal/v1/wallet/payouts?team_id={team}")).Count);
    }
}
