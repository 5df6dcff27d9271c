using System.Globalization;
using Daarion.E2E.Running;
using Daarion.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Daarion.E2E;

/// <summary>How somebody is paid on the chain: shows that an address is theirs, claims, and sees the confirmations come.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ChainTaskTests(ConsoleBrowser browser) : IAsyncLifetime
{
    private readonly CityProcess city = new();
    private EvmNode node = null!;

    public async Task InitializeAsync()
    {
        node = await EvmNode.Start();
        city.Settings["DAARION_CHAIN_RPC"] = node.Url.ToString();
        city.Settings["DAARION_CHAIN_SIGNER_KEY"] = EvmNode.SignerKey;
        city.Settings["DAARION_CHAIN_TOKENS"] = $"KWT={node.Token}";
        city.Settings["DAARION_CHAIN_CONFIRMATIONS"] = "3";
        await city.Start();
    }

    public async Task DisposeAsync()
    {
        await city.DisposeAsync();
        await node.DisposeAsync();
    }

    [Fact]
    public async Task Somebody_shows_an_address_to_be_theirs_claims_and_sees_the_confirmations_come()
    {
        var screen = await ConsoleScreen.Open(await browser.Operator(city, "olena@example.org"), "/");
        await screen.Speak("en");
        var page = screen.Page;
        var olena = (await city.Admin("admin", "operator", "--email", "olena@example.org")).GetProperty("user_id").GetString()!;
        using var service = await CityClient.Create(city, "team.create", "service.mint.payout", "service.act_as");
        var team = (await service.Post("/internal/v1/team/create", new { name = "Warm House", mode = "public", owner_user_id = olena })).GetProperty("id").GetString()!;
        await service.Post("/internal/v1/wallet/payout/generate", PayoutStatement.Of(team, olena, 12.5m));
        var address = node.Residents.Dequeue();

        await screen.Go("/addresses");
        await page.Locator("#address").FillAsync(address);
        await page.Locator("#label").FillAsync("Phone");
        await page.Locator("form[data-draft='address.new'] button[type=submit]").ClickAsync();
        var signature = page.Locator("input[name=signature]");
        await Expect(signature).ToBeVisibleAsync();
        await signature.FillAsync(await node.PersonalSign(address, "not what was asked"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Show that it is mine" }).ClickAsync();
        await Expect(page.Locator(".wrong, .notice.bad").First).ToBeVisibleAsync();
        await signature.FillAsync(await node.PersonalSign(address, await page.Locator("pre.code").InnerTextAsync()));
        await page.GetByRole(AriaRole.Button, new() { Name = "Show that it is mine" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Pay payouts here" }).ClickAsync();
        await Expect(page.Locator("main .state", new() { HasText = "Payouts go here" })).ToBeVisibleAsync();

        await screen.Go("/payouts");
        await page.Locator("main tbody tr a").First.ClickAsync();
        await page.WaitForURLAsync("**/payouts/pay_*");
        await screen.Ready();
        await page.Locator(".head").GetByRole(AriaRole.Button, new() { Name = "Claim", Exact = true }).ClickAsync();
        await Expect(page.Locator(".head .state")).ToHaveTextAsync("On its way");

        await screen.Go("/chain");
        var row = page.Locator("main tbody tr");
        for (var blocks = 1; blocks < 3; blocks++)
        {
            await Expect(row).ToContainTextAsync(string.Create(CultureInfo.InvariantCulture, $"{blocks} / 3"));
            await node.Mine(1);
        }

        await Expect(row.Locator(".state")).ToHaveTextAsync("Confirmed");
        await screen.Picture("chain-confirmed-1440");
        await row.Locator("a").First.ClickAsync();
        await page.WaitForURLAsync("**/chain/ctx_*");
        await screen.Ready();
        await page.Locator("main a[href^='/payouts/pay_']").First.ClickAsync();
        await page.WaitForURLAsync("**/payouts/pay_*");
        await screen.Ready();
        await Expect(page.Locator(".head .state")).ToHaveTextAsync("Claimed");
        Assert.Equal(12.5m, await node.Holds(address));
        Assert.Empty(screen.Problems);
    }
}
