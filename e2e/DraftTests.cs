using Daarion.E2E.Running;
using static Microsoft.Playwright.Assertions;

namespace Daarion.E2E;

/// <summary>What was typed is still there after the server was killed under it.</summary>
[Collection(BrowserCollection.Name)]
public sealed class DraftTests(ConsoleBrowser browser) : IAsyncLifetime
{
    private readonly CityProcess city = new();

    public Task InitializeAsync() => city.Start();

    public Task DisposeAsync() => city.DisposeAsync().AsTask();

    [Fact]
    public async Task What_was_typed_survives_a_server_that_is_killed_and_started_again()
    {
        await using var person = await browser.Operator(city, "olena@example.org");
        var transfer = await ConsoleScreen.Open(person, "/transfers/new");
        await transfer.Page.Locator("#to").FillAsync("taras@example.org");
        await transfer.Page.Locator("#amount").FillAsync("12.5");
        var key = await transfer.Page.Locator("input[name=key]").InputValueAsync();
        var site = await ConsoleScreen.Open(person, "/platforms/new");
        await site.Page.Locator("#name").FillAsync("EnergyUnion");
        await site.Page.Locator("#platform").FillAsync("energyunion");
        await site.Page.Locator("main form button[type=submit]").ClickAsync();
        await Expect(site.Page.Locator(".secret").First).ToBeVisibleAsync();
        await site.Go("/sites/new");
        await site.Page.Locator("#site").FillAsync("EU-KYIV-07");
        await site.Page.Locator("input[name=kind][value=resident]").CheckAsync();
        await site.Page.Locator("#resident").FillAsync("taras@example.org");
        var operators = await ConsoleScreen.Open(person, "/settings");
        await operators.Page.Locator(".head .btn").First.ClickAsync();
        await operators.Page.Locator("#email").FillAsync("iryna@example.org");

        await city.Kill();
        await Expect(transfer.Page.Locator("html")).ToHaveAttributeAsync("data-line", "down");
        await city.Start();

        await Expect(transfer.Page.Locator("html")).Not.ToHaveAttributeAsync("data-line", "down");
        await Expect(transfer.Page.Locator("main form .notice")).ToBeVisibleAsync();
        await Expect(transfer.Page.Locator("#to")).ToHaveValueAsync("taras@example.org");
        await Expect(transfer.Page.Locator("#amount")).ToHaveValueAsync("12.5");
        Assert.Equal(key, await transfer.Page.Locator("input[name=key]").InputValueAsync());
        await Expect(site.Page.Locator("#site")).ToHaveValueAsync("EU-KYIV-07");
        await Expect(site.Page.Locator("#resident")).ToHaveValueAsync("taras@example.org");
        await Expect(operators.Page.Locator("#email")).ToHaveValueAsync("iryna@example.org");
        await transfer.Picture("draft-restored");
    }
}
