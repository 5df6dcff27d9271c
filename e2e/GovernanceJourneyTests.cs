using System.Text.RegularExpressions;
using Daarion.E2E.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Daarion.E2E;

/// <summary>How residents come to decide: voices are issued, the vote is founded, a proposal is made and voted on, and who may what is changed.</summary>
[Collection(BrowserCollection.Name)]
public sealed partial class GovernanceJourneyTests(ConsoleBrowser browser, RunningCity city) : IClassFixture<RunningCity>
{
    private const string Taras = "taras@example.org";

    [Fact]
    public async Task A_resident_gets_a_voice_proposes_and_votes_and_everybody_sees_it_at_once()
    {
        var olena = await Operator("olena@example.org");
        var iryna = await Operator("iryna@example.org");
        var taras = await Residents.TeamOwner(browser, city.Process, Taras, "Taras Hai");
        await Mint(olena, iryna);
        await Found(olena);

        var page = taras.Page;
        await taras.Go("/governance/new");
        await page.Locator("#title").FillAsync("More messages for small teams");
        await Choose(page, "plan", "freemium");
        await Choose(page, "metric", "messages");
        await Expect(page.Locator(".operation .field", new() { Has = page.Locator("[name$='-quota']") })).ToContainTextAsync("Now 1,000, at most 2,000");
        await Field(page, "quota").FillAsync("2000000");
        await Expect(page.Locator(".operation .broken")).ToContainTextAsync("would give more of messages than");
        await taras.Picture("governance-new-rule-1440");
        await Field(page, "quota").FillAsync("2000");
        await Expect(page.Locator("#check")).ToContainTextAsync("keeps every rule");
        await Expect(page.Locator("#check td .is")).ToContainTextAsync("2,000 a day");
        await page.Locator("#try").GetByRole(AriaRole.Button, new() { Name = "Try it" }).ClickAsync();
        await Expect(page.Locator("#simulation .kpi")).ToHaveCountAsync(4);
        await taras.IsAccessible("/governance/new with a simulation");
        await taras.Picture("governance-new-1440");
        await page.Locator("form.proposal button[type=submit]").ClickAsync();
        await page.Locator(".confirm .btn.main").ClickAsync();
        await page.WaitForURLAsync("**/governance/gov_*");
        await taras.Ready();

        var address = new Uri(page.Url).AbsolutePath;
        await iryna.Go(address);
        await Expect(Votes(iryna.Page, "yes")).ToContainTextAsync("0 DAARION");
        await Expect(page.Locator("#vote header")).ToContainTextAsync("100 DAARION");
        await page.Locator("#vote").GetByRole(AriaRole.Button, new() { Name = "Against" }).ClickAsync();
        await Expect(Votes(iryna.Page, "no")).ToContainTextAsync("100 DAARION");
        await page.Locator("#vote").GetByRole(AriaRole.Button, new() { Name = "For", Exact = true }).ClickAsync();
        await Expect(Votes(iryna.Page, "yes")).ToContainTextAsync("100 DAARION");
        await Expect(Votes(iryna.Page, "no")).ToContainTextAsync("0 DAARION");
        await Expect(iryna.Page.Locator("#vote")).ToContainTextAsync("It would be adopted now");
        await taras.IsAccessible(address);
        await taras.Picture("governance-vote-1440");

        await taras.Go("/governance");
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("100 % for");
        Assert.Empty(taras.Problems.Concat(iryna.Problems).Concat(olena.Problems));
    }

    [Fact]
    public async Task An_operator_changes_the_matrix_by_hand_where_they_may_and_by_a_proposal_where_they_may_not()
    {
        var screen = await Operator("olena@example.org");
        var page = screen.Page;
        await screen.Go("/bundles?q=chat.message");
        var talks = page.Locator("[data-cell='role.Visitor chat.message.send']");
        await screen.Picture("bundles-1440");
        await talks.FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await Expect(page.Locator("#pending tbody tr")).ToContainTextAsync("role.Visitor chat.message.send");
        await Expect(page.Locator("#pending .notice")).ToHaveCountAsync(0);
        await page.Locator("#pending").GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.Locator(".confirm .btn.main").ClickAsync();
        await Expect(page.Locator("#pending")).ToHaveCountAsync(0);
        await Expect(talks).ToHaveClassAsync(Held());

        await screen.Go("/bundles?q=team.state");
        await page.Locator("[data-cell='role.Member team.state.change']").ClickAsync();
        await Expect(page.Locator("#pending .notice.wait")).ToContainTextAsync("by vote only");
        await screen.IsAccessible("/bundles with an edit");
        await screen.Picture("bundles-edit-1440");
        await page.Locator("#pending").GetByRole(AriaRole.Button, new() { Name = "Make it a proposal" }).ClickAsync();
        await page.WaitForURLAsync("**/governance/new");
        await screen.Ready();
        await Expect(Field(page, "bundle")).ToHaveValueAsync("role.Member");
        await Expect(Field(page, "capability")).ToHaveValueAsync("team.state.change");
        await Expect(page.Locator("#check")).ToContainTextAsync("keeps every rule");
        Assert.Empty(screen.Problems);
    }

    private static ILocator Field(IPage page, string name) => page.Locator($".operation [name$='-{name}']").First;

    private static ILocator Votes(IPage page, string choice) => page.Locator($".tally-line[data-choice={choice}]");

    private static Task Choose(IPage page, string name, string value) => Field(page, name).SelectOptionAsync(value);

    private static async Task Mint(ConsoleScreen first, ConsoleScreen second)
    {
        await first.Go("/wallets/mint");
        await first.Page.Locator("#to").FillAsync(Taras);
        await first.Page.Locator("#amount").FillAsync("100");
        await first.Page.Locator("#reason").FillAsync("A voice for the first resident");
        await first.Page.Locator("main form button[type=submit]").ClickAsync();
        await first.Page.Locator(".confirm .btn.main").ClickAsync();
        await first.Page.WaitForURLAsync("**/transactions/*");
        await first.Ready();
        await second.Go(new Uri(first.Page.Url).AbsolutePath);
        await second.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await second.Page.Locator(".confirm .btn.main").ClickAsync();
        await Expect(first.Page.Locator("main").GetByText("Entries")).ToBeVisibleAsync();
    }

    private static async Task Found(ConsoleScreen screen)
    {
        var page = screen.Page;
        await screen.Go("/governance/settings");
        var shortest = page.Locator("[data-setting='governance.min_voting_seconds']");
        await shortest.GetByRole(AriaRole.Button).ClickAsync();
        await page.Locator("#setting-value").FillAsync("60");
        await page.Locator("li.edit button[type=submit]").ClickAsync();
        await page.Locator(".confirm .btn.main").ClickAsync();
        await Expect(shortest).ToContainTextAsync("1 min");
    }

    private async Task<ConsoleScreen> Operator(string email)
    {
        var screen = await ConsoleScreen.Open(await browser.Operator(city.Process, email), "/");
        await screen.Speak("en");
        return screen;
    }

    [GeneratedRegex("\\ball\\b")]
    private static partial Regex Held();
}
