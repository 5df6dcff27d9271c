using Daarion.E2E.Running;
using static Microsoft.Playwright.Assertions;

namespace Daarion.E2E;

/// <summary>The console by keyboard alone.</summary>
[Collection(BrowserCollection.Name)]
public sealed class KeyboardTests(ConsoleBrowser browser, RunningCity city)
{
    [Fact]
    public async Task The_palette_goes_to_a_page_by_its_name_and_to_anything_by_its_id()
    {
        await using var person = await browser.Operator(city.Process, "olena@example.org");
        var screen = await ConsoleScreen.Open(person, "/");
        var page = screen.Page;

        await page.Keyboard.PressAsync("Control+k");
        await Expect(page.Locator("#palette[open] #palette-input")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("outbox");
        await Expect(page.Locator("#palette-list li[role=option]")).ToHaveCountAsync(1);
        await Expect(page.Locator("#palette-list li[aria-selected=true]")).ToContainTextAsync("Outbox");
        await screen.IsAccessible("the palette");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/outbox");

        await page.Keyboard.PressAsync("Control+k");
        await Expect(page.Locator("#palette[open] #palette-input")).ToBeFocusedAsync();
        await page.Keyboard.InsertTextAsync("t_city");
        await Expect(page.Locator("#palette-list li").Nth(1)).ToContainTextAsync("/teams/t_city");
        await page.EvaluateAsync("document.getElementById('palette').dispatchEvent(new Event('close'))");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/teams/t_city");
        Assert.Empty(screen.Problems);
    }

    [Fact]
    public async Task Single_keys_show_the_shortcuts_search_the_list_and_go_to_an_area()
    {
        await using var person = await browser.Operator(city.Process, "olena@example.org");
        var screen = await ConsoleScreen.Open(person, "/platforms");
        var page = screen.Page;

        await page.Keyboard.PressAsync("?");
        await Expect(page.Locator("#shortcuts[open]")).ToBeVisibleAsync();
        await screen.IsAccessible("the shortcuts");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#shortcuts[open]")).ToHaveCountAsync(0);

        await page.Keyboard.PressAsync("/");
        await Expect(page.Locator(".toolbar .search input")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("g p");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/platforms"));

        await screen.Go("/teams");
        foreach (var (letter, address) in new[] { ("p", "/payouts"), ("d", "/deliveries"), ("e", "/events"), ("o", "/") })
        {
            await page.Keyboard.PressAsync("g");
            await page.Keyboard.PressAsync(letter);
            await page.WaitForURLAsync(new Uri(city.Process.PublicUrl, address).ToString());
            await screen.Ready();
        }
    }
}
