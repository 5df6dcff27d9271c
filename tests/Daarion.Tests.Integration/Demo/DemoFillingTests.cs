using System.Net;
using Daarion.Core.Auth;
using Daarion.Core.Data;
using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.Core.Telemetry;
using Daarion.Core.Wallets;
using Daarion.Server.Demo;
using Daarion.Server.Settings;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Demo;

/// <summary>The demonstration of one empty city, told in order: it breaks off again and again, is completed, sends, is stopped and sends on.</summary>
public sealed class DemoFillingTests(FreshCity city) : IClassFixture<FreshCity>
{
    private IDemoService Demo => city.Get<IDemoService>();

    [Fact]
    public async Task A_filling_that_broke_off_anywhere_is_completed_by_the_next_and_then_the_meter_sends_until_it_is_stopped()
    {
        var boss = await Operator();
        Assert.Equal(DemoPresence.None, (await Demo.Get(boss, new GetDemo(), default)).Presence);
        var key = await city.Get<IServiceKeyService>().Create(Caller.ForService(ServiceName.Auth), new CreateServiceKey("breaking", DemoAccess.Capabilities), default);

        await BreakOff(key, DemoPart.People, 3);
        Assert.Equal(DemoPresence.None, (await Demo.Get(boss, new GetDemo(), default)).Presence);
        foreach (var (part, times) in new[] { (DemoPart.Platform, 1), (DemoPart.Teams, 2), (DemoPart.Readings, 30), (DemoPart.Readings, 90), (DemoPart.Payouts, 1), (DemoPart.Claims, 1) })
        {
            await BreakOff(key, part, times);
            Assert.Equal(DemoPresence.Partial, (await Demo.Get(boss, new GetDemo(), default)).Presence);
            await Refused(() => Demo.StartMeter(boss, new StartDemoMeter(), default), "demo_not_whole");
        }

        var begun = await Demo.Fill(boss, new FillWithDemo(), default);
        Assert.Equal((DemoActivity.Filling, DemoScript.Outline), (begun.Activity, begun.Outline));
        var sending = await Until(boss, demo => demo.Last is not null);
        Assert.Equal((DemoPresence.Whole, DemoActivity.Sending), (sending.Presence, sending.Activity));
        await NothingIsMissingOrTwice(boss);

        var quiet = await Demo.StopMeter(boss, new StopDemoMeter(), default);
        Assert.Equal((DemoPresence.Whole, DemoActivity.Idle, (DemoFailure?)null), (quiet.Presence, quiet.Activity, quiet.Failure));
        var sent = await Readings("=");
        Assert.Equal(quiet, await Demo.StopMeter(boss, new StopDemoMeter(), default));
        await Demo.StartMeter(boss, new StartDemoMeter(), default);
        await Until(boss, demo => demo.Last is not null);
        Assert.True(await Readings("=") > sent);
        await NothingIsMissingOrTwice(boss);

        // A command at a terminal takes the meter over; the console says so instead of sending refused readings for ever.
        await city.Get<IEmbassyService>().RotateSecret(boss, new RotateSecret(DemoMarks.Platform, 0), default);
        Assert.Equal(DemoTrouble.MeterRefused, (await Until(boss, demo => demo.Failure is not null)).Failure!.Kind);

        await ActsAreAudited(boss);
        Assert.All(await Keys(boss), one => Assert.True(one.RevokedAt is not null && one.ExpiresAt is not null, $"{one.ClientId} is still good"));
        Assert.DoesNotContain("whsec_", city.Log.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(key.ClientSecret, city.Log.ToString(), StringComparison.Ordinal);
    }

    private async Task<Caller> Operator()
    {
        var made = await city.Get<IOperatorService>().Make(Caller.ForService(ServiceName.Auth), new MakeOperator("boss@example.org"), default);
        return Caller.ForUser(made.UserId, SessionId.New(TimeProvider.System.GetUtcNow()), new Origin("req_demo", IPAddress.Loopback, "tests"));
    }

    // As a server that is killed there: nothing of the step after it happens.
    private async Task BreakOff(ServiceKeySecret key, DemoPart part, int times)
    {
        using var end = new CancellationTokenSource();
        using var demo = new DemoCity(
            DemoAccess.To(city.Get<CitySettings>(), key.ClientId.Value, key.ClientSecret), TimeProvider.System, new EndAt(part, times, end));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => demo.Fill(end.Token));
    }

    private async Task<DemoView> Until(Caller caller, Func<DemoView, bool> condition)
    {
        var demo = await Demo.Get(caller, new GetDemo(), default);
        await Eventually.True(async () => condition(demo = await Demo.Get(caller, new GetDemo(), default)), () => $"the demonstration goes on; it is {demo}", TimeSpan.FromSeconds(90));
        return demo;
    }

    private async Task NothingIsMissingOrTwice(Caller boss)
    {
        var outline = DemoScript.Outline;
        var teams = (await city.Get<ITeamService>().List(boss, new ListTeams(new PageRequest(50)), default)).Items.Where(team => team.Id != TeamId.WellKnown()).ToList();
        Assert.Equal(DemoScript.Teams.Select(team => (team.Name, 1 + team.Members.Count)).Order(), teams.Select(team => (team.Name, team.MemberCount)).Order());
        Assert.Equal(outline.People, (await city.Get<IUserService>().List(boss, new ListUsers(new PageRequest(50), "demo.example"), default)).Items.Count);
        var sites = (await city.Get<IEmbassyService>().ListIdentities(boss, new IdentityQuery(DemoMarks.Platform), default)).Items;
        Assert.Equal((outline.Sites, 1), (sites.Count, sites.Count(site => site.TeamId is null)));
        Assert.Equal(outline.Readings, await Readings("<>"));
        foreach (var team in teams)
        {
            var claimed = await city.Get<IPayoutService>().SummarisePayouts(boss, new PayoutQuery(TeamId: team.Id), default);
            Assert.Equal(DemoScript.Teams.Single(one => one.Name == team.Name).HasClaimed, claimed.Totals.Any(total => total is { Status: PayoutStatus.Claimed, Count: > 0 and <= 200 }));
        }
    }

    private async Task<long> Readings(string comparison)
    {
        await using var command = city.Get<CityDatabase>().Of("tests").CreateCommand(
            $"select count(*) from embassy.embassy_readings where platform = '{DemoMarks.Platform}' and site_id {comparison} '{DemoMarks.LiveSite}'");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task ActsAreAudited(Caller boss)
    {
        foreach (var act in new[] { "city.demo.fill", "city.demo.meter.stop", "city.demo.meter.start" })
        {
            var by = default(string);
            await Eventually.True(
                async () => (by = (await city.Get<ITelemetryService>().ListAudit(boss, new ListAudit(new PageRequest(), Action: act), default)).Items.SingleOrDefault()?.ActorId) is not null,
                () => $"{act} is in the audit log once");
            Assert.Equal(boss.SubjectId, by);
        }
    }

    private async Task<IReadOnlyList<ServiceKeyView>> Keys(Caller boss) =>
        [.. (await city.Get<IServiceKeyService>().List(boss, new ListServiceKeys(new PageRequest(), IncludeRevoked: true), default)).Items.Where(key => key.Name == DemoAccess.KeyName)];

    private static async Task Refused(Func<Task> act, string reason) => Assert.Equal(reason, (await Assert.ThrowsAsync<CityException>(act)).Reason);

    /// <summary>Ends the filling as soon as a part was reported so many times.</summary>
    private sealed class EndAt(DemoPart part, int times, CancellationTokenSource end) : IProgress<DemoProgress>
    {
        private int seen;

        public void Report(DemoProgress value)
        {
            if (value.Part == part && ++seen == times)
            {
                end.Cancel();
            }
        }
    }
}
