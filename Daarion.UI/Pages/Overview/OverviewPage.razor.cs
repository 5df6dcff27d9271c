using System.Text.Json;
using Daarion.Core.Embassies;
using Daarion.Core.Events;
using Daarion.Core.Governance;
using Daarion.Core.Kernel;
using Daarion.Core.Outbox;
using Daarion.Core.Teams;
using Daarion.Core.Telemetry;
using Daarion.Core.Wallets;
using Daarion.UI.Components;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Overview;

/// <summary>How the city is now: services, outbox and streams, the last events, and in a new city the first steps.</summary>
public sealed partial class OverviewPage
{
    private const int FeedLength = 14;
    private const int MostPast = 60;
    private const int MostVotes = 3;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DemoBeat = TimeSpan.FromMilliseconds(500);
    private readonly List<(EventEnvelope Event, bool IsNew)> feed = [];
    private readonly List<double>[] past = [[], [], [], []];
    private RightSet may = RightSet.None;
    private CityFigures? figures;
    private IReadOnlyList<PayoutTotal> totals = [];
    private IReadOnlyList<MyTeamView> mine = [];
    private IReadOnlyList<FirstStep> steps = [];
    private IReadOnlyList<(string Kind, string Text)> warnings = [];
    private IReadOnlyList<PolicyView> votes = [];
    private PeriodicTimer? timer;
    private PeriodicTimer? demoTimer;
    private DemoView? demo;
    private DemoStrip? strip;
    private bool filled;

    [Inject]
    private ITelemetryService Telemetry { get; set; } = null!;

    [Inject]
    private IOutboxService Outbox { get; set; } = null!;

    [Inject]
    private IEventStreamService Streams { get; set; } = null!;

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    [Inject]
    private IEmbassyService Embassy { get; set; } = null!;

    [Inject]
    private IGovernanceService Governance { get; set; } = null!;

    [Inject]
    private IDemoService Demonstration { get; set; } = null!;

    [Inject]
    private IPayoutService Payouts { get; set; } = null!;

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    private bool SeesCity => may.May("city.telemetry.read") && may.May("city.outbox.read");

    private Quantity ToClaim => Quantity.Of(totals.Where(total => total is { Symbol: Symbol.KWT, Status: PayoutStatus.Generated }).Sum(total => total.Amount.Value));

    private long InReview => totals.Where(total => total.Status == PayoutStatus.Review).Sum(total => total.Count);

    protected override async Task Load()
    {
        may = await Rights.In(null, Gone, "team.create", "city.telemetry.read", "city.outbox.read", "city.wallet.audit", "city.embassy.manage", "city.demo.read", "city.demo.manage");
        votes = await Once("votes", OpenVotes);
        if (SeesCity)
        {
            await Look();
        }
        else
        {
            var own = OwnerId.Of(Session.Person!.Id);
            mine = (await Once("mine", () => Teams.Mine(Caller, new ListMyTeams(new PageRequest()), Gone))).Items;
            totals = (await Once("totals", () => Payouts.SummarisePayouts(Caller, new PayoutQuery(Beneficiary: own), Gone))).Totals;
        }
    }

    // The overview is shown also to whoever may not read them.
    private async Task<IReadOnlyList<PolicyView>> OpenVotes()
    {
        try
        {
            return (await Governance.ListPolicies(Caller, new PolicyFilter(PolicyStatus.Voting, Page: new PageRequest(MostVotes)), Gone)).Items;
        }
        catch (CityException)
        {
            return [];
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            timer = new PeriodicTimer(Beat, Time);
            demoTimer = new PeriodicTimer(DemoBeat, Time);
            _ = KeepLooking();
            _ = KeepLookingAtDemo();
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (filled && strip is not null)
        {
            filled = false;
            await strip.Focus();
        }
    }

    protected override void Dispose(bool disposing)
    {
        timer?.Dispose();
        demoTimer?.Dispose();
        base.Dispose(disposing);
    }

    private async Task KeepLooking()
    {
        while (timer is not null && await timer.WaitForNextTickAsync())
        {
            if (SeesCity)
            {
                await ReloadLive();
            }
        }
    }

    // A filling is looked at more closely than the city; when it ends, the whole page has changed.
    private async Task KeepLookingAtDemo()
    {
        while (demoTimer is not null && await demoTimer.WaitForNextTickAsync())
        {
            if (demo is { Activity: DemoActivity.Filling })
            {
                await InvokeAsync(LookAtDemo);
            }
        }
    }

    private async Task LookAtDemo()
    {
        try
        {
            demo = await Demonstration.Get(Caller, new GetDemo(), Gone);
        }
        catch (CityException)
        {
            // The page's own beat says what is the matter.
            return;
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (demo.Activity != DemoActivity.Filling)
        {
            await Reload();
        }

        StateHasChanged();
    }

    private async Task FillWithDemo() =>
        filled = await DoWithDemo(() => Demonstration.Fill(Caller, new FillWithDemo(), Gone));

    private Task<bool> StartMeter() => DoWithDemo(() => Demonstration.StartMeter(Caller, new StartDemoMeter(), Gone));

    private Task<bool> StopMeter() => DoWithDemo(() => Demonstration.StopMeter(Caller, new StopDemoMeter(), Gone));

    // A refusal too says something about the city that the page does not show yet.
    private async Task<bool> DoWithDemo(Func<Task<DemoView>> act)
    {
        var done = await Do(async () => demo = await act());
        if (!done)
        {
            await Reload();
        }

        return done;
    }

    // All questions at once: the page is there as soon as the slowest is answered.
    private async Task Look()
    {
        var services = Once("services", () => Telemetry.ListServices(Caller, new ListServices(40), Gone));
        var stats = Once("stats", () => Outbox.GetStats(Caller, new OutboxStatsRequest(), Gone));
        var streams = Once("streams", () => OrNothing(() => Streams.ListStreams(Caller, new StreamsRequest(), Gone)));
        var payouts = Once("totals", () => Payouts.SummarisePayouts(Caller, new PayoutQuery(), Gone));
        var shown = may.May("city.demo.read") ? Once("demo", () => Demonstration.Get(Caller, new GetDemo(), Gone)) : null;
        var newest = feed.Count > 0 ? null : Once("newest", Newest);
        await LookAtSteps();
        demo = shown is null ? null : await shown;
        totals = (await payouts).Totals;
        figures = new CityFigures(await services, await stats, (await streams).Items);
        steps = [.. steps.Select(step => step.Key == "claim" ? step with { Done = totals.Any(total => total is { Status: PayoutStatus.Claimed, Count: > 0 }) } : step.Key == "reading" ? step with { Done = totals.Count > 0 || step.Done } : step)];
        warnings = [.. Warnings(figures)];
        Remember(figures.Stats);
        if (newest is not null)
        {
            feed.AddRange((await newest).Where(e => feed.TrueForAll(line => line.Event.EventId != e.EventId)).Select(e => (e, false)));
        }
    }

    // What happened before the page was opened; from then on it hears of events itself.
    private async Task<IReadOnlyList<EventEnvelope>> Newest()
    {
        var rows = (await Outbox.ListEvents(Caller, new OutboxQuery(Limit: FeedLength), Gone)).Items;
        var details = await Task.WhenAll(rows.Select(row => Outbox.GetEvent(Caller, new OutboxEventRef(row.Id), Gone)));
        return [.. details.Select(detail => JsonSerializer.Deserialize<EventEnvelope>(detail.Envelope, EventJson.Options)!)];
    }

    private async Task LookAtSteps()
    {
        if (steps.Count > 0 && steps.All(step => step.Done))
        {
            return;
        }

        var one = new PageRequest(2);
        var teams = Once("step-teams", () => Teams.List(Caller, new ListTeams(one), Gone));
        var platforms = Once("step-platforms", () => Embassy.ListPlatforms(Caller, one, Gone));
        var sites = Once("step-sites", () => Embassy.ListIdentities(Caller, new IdentityQuery(Unassigned: false, Limit: 1), Gone));
        var (hasTeam, hasPlatform, hasSite) = ((await teams).Items.Any(team => team.Id != Core.Kernel.Id<TeamKind>.WellKnown()), (await platforms).Items.Count > 0, (await sites).Items.Count > 0);
        var platform = (await platforms).Items is [var first, ..] ? Addresses.OfPlatform(first.Name) : "/platforms";
        steps =
        [
            new("team", hasTeam, "/teams/new"),
            new("platform", hasPlatform, "/platforms/new"),
            new("site", hasSite, "/sites/new"),
            new("reading", hasSite && (await sites).Items[0].LastReadingAt is not null, $"{platform}#test"),
            new("claim", false, "/payouts"),
        ];
    }

    private IEnumerable<(string Kind, string Text)> Warnings(CityFigures now)
    {
        foreach (var service in now.Services.Services.Where(service => Health(service) is "wait" or "bad"))
        {
            yield return (Health(service), T["overview.many_errors", T.Of("service", service.Name)]);
        }

        if (now.Stats.OldestAgeMs > 60_000)
        {
            yield return ("bad", T["overview.outbox_late"]);
        }

        if (now.Streams.Count == 0)
        {
            yield return ("wait", T["overview.nats_away"]);
        }
    }

    private Task Heard(IReadOnlyList<EventEnvelope> events)
    {
        if (may.May("city.outbox.read"))
        {
            feed.RemoveAll(line => events.Any(e => e.EventId == line.Event.EventId));
            for (var i = 0; i < feed.Count; i++)
            {
                feed[i] = (feed[i].Event, false);
            }

            feed.InsertRange(0, events.Reverse().Take(FeedLength).Select(e => (e, true)));
            feed.RemoveRange(Math.Min(FeedLength, feed.Count), Math.Max(0, feed.Count - FeedLength));
            StateHasChanged();
        }

        return Task.CompletedTask;
    }

    // The figures that nobody else keeps are remembered while the page is open.
    private void Remember(OutboxStats stats)
    {
        double[] now = [stats.Rate, stats.Unprocessed, (double)ToClaim.Value, stats.Dead + InReview];
        for (var i = 0; i < now.Length; i++)
        {
            past[i].Add(now[i]);
            if (past[i].Count > MostPast)
            {
                past[i].RemoveAt(0);
            }
        }
    }

    private static string Health(ServiceFigures service) => service.Now switch
    {
        { ErrorRate: > 0.02 } => "bad",
        { ErrorRate: > 0.005 } => "wait",
        { RequestsPerSecond: 0 } => "idle",
        _ => "ok",
    };

    // With NATS away everything else still has its figures.
    private static async Task<Page<StreamFigures>> OrNothing(Func<Task<Page<StreamFigures>>> ask)
    {
        try
        {
            return await ask();
        }
        catch (CityException e) when (e.Code == ErrorCode.Unavailable)
        {
            return Page<StreamFigures>.Empty;
        }
    }

    private sealed record CityFigures(ServicesOverview Services, OutboxStats Stats, IReadOnlyList<StreamFigures> Streams);
}
