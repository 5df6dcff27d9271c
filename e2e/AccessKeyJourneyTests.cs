using System.Net;
using System.Net.Http.Headers;
using Daarion.E2E.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Daarion.E2E;

/// <summary>An access key from its making to its end, by the screen of whoever owns the team, with a program that uses it.</summary>
[Collection(BrowserCollection.Name)]
public sealed class AccessKeyJourneyTests(ConsoleBrowser browser, RunningCity city)
{
    [Fact]
    public async Task An_Owner_makes_an_integrations_key_watches_it_being_used_and_revokes_it()
    {
        using var service = await CityClient.Create(city.Process, "team.create", "service.act_as");
        var owner = (await city.Process.Admin("admin", "operator", "--email", "olena@example.org")).GetProperty("user_id").GetString()!;
        var team = (await service.Post("/internal/v1/team/create", new { name = "Warm House", mode = "public", owner_user_id = owner })).GetProperty("id").GetString()!;
        await using var person = await browser.Operator(city.Process, "olena@example.org");
        var screen = await ConsoleScreen.Open(person, $"/teams/{team}");
        if (await screen.Page.GetAttributeAsync("html", "lang") != "en")
        {
            await screen.Page.Locator("header button[lang=en]").ClickAsync();
            await Expect(screen.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
            await screen.Ready();
        }

        var secret = await Make(screen);
        using var http = new HttpClient { BaseAddress = city.Process.PublicUrl };
        await TheListShowsItsUse(screen, team, () => Call(http, team, secret));
        await Rotate(screen);
        Assert.Equal(HttpStatusCode.OK, await Call(http, team, secret));
        await Revoke(screen);
        Assert.Equal(HttpStatusCode.Unauthorized, await Call(http, team, secret));
        Assert.Empty(screen.Problems);
    }

    private static async Task<string> Make(ConsoleScreen screen)
    {
        var page = screen.Page;
        await Expect(page.Locator("#keys")).ToContainTextAsync("No access keys yet");
        await page.Locator("#keys .empty a.btn").ClickAsync();
        await page.WaitForURLAsync("**/keys/new");
        await screen.Ready();
        await page.Locator("#name").FillAsync("Dashboard");
        await page.Locator("input[name=kind][value=integration]").CheckAsync();
        await page.Locator("#program").FillAsync("grafana");
        await page.Locator("#filter").FillAsync("team.read");
        await page.Locator("input[name=capability][value='team.read']").CheckAsync();
        await screen.Picture("key-new-1440-en-light");
        await page.Locator("main form button[type=submit]").ClickAsync();
        await Expect(page.Locator(".secret")).ToHaveCountAsync(2);
        await screen.IsAccessible("a key's secret");
        await screen.Picture("key-secret-1440-en-light");
        var secret = await page.Locator(".secret code").First.InnerTextAsync();
        Assert.Contains(secret, await page.Locator(".secret code").Last.InnerTextAsync(), StringComparison.Ordinal);
        return secret;
    }

    private static async Task TheListShowsItsUse(ConsoleScreen screen, string team, Func<Task<HttpStatusCode>> call)
    {
        var page = screen.Page;
        await screen.Go($"/teams/{team}");
        var row = page.Locator("#keys tbody tr", new() { HasText = "Dashboard" });
        await Expect(row).ToContainTextAsync("never");
        Assert.Equal(HttpStatusCode.OK, await call());
        await Expect(row).ToContainTextAsync("127.0.0.1");
        await row.Locator("a.row-link").ClickAsync();
        await page.WaitForURLAsync("**/keys/ak_*");
        await screen.Ready();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Dashboard");
        await Expect(page.Locator("main table code", new() { HasText = "team.read" })).ToHaveCountAsync(1);
        await Expect(page.Locator("main .facts")).ToContainTextAsync("127.0.0.1");
    }

    private static async Task Rotate(ConsoleScreen screen)
    {
        var page = screen.Page;
        await page.Locator(".head").GetByRole(AriaRole.Button, new() { Name = "New secret" }).ClickAsync();
        await page.Locator(".confirm .btn.main").ClickAsync();
        await Expect(page.Locator(".secret")).ToHaveCountAsync(1);
        await Expect(page.Locator("main .facts")).ToContainTextAsync("Old secret ends");
        await page.GetByRole(AriaRole.Button, new() { Name = "I have kept it" }).ClickAsync();
    }

    private static async Task Revoke(ConsoleScreen screen)
    {
        var page = screen.Page;
        await page.Locator(".head").GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await page.Locator(".confirm .btn.main").ClickAsync();
        await Expect(page.Locator(".head .state")).ToHaveTextAsync("Revoked");
        await Expect(page.Locator("main")).ToContainTextAsync("A key that has ended may nothing.");
        await Expect(page.Locator(".head .acts .btn")).ToHaveCountAsync(0);
        await screen.Picture("key-revoked-1440-en-light");
    }

    private static async Task<HttpStatusCode> Call(HttpClient http, string team, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/teams/{team}") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", secret) } };
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }
}
