using System.Text.RegularExpressions;
using Daarion.E2E.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Daarion.E2E;

/// <summary>What two operators do with money, each at their own screen: let go what waits, ask for it back, and print what came of it.</summary>
[Collection(BrowserCollection.Name)]
public sealed partial class EconomyTasksTests(ConsoleBrowser browser, RunningCity city)
{
    [Fact]
    public async Task Two_operators_let_tokens_go_take_them_back_and_print_the_statement()
    {
        using var service = await CityClient.Create(city.Process, "team.create", "service.mint.payout", "city.wallet.mint", "wallet.balance.view", "service.act_as");
        var olena = await ConsoleScreen.Open(await browser.Operator(city.Process, "olena@example.org"), "/");
        var iryna = await ConsoleScreen.Open(await browser.Operator(city.Process, "iryna@example.org"), "/");
        var owner = (await city.Process.Admin("admin", "operator", "--email", "olena@example.org")).GetProperty("user_id").GetString()!;
        var team = (await service.Post("/internal/v1/team/create", new { name = "Теплий дім", mode = "public", owner_user_id = owner })).GetProperty("id").GetString()!;
        await service.Post("/internal/v1/wallet/mint", new { to = team, symbol = "1T", amount = "20000", reason = "founding" });

        await LetGo(olena);
        await Has(olena, team, TwentyThousand());
        await olena.Go("/transactions");
        await olena.Page.Locator("main tr[data-href*='/transactions/'] a").First.ClickAsync();
        await olena.Page.WaitForURLAsync("**/transactions/tx_*");
        await olena.Ready();
        await olena.Page.Locator(".head .acts .btn").First.ClickAsync();
        await olena.Page.Locator(".confirm #reason").FillAsync("made twice");
        await Confirm(olena.Page);

        await LetGo(iryna);
        await Has(iryna, team, Nothing());
        await iryna.Go($"/statement/{team}/print");
        await Expect(iryna.Page.Locator(".sheet-of-paper .lines tbody tr")).ToHaveCountAsync(2);
        await Expect(iryna.Page.Locator(".sheet-of-paper .lines")).ToContainTextAsync("made twice");
        await Expect(iryna.Page.Locator("[data-act=print]")).ToBeVisibleAsync();
        Assert.Empty(olena.Problems);
        Assert.Empty(iryna.Problems);
    }

    // The first thing in the queue of what waits for an operator.
    private static async Task LetGo(ConsoleScreen screen)
    {
        await screen.Go("/approvals");
        await screen.Page.Locator("main table a.link").First.ClickAsync();
        await screen.Page.WaitForURLAsync("**/transactions/tx_*");
        await screen.Ready();
        await screen.Page.Locator("main .row .btn.main").ClickAsync();
        await Confirm(screen.Page);
        await screen.Go("/approvals");
        await Expect(screen.Page.Locator("main table")).ToHaveCountAsync(0);
    }

    private static async Task Has(ConsoleScreen screen, string owner, Regex amount)
    {
        await screen.Go($"/wallets/{owner}");
        await Expect(screen.Page.Locator(".kpi .v").Filter(new() { HasText = "1T" })).ToHaveTextAsync(amount);
    }

    private static async Task Confirm(IPage page)
    {
        await page.Locator(".confirm .btn.main").ClickAsync();
        await Expect(page.Locator(".confirm")).ToHaveCountAsync(0);
    }

    [GeneratedRegex("^20\\D000 1T$")]
    private static partial Regex TwentyThousand();

    [GeneratedRegex("^0 1T$")]
    private static partial Regex Nothing();
}
