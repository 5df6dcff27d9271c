using System.Net;
using System.Text.RegularExpressions;
using Daarion.E2E.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Daarion.E2E;

/// <summary>What an operator does on other days than the first, each by the screen alone.</summary>
[Collection(BrowserCollection.Name)]
public sealed partial class OperatorTasksTests(ConsoleBrowser browser, RunningCity city)
{
    [Fact]
    public async Task An_operator_invites_takes_back_an_invitation_changes_a_role_and_removes_a_member()
    {
        using var service = await CityClient.Create(city.Process, "team.create", "team.member.add", "user.read", "service.act_as");
        var (screen, owner) = await SignIn();
        await city.Process.Admin("admin", "operator", "--email", "iryna@example.org");
        var team = (await service.Post("/internal/v1/team/create", new { name = "Warm House", mode = "public", owner_user_id = owner })).GetProperty("id").GetString()!;
        await service.Post("/internal/v1/team/member/add", new { team_id = team, email = "iryna@example.org", role = "member" }, owner);
        var page = screen.Page;
        await screen.Go($"/teams/{team}");
        await Expect(Member(page, "iryna@example.org")).ToHaveCountAsync(1);

        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = false }).First.ClickAsync();
        await page.Locator("#email").FillAsync("taras@example.org");
        await page.Locator("main form button[type=submit]").First.ClickAsync();
        var invited = page.Locator("main tr", new() { HasText = "taras@example.org" });
        await Expect(invited).ToHaveCountAsync(1);
        await invited.GetByRole(AriaRole.Button).ClickAsync();
        await Confirm(page);
        await Expect(invited).ToHaveCountAsync(0);

        var member = Member(page, "iryna@example.org");
        await member.GetByRole(AriaRole.Button, new() { Name = "Change role" }).ClickAsync();
        await page.Locator(".confirm input[value=guardian]").CheckAsync();
        await Confirm(page);
        await Expect(member).ToContainTextAsync("Guardian");

        await member.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Confirm(page);
        await Expect(member).ToHaveCountAsync(0);
        Assert.Empty(screen.Problems);
    }

    [Fact]
    public async Task An_operator_rotates_a_secret_suspends_a_platform_lets_it_in_again_and_replays_a_delivery()
    {
        using var service = await CityClient.Create(city.Process, "city.embassy.manage", "city.embassy.read");
        var (screen, _) = await SignIn();
        var secret = (await service.Post("/internal/v1/embassy/platform", new { platform = "energyunion", name = "EnergyUnion", domains = new[] { "energy" } })).GetProperty("secret").GetString()!;
        using var http = new HttpClient { BaseAddress = city.Process.PublicUrl };
        using var sent = await new Platform(http, "energyunion", secret, TimeProvider.System).Send("EU-KYIV-01", MeterReadings.Last(1, TimeProvider.System)[0]);
        Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        var page = screen.Page;

        await screen.Go("/platforms/energyunion");
        await page.Locator(".head").GetByRole(AriaRole.Button, new() { NameRegex = Rotate() }).ClickAsync();
        await Confirm(page);
        await Expect(page.Locator(".secret").First).ToContainTextAsync("whsec_");
        Assert.DoesNotContain(secret, await page.Locator(".secret").First.InnerTextAsync(), StringComparison.Ordinal);

        await page.Locator(".head").GetByRole(AriaRole.Button, new() { Name = "Suspend" }).ClickAsync();
        await Confirm(page);
        await Expect(page.Locator(".head .state")).ToContainTextAsync("Suspended");
        await page.Locator(".head .btn.main").ClickAsync();
        await Confirm(page);
        await Expect(page.Locator(".head .state")).ToContainTextAsync("Active");

        await page.Locator("main tr[data-href*='/deliveries/'] a").First.ClickAsync();
        await page.WaitForURLAsync("**/deliveries/**");
        await screen.Ready();
        await page.GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();
        await Confirm(page);
        await Expect(page.Locator("main .notice").First).ToBeVisibleAsync();
        Assert.Empty(screen.Problems);
    }

    [Fact]
    public async Task An_operator_makes_a_service_key_and_sees_its_secret_once()
    {
        var (screen, _) = await SignIn();
        var page = screen.Page;

        await screen.Go("/settings/service-keys/new");
        await page.Locator("#name").FillAsync("report");
        await page.Locator("#filter").FillAsync("team.read");
        await page.Locator("input[name=capability][value='team.read']").CheckAsync();
        await page.Locator("main form button[type=submit]").ClickAsync();
        await Expect(page.Locator(".secret")).ToHaveCountAsync(2);
        await page.Locator("main a.btn.main").ClickAsync();
        await page.WaitForURLAsync("**/settings/service-keys/ak_*");
        await screen.Ready();
        await Expect(page.Locator("main .chip")).ToHaveTextAsync(["team.read"]);
        await Expect(page.Locator(".secret")).ToHaveCountAsync(0);
        Assert.Empty(screen.Problems);
    }

    private async Task<(ConsoleScreen Screen, string Owner)> SignIn()
    {
        var person = await browser.Operator(city.Process, "olena@example.org");
        var screen = await ConsoleScreen.Open(person, "/");
        if (await screen.Page.GetAttributeAsync("html", "lang") != "en")
        {
            await screen.Page.Locator("header button[lang=en]").ClickAsync();
            await Expect(screen.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
            await screen.Ready();
        }

        return (screen, (await city.Process.Admin("admin", "operator", "--email", "olena@example.org")).GetProperty("user_id").GetString()!);
    }

    private static async Task Confirm(IPage page)
    {
        await page.Locator(".confirm .btn.main").ClickAsync();
        await Expect(page.Locator(".confirm")).ToHaveCountAsync(0);
    }

    private static ILocator Member(IPage page, string text) => page.Locator("main section.panel", new() { HasText = "Members" }).First.Locator("tbody tr", new() { HasText = text });

    [GeneratedRegex("secret|Rotate", RegexOptions.IgnoreCase)]
    private static partial Regex Rotate();
}
