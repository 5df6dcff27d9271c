using System.Net;
using Daarion.Core.Capabilities.AccessKeys;
using Daarion.Core.Governance;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Usage;
using Daarion.Tests.Integration.AccessKeys;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Usage;

/// <summary>What access keys use: within their budget, and not in an unusual way.</summary>
public sealed class KeyUsageTests(StrictCity city) : IClassFixture<StrictCity>
{
    private const string Setting = "usage.anomalies_suspend_keys";
    private const string Compute = "compute_1t";

    private static readonly Caller Service = Caller.ForService(ServiceName.Usage);

    private IUsageService Usage => city.Get<IUsageService>();

    private IAccessKeyService Keys => city.Get<IAccessKeyService>();

    [Fact]
    public async Task A_key_spends_its_budget_and_its_team_the_rest_of_the_quota()
    {
        city.BeginAnHour();
        var (team, owner) = await city.NewTeam();
        var key = (await Keys.Create(owner.Caller, new CreateAccessKey(team, "Рахівник", Caps: ["team.read"], Budget1T: Quantity.Of(3)), default)).Id.Value;

        var first = await Usage.Reserve(Service, new ReserveUnits(team, Compute, Quantity.Of(2), KeyId: key), default);
        var refused = await Assert.ThrowsAsync<CityException>(() => Usage.Reserve(Service, new ReserveUnits(team, Compute, Quantity.Of(2), KeyId: key), default));
        await Usage.Settle(Service, new SettleUnits(first.Reservation, Quantity.Parse("2.5")), default);
        var released = await Usage.Reserve(Service, new ReserveUnits(team, Compute, Quantity.Parse("0.5"), KeyId: key), default);
        await Usage.Release(Service, new ReservationRef(released.Reservation), default);
        await Usage.Increment(Service, new IncrementUnits(team, Compute, Quantity.Parse("0.5"), $"run-{team}", KeyId: key), default);
        await Usage.Increment(Service, new IncrementUnits(team, Compute, Quantity.Parse("0.5"), $"run-{team}", KeyId: key), default);
        var spent = await Assert.ThrowsAsync<CityException>(() => Usage.Reserve(Service, new ReserveUnits(team, Compute, Quantity.Parse("0.1"), KeyId: key), default));
        var without = await Usage.Reserve(Service, new ReserveUnits(team, Compute, Quantity.Of(7)), default);

        Assert.Equal((ErrorCode.Forbidden, Reasons.CostExceeded), (refused.Code, refused.Reason));
        var decision = await city.Get<IPolicyService>().GetDecision(await city.NewOperator(), new DecisionRef(DecisionId.Parse(spent.DecisionId!)), default);
        Assert.Equal((Reasons.CostExceeded, 3m, 3m), (decision.Reason, decision.Quota!.Used.Value, decision.Quota.Limit.Value));
        Assert.Equal(0m, without.Remaining!.Value.Value);
        var month = (await Usage.GetUsage(owner.Caller, new UsageQuery(team), default)).Metrics.Single(one => one.Metric == Compute);
        Assert.Equal((3m, 7m, 10m), (month.Used.Value, month.Reserved.Value, month.EffectiveQuota!.Value.Value));
        Assert.Equal(3m, (await Usage.GetSeries(owner.Caller, new SeriesQuery(team, Compute, Step: SeriesStep.Day), default)).Points.Sum(point => point.Value.Value));
        Assert.True((await Usage.Reconcile(await city.NewOperator(), new ReconcileUsage(), default)).Ok);
    }

    [Fact]
    public async Task What_the_teams_quota_refuses_leaves_the_keys_budget_as_it_was()
    {
        city.BeginAnHour();
        var (team, owner) = await city.NewTeam();
        var key = (await Keys.Create(owner.Caller, new CreateAccessKey(team, "Рахівник", Caps: ["team.read"], Budget1T: Quantity.Of(50)), default)).Id.Value;
        await Usage.Reserve(Service, new ReserveUnits(team, Compute, Quantity.Of(9)), default);

        var refused = await Assert.ThrowsAsync<CityException>(() => Usage.Reserve(Service, new ReserveUnits(team, Compute, Quantity.Of(2), KeyId: key), default));

        Assert.Equal(Reasons.CostExceeded, refused.Reason);
        Assert.Equal(0m, await city.Scalar("select used + reserved from usage.usage_counters where team_id = $1 and subject_id = $2", team.Value, key));
        var other = (await city.NewTeam()).Team;
        Assert.Equal("key_id", (await Assert.ThrowsAsync<CityException>(() => Usage.Reserve(Service, new ReserveUnits(other, Compute, Quantity.Of(1), KeyId: key), default))).Errors.Keys.Single());
    }

    [Fact]
    public async Task A_key_used_in_an_unusual_way_is_suspended_where_the_city_says_so_until_a_person_lifts_it()
    {
        city.BeginAnHour();
        var (calm, calmOwner) = await city.NewTeam();
        var (team, owner) = await city.NewTeam();
        var spared = await Keys.Create(calmOwner.Caller, new CreateAccessKey(calm, "Сумлінний", Caps: ["team.read"]), default);
        var quiet = await Keys.Create(owner.Caller, new CreateAccessKey(team, "Тихий", Caps: ["team.read", "access_key.revoke"]), default);
        var loud = await Keys.Create(owner.Caller, new CreateAccessKey(team, "Гучний", Caps: ["team.read"]), default);
        using var client = new HttpClient { BaseAddress = city.PublicUrl };
        await BeUnusual(calm, spared.Id, spared.Id);
        await city.FindAnomalies();
        await city.Get<IGovernanceService>().PutSetting(await city.NewOperator(), new PutGovernanceSetting(Setting, "true"), default);
        await BeUnusual(team, quiet.Id, loud.Id);
        Assert.Equal(HttpStatusCode.OK, (await KeyHolder.Call(client, loud.Secret, $"/api/v1/teams/{team}", HttpMethod.Get)).Status);

        await city.FindAnomalies();

        await Eventually.Equal(AccessKeyStatus.Suspended, async () => (await Keys.Get(owner.Caller, new GetAccessKey(loud.Id), default)).Status);
        await Eventually.Equal((HttpStatusCode.Unauthorized, Reasons.KeyRevoked), async () => await Answer(loud.Secret));
        Assert.Equal(AccessKeyStatus.Active, (await Keys.Get(owner.Caller, new GetAccessKey(quiet.Id), default)).Status);
        Assert.Equal(AccessKeyStatus.Active, (await Keys.Get(calmOwner.Caller, new GetAccessKey(spared.Id), default)).Status);
        var why = await city.Get<IPolicyService>().Explain(owner.Caller, new DecisionRequest(new SubjectRef(owner.Id.Value, SubjectKind.User), "team.read", team, KeyId: loud.Id.Value), default);
        Assert.Equal((Reasons.KeyRevoked, "key.suspended", "key.lift"), (why.Reason, why.Chain[0].Found!.Code, why.Change!.Code));
        var byKey = await KeyHolder.Call(client, quiet.Secret, $"/api/v1/keys/{loud.Id}/resume", HttpMethod.Post);
        Assert.Equal((HttpStatusCode.Forbidden, Reasons.RbacDenied), (byKey.Status, byKey.Reason));

        var resumed = await Keys.Resume(owner.Caller, new ResumeAccessKey(loud.Id), default);

        Assert.Equal((AccessKeyStatus.Active, null), (resumed.Status, resumed.SuspendedFor));
        Assert.Equal((HttpStatusCode.OK, null), await Answer(loud.Secret));
        Assert.Equal("not_suspended", (await Assert.ThrowsAsync<CityException>(() => Keys.Resume(owner.Caller, new ResumeAccessKey(loud.Id), default))).Reason);
        await city.FindAnomalies();
        Assert.Equal(1L, await city.Scalar("select count(*) from outbox.outbox_events where topic = 'access_key.suspended' and payload->'payload'->>'team_id' = $1", team.Value));

        async Task<(HttpStatusCode, string?)> Answer(string secret)
        {
            var called = await KeyHolder.Call(client, secret, $"/api/v1/teams/{team}", HttpMethod.Get);
            return (called.Status, called.Reason);
        }
    }

    [Fact]
    public async Task Days_that_are_over_are_added_up_and_figures_stay_what_they_were()
    {
        city.BeginAnHour();
        var (team, owner) = await city.NewTeam();
        var begin = city.Clock.GetUtcNow();
        for (var day = 0; day < 3; day++)
        {
            foreach (var (agent, units) in new[] { ("ag_small", 2), ("ag_large", 7) })
            {
                await Usage.Increment(Service, new IncrementUnits(team, "agent_runs", Quantity.Of(units + day), $"{team}-{agent}-{day}", agent), default);
            }

            city.Clock.Turn(TimeSpan.FromDays(1));
        }

        var (series, top) = (new SeriesQuery(team, "agent_runs", begin, begin.AddDays(3), SeriesStep.Day), new TopQuery("agent_runs", TopBy.Agent, team, begin, begin.AddDays(3)));
        var (seriesBefore, topBefore) = (await Usage.GetSeries(owner.Caller, series, default), await Usage.GetTop(owner.Caller, top, default));
        Assert.Equal([9m, 11m, 13m, 0m], seriesBefore.Points.Select(point => point.Value.Value));

        var until = DateOnly.FromDateTime(begin.UtcDateTime).AddDays(2);
        await Eventually.Equal(true, async () =>
        {
            await city.RollUp();
            return (bool)(await city.Scalar("select exists (select from usage.rolled_days where day = $1)", until))!;
        });

        Assert.Equal(seriesBefore.Points, (await Usage.GetSeries(owner.Caller, series, default)).Points);
        Assert.Equal(topBefore.Items, (await Usage.GetTop(owner.Caller, top, default)).Items);
        Assert.Equal([("ag_large", 24m), ("ag_small", 9m)], topBefore.Items.Select(item => (item.Id, item.Value.Value)));

        // Of whole days the sums are read, not the rows they were made of.
        await city.Scalar("update usage.usage_agent_runs set runs = runs + 100 where team_id = $1 and agent = 'ag_small' and day = $2", team.Value, until.AddDays(-1));
        Assert.Equal([9m, 111m, 13m, 0m], (await Usage.GetSeries(owner.Caller, series, default)).Points.Select(point => point.Value.Value));
        await city.Scalar("update usage.usage_agent_runs set runs = runs - 100 where team_id = $1 and agent = 'ag_small' and day = $2", team.Value, until.AddDays(-1));
    }

    // Five usual hours by one key, and one that is not, mostly by another.
    private Task BeUnusual(TeamId team, AccessKeyId usual, AccessKeyId unusual) => city.Scalar(
        """
        insert into usage.usage_events (source_id, team_id, metric, units, at, key_id)
        select $1 || h, $1, 'messages', case h when 0 then 101 else 10 end, $2::timestamptz - h * interval '1 hour', case h when 0 then $4 else $3 end from generate_series(0, 5) h
        """,
        team.Value,
        city.Clock.GetUtcNow().UtcDateTime,
        usual.Value,
        unusual.Value);
}
