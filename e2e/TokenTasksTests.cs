using Daarion.E2E.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Daarion.E2E;

/// <summary>What somebody does with tokens of their own: locks them for a team, lets a large payout pass and claims it, changes what came into something else.</summary>
[Collection(BrowserCollection.Name)]
public sealed class TokenTasksTests(ConsoleBrowser browser, RunningCity city)
{
    [Fact]
    public async Task Somebody_locks_tokens_claims_what_was_reviewed_and_changes_it_at_the_rate_in_force()
    {
        using var service = await CityClient.Create(city.Process, "team.create", "service.mint.payout", "city.wallet.mint", "service.act_as");
        var screen = await ConsoleScreen.Open(await browser.Operator(city.Process, "olena@example.org"), "/");
        await screen.Speak("en");
        var olena = (await city.Process.Admin("admin", "operator", "--email", "olena@example.org")).GetProperty("user_id").GetString()!;
        var team = (await service.Post("/internal/v1/team/create", new { name = "Warm House", mode = "public", owner_user_id = olena })).GetProperty("id").GetString()!;
        await service.Post("/internal/v1/wallet/mint", new { to = olena, symbol = "RINGK", amount = "2000", reason = "founding" });
        await service.Post("/internal/v1/wallet/payout/generate", PayoutStatement.Of(team, olena, 1500));

        await Lock(screen);
        await ClaimReviewed(screen);
        await Change(screen);

        await screen.Go($"/wallets/{olena}");
        foreach (var (symbol, amount) in new[] { ("1T", "80 1T"), ("KWT", "1,400 KWT"), ("RINGK", "800 RINGK") })
        {
            await Expect(screen.Page.Locator(".kpi .v").Filter(new() { HasText = symbol })).ToHaveTextAsync(amount);
        }

        Assert.Empty(screen.Problems);
    }

    private static async Task Lock(ConsoleScreen screen)
    {
        var page = screen.Page;
        await screen.Go("/stakes/new");
        await page.Locator("#amount").FillAsync("1200");
        await Expect(page.Locator("main p.note[role=status]")).ToContainTextAsync("with this stake × 1.25");
        await page.Locator("main form button[type=submit]").ClickAsync();
        await Expect(page.Locator(".confirm h2")).ToHaveTextAsync("Lock 1,200 RINGK for Warm House?");
        await Confirm(page);
        await page.WaitForURLAsync("**/stakes");
        await screen.Ready();
        var stake = page.Locator("main tbody tr", new() { HasText = "1,200 RINGK" });
        await Expect(stake).ToContainTextAsync("Warm House");
        await Expect(stake.GetByRole(AriaRole.Button, new() { Name = "Unlock" })).ToHaveAttributeAsync("aria-disabled", "true");
    }

    private static async Task ClaimReviewed(ConsoleScreen screen)
    {
        var page = screen.Page;
        await screen.Go("/approvals");
        await page.Locator("main table a.link", new() { HasText = "1,500 KWT" }).First.ClickAsync();
        await page.WaitForURLAsync("**/payouts/pay_*");
        await screen.Ready();
        await page.Locator(".head").GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await page.Locator(".confirm #note").FillAsync("looked at the meter");
        await Confirm(page);
        await Expect(page.Locator("main")).ToContainTextAsync("looked at the meter");
        await page.Locator(".head").GetByRole(AriaRole.Button, new() { Name = "Claim", Exact = true }).ClickAsync();
        await Expect(page.Locator(".head .state")).ToHaveTextAsync("Claimed");
    }

    private static async Task Change(ConsoleScreen screen)
    {
        var page = screen.Page;
        await screen.Go("/conversions/new");
        await page.Locator("#amount").FillAsync("100");
        await Expect(page.Locator("main p.note[role=status]")).ToHaveTextAsync("You get 80 1T");
        await page.Locator("main form button[type=submit]").ClickAsync();
        await Expect(page.Locator(".confirm h2")).ToHaveTextAsync("Change 100 KWT into 80 1T?");
        await Confirm(page);
        await page.WaitForURLAsync("**/conversions");
        await screen.Ready();
        await Expect(page.Locator("main tbody tr")).ToContainTextAsync("80 1T");
    }

    private static async Task Confirm(IPage page)
    {
        await page.Locator(".confirm .btn.main").ClickAsync();
        await Expect(page.Locator(".confirm")).ToHaveCountAsync(0);
    }
}
