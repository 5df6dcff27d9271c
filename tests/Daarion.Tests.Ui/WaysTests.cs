using System.Text.Json;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.UI.Components;
using Daarion.UI.Layout;
using Daarion.UI.Live;
using Daarion.UI.Pages.Decisions;
using Daarion.UI.Text;

namespace Daarion.Tests.Ui;

/// <summary>Rail, palette and links lead where the person at the screen may go.</summary>
public sealed class WaysTests : Screen
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("/dead-letters", "nav.events")]
    [InlineData("/services/wallet", "nav.events")]
    [InlineData("/deliveries/emb_01", "nav.rwa")]
    [InlineData("/governance/new", "nav.governance")]
    [InlineData("/bundles", "nav.decisions")]
    [InlineData("/capabilities/task.read", "nav.decisions")]
    [InlineData("/wallets/mint", "nav.wallets")]
    [InlineData("/me", "nav.settings")]
    [InlineData("/", "nav.overview")]
    public void Every_page_belongs_to_one_area(string path, string area) => Assert.Equal(area, Assert.Single(Areas.All, one => one.Has(path)).Key);

    [Theory]
    [InlineData("outbox", "/outbox")]
    [InlineData("/dead", "/dead-letters")]
    [InlineData("/catalogue", "/catalogue")]
    [InlineData("/replay", "/replay")]
    [InlineData("/services", "/services")]
    public void The_palette_knows_the_pages_of_an_operator_and_offers_them_to_nobody_else(string asked, string page)
    {
        Assert.Contains(Palette(true).Here(asked), entry => entry.Href == page);
        Assert.DoesNotContain(Palette(false).Here(asked), entry => entry.Href == page);
    }

    [Theory]
    [InlineData("/capabilities")]
    [InlineData("/bundles")]
    [InlineData("/plans")]
    [InlineData("/registry")]
    public void The_rules_of_the_city_are_offered_to_every_resident(string page)
    {
        Assert.Contains(Palette(false).Here(page), entry => entry.Href == page);
        Assert.Contains(DecisionTabs.Of(new Texts(), new Somebody()), tab => tab.Href == page);
    }

    [Theory]
    [InlineData("/who-can")]
    [InlineData("/keys")]
    public void Lists_of_people_and_keys_are_offered_to_operators_alone(string page)
    {
        Assert.Contains(DecisionTabs.Of(new Texts(), new Somebody(true)), tab => tab.Href == page);
        Assert.DoesNotContain(DecisionTabs.Of(new Texts(), new Somebody()), tab => tab.Href == page);
        Assert.DoesNotContain(Palette(false).Here(page), entry => entry.Href == page);
    }

    [Fact]
    public void A_site_that_is_known_by_name_keeps_its_platform_and_team()
    {
        var team = TeamId.New(Now);

        Assert.Equal($"/sites/by-name/EU%2F1?platform=energyunion&team={team}", Addresses.OfSite("EU/1", "energyunion", team));
        Assert.Equal("/sites/by-name/EU-1", Addresses.OfSite("EU-1", null, null));
    }

    [Fact]
    public void An_event_mentions_what_its_payload_and_its_order_name()
    {
        var e = new EventEnvelope(EventId.New(Now), Now, "payout", "payout.generated", 1, new EventActor("service:wallet", SubjectKind.Service), JsonSerializer.SerializeToElement(new { rwa_ref = "rwa_1", amount = 3 }), new EventMeta(null, null, null, null, "pay_1"));

        Assert.True(e.Mentions("rwa_1"));
        Assert.True(e.Mentions("pay_1"));
        Assert.False(e.Mentions("rwa_2"));
        Assert.False(e.Mentions(null));
    }

    [Fact]
    public void Whose_teams_allow_nothing_of_an_area_is_offered_none_of_its_pages()
    {
        var (reach, everything) = (Reach(false), Palette(false).Here("").Select(entry => entry.Href).ToList());

        Assert.DoesNotContain(reach.Areas, pair => pair.Area.Key is "nav.rwa" or "nav.events");
        Assert.Equal("/me", reach.Areas.Single(pair => pair.Area.Key == "nav.settings").Href);
        Assert.DoesNotContain("/sites", everything);
        Assert.Contains("/payouts", everything);
        Assert.Equal(Areas.All.Select(area => area.Href), Reach(true).Areas.Select(pair => pair.Href));
    }

    private static PaletteSearch Palette(bool isOperator) => new(new Texts(), new Somebody(isOperator), Reach(isOperator), null!, null!, null!);

    private static Reach Reach(bool isOperator) => new(new Somebody(isOperator), null!, null!);
}
