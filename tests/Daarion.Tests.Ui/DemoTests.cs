using AngleSharp.Dom;
using Bunit;
using Daarion.Core.Embassies;
using Daarion.UI.Components;
using Daarion.UI.Pages.Overview;
using Microsoft.AspNetCore.Components;

namespace Daarion.Tests.Ui;

/// <summary>The demonstration on the overview: offered to an empty city, asked about first, and shown while it goes on.</summary>
public sealed class DemoTests : Screen
{
    private static readonly DemoOutline Outline = new(8, 3, 9, 21, 7104);
    private int filled;
    private int stopped;
    private int started;

    [Fact]
    public void An_empty_city_is_offered_the_demonstration_and_told_what_it_does_before_anything_happens()
    {
        var steps = Steps(View(DemoPresence.None));

        steps.Find("footer .btn").Click();
        Assert.Equal(0, filled);
        var ask = steps.Find(".confirm");
        Assert.Contains("8 people, 3 teams and 9 meters with 21 days of readings (7,104 of them)", ask.TextContent, StringComparison.Ordinal);
        Assert.Contains("stays", ask.TextContent, StringComparison.Ordinal);
        Button(ask, "Cancel").Click();
        Assert.Empty(steps.FindAll(".confirm"));

        steps.Find("footer .btn").Click();
        Button(steps.Find(".confirm"), "Fill the city").Click();
        Assert.Equal(1, filled);
    }

    [Fact]
    public void Who_may_not_fill_the_city_is_told_why_and_asked_nothing()
    {
        var steps = Steps(View(DemoPresence.None), new Right(false, "capability_missing", null, new RightQuestion("city.demo.manage")));

        steps.Find("footer .btn").Click();

        Assert.Equal("true", steps.Find("footer .btn").GetAttribute("aria-disabled"));
        Assert.Contains("Nothing you hold gives this.", steps.Find(".why").TextContent, StringComparison.Ordinal);
        Assert.Empty(steps.FindAll(".confirm"));
    }

    [Fact]
    public void A_city_with_content_of_its_own_is_offered_nothing_and_told_why()
    {
        var steps = Steps(View(DemoPresence.Foreign));

        Assert.Contains("has teams or platforms of its own", steps.Find("footer").TextContent, StringComparison.Ordinal);
        Assert.Empty(steps.FindAll("footer .btn"));
        Assert.False(DemoStrip.Has(View(DemoPresence.Foreign)));
    }

    [Fact]
    public void A_filling_shows_how_far_it_is_and_says_each_part_once()
    {
        var strip = Strip(View(DemoPresence.Partial, DemoActivity.Filling, new DemoProgress(DemoPart.Readings, "DEMO-KYIV-01", 50, 200)));

        var bar = strip.Find("progress");
        Assert.Equal(("50", "200"), (bar.GetAttribute("value"), bar.GetAttribute("max")));
        Assert.Contains("25 %", strip.Markup, StringComparison.Ordinal);
        Assert.Equal("Readings are delivered", strip.Find("[role=status]").TextContent);
        Assert.Contains("DEMO-KYIV-01", strip.Find("[aria-hidden=true].line").TextContent, StringComparison.Ordinal);
        Assert.Empty(strip.FindAll("button"));
    }

    [Fact]
    public void A_meter_that_sends_can_be_stopped_and_a_quiet_one_started()
    {
        var sending = Strip(View(DemoPresence.Whole, DemoActivity.Sending, last: new DemoMeterValue(new DateTimeOffset(2026, 11, 14, 12, 0, 0, TimeSpan.Zero), 11412.5m)));
        Assert.Contains("11,412.5 kWh", sending.Markup, StringComparison.Ordinal);
        Button(sending.Find(".demo"), "Stop").Click();

        var quiet = Strip(View(DemoPresence.Whole));
        Assert.Equal("The demo meter is quiet.", quiet.Find("[role=status]").TextContent);
        Button(quiet.Find(".demo"), "Start").Click();

        Assert.Equal((1, 1, 0), (stopped, started, filled));
    }

    [Fact]
    public void A_filling_that_broke_off_says_why_and_can_go_on()
    {
        var strip = Strip(View(DemoPresence.Partial) with { Failure = new DemoFailure(DemoTrouble.BrokeOff, "The city does not answer.") });

        Assert.Contains("The city does not answer.", strip.Markup, StringComparison.Ordinal);
        Button(strip.Find(".demo"), "Go on").Click();

        Assert.Equal(1, filled);
    }

    private static DemoView View(DemoPresence presence, DemoActivity activity = DemoActivity.Idle, DemoProgress? progress = null, DemoMeterValue? last = null) =>
        new(presence, activity, progress, null, last, Outline);

    private static IElement Button(IElement around, string words) => around.QuerySelectorAll("button").Single(button => button.TextContent.Trim() == words);

    private IRenderedComponent<FirstSteps> Steps(DemoView demo, Right? right = null) => Render<FirstSteps>(steps => steps
        .Add(s => s.Steps, [new FirstStep("team", false, "/teams/new")])
        .Add(s => s.Demo, demo)
        .Add(s => s.Right, right)
        .Add(s => s.OnFill, EventCallback.Factory.Create(this, () => filled++)));

    private IRenderedComponent<DemoStrip> Strip(DemoView demo) => Render<DemoStrip>(strip => strip
        .Add(s => s.Demo, demo)
        .Add(s => s.OnFill, EventCallback.Factory.Create(this, () => filled++))
        .Add(s => s.OnStart, EventCallback.Factory.Create(this, () => started++))
        .Add(s => s.OnStop, EventCallback.Factory.Create(this, () => stopped++)));
}
