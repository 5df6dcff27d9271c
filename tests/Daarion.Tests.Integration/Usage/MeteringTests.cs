using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Usage;
using Daarion.Core.Wallets;
using Daarion.Tests.Integration.Running;
using Npgsql;

namespace Daarion.Tests.Integration.Usage;

/// <summary>What is done uses up what may be done, and not a unit more.</summary>
public sealed class MeteringTests(StrictCity city) : IClassFixture<StrictCity>
{
    private const int ClaimsADay = 10;
    private const int ClaimsAMinute = 2;

    [Fact]
    public async Task The_eleventh_claim_of_a_day_is_refused_and_its_decision_says_why()
    {
        city.BeginAnHour();
        var (team, owner) = await city.NewTeam();
        var payouts = await city.Earn(team, owner, ClaimsADay + 1);
        for (var claim = 0; claim < ClaimsADay; claim++)
        {
            if (claim % ClaimsAMinute == 0)
            {
                city.Clock.Turn(TimeSpan.FromSeconds(61));
            }

            await Claim(owner, payouts[claim]);
        }

        city.Clock.Turn(TimeSpan.FromSeconds(61));
        var refused = await Assert.ThrowsAsync<CityException>(() => Claim(owner, payouts[^1]));

        Assert.Equal((ErrorCode.Forbidden, Reasons.QuotaExceeded), (refused.Code, refused.Reason));
        var decision = await city.Get<IPolicyService>().GetDecision(owner.Caller, new DecisionRef(DecisionId.Parse(refused.DecisionId!)), default);
        Assert.Equal((Metrics.PayoutClaims, 10m, 10m), (decision.Quota!.Metric, decision.Quota.Used.Value, decision.Quota.Limit.Value));
        Assert.Equal(FactorResult.Fail, decision.Chain.Single(factor => factor.Factor == "quota").Result);
        Assert.Equal((10m, 0m), await Standing(team, owner.Caller, Metrics.PayoutClaims));
        await AssertTold(team, "usage.quota.warning", 1);
        await AssertTold(team, "usage.quota.exceeded", 1);
        await Eventually.Equal("10.000000000", async () => (string?)await city.Scalar(
            "select sum((payload->'payload'->>'value')::numeric(38,9))::text from outbox.outbox_events where topic = 'usage.payout_claims.increment' and payload->'payload'->>'team_id' = $1", team.Value));
    }

    [Fact]
    public async Task A_third_claim_within_a_minute_waits()
    {
        city.BeginAnHour();
        var (team, owner) = await city.NewTeam();
        var payouts = await city.Earn(team, owner, 3);
        using var service = await city.ServiceClient("wallet.payout.claim", "service.act_as");
        service.DefaultRequestHeaders.Add("Daarion-Subject", owner.Id.Value);

        var answers = new List<HttpResponseMessage>();
        foreach (var payout in payouts)
        {
            answers.Add(await service.PostAsJsonAsync("/internal/v1/wallet/payout/claim", new { payout_id = payout.Value }));
        }

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], answers.Select(answer => answer.StatusCode));
        var problem = await answers[2].Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(("rate_limited", "rate_limited"), (problem.GetProperty("code").GetString(), problem.GetProperty("reason").GetString()));
        Assert.InRange(answers[2].Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.NotEmpty(answers[2].Headers.GetValues("RateLimit"));
        Assert.Equal((2m, 8m), await Standing(team, owner.Caller, Metrics.PayoutClaims));

        city.Clock.Turn(TimeSpan.FromSeconds(61));
        Assert.Equal(PayoutStatus.Claimed, (await Claim(owner, payouts[2])).Status);
    }

    [Fact]
    public async Task A_transfer_that_fails_gives_back_what_it_took_and_the_third_of_an_hour_is_refused()
    {
        city.BeginAnHour();
        var (team, owner) = await city.NewTeam();
        var taras = await city.NewPerson();
        for (var attempt = 0; attempt < 5; attempt++)
        {
            Assert.Equal("insufficient_funds", (await Assert.ThrowsAsync<CityException>(() => Send(owner, taras))).Reason);
        }

        await city.Get<IPayoutService>().ClaimPayouts(owner.Caller, new ClaimPayouts(await city.Earn(team, owner, 5, owner.Id)), default);
        var sent = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => MaySend(owner, taras)));

        Assert.Equal(2, sent.Count(reason => reason is null));
        Assert.All(sent.Where(reason => reason is not null), reason => Assert.Equal(Reasons.QuotaExceeded, reason));
        var own = await city.Get<IUsageService>().GetOwnUsage(owner.Caller, new OwnUsageQuery(), default);
        Assert.Equal((owner.Id, 2m, 2m), (own.UserId!.Value, own.Metrics.Single(one => one.Metric == Metrics.WalletTx).Used.Value, own.Metrics.Single(one => one.Metric == Metrics.WalletTx).EffectiveQuota!.Value.Value));

        city.Clock.Turn(TimeSpan.FromHours(1));
        Assert.Null(await MaySend(owner, taras));
        Assert.True((await city.Get<IUsageService>().Reconcile(await city.NewOperator(), new ReconcileUsage(), default)).Ok);
    }

    [Fact]
    public async Task Who_tells_of_a_counter_keeps_nobody_waiting_who_takes_of_it()
    {
        city.BeginAnHour();
        var (team, owner) = await city.NewTeam();
        var service = Caller.ForService(ServiceName.Usage);
        await city.Get<IUsageService>().Increment(service, new IncrementUnits(team, Metrics.Messages, Quantity.Of(1), "first"), default);
        await using var telling = await city.Get<CityDatabase>().Of("tests").OpenConnectionAsync();
        await using var open = await telling.BeginTransactionAsync();
        await using var tell = telling.CreateCommand();
        tell.CommandText =
            """
            select count(*) from usage.usage_counters c,
              usage.tell(array[c.team_id], array[c.metric], array[c.window_start]::timestamptz[], array[c.subject_id], array[true], array[null]::numeric[], 0.8, now() + interval '1 year')
            where c.team_id = $1
            """;
        tell.Parameters.Add(new NpgsqlParameter { Value = team.Value });
        Assert.Equal(1L, await tell.ExecuteScalarAsync());

        var reserved = await city.Get<IUsageService>().Reserve(service, new ReserveUnits(team, Metrics.Messages, Quantity.Of(2)), default);
        await city.Get<IUsageService>().Settle(service, new SettleUnits(reserved.Reservation, Quantity.Of(3)), default);

        Assert.Equal((4m, 996m), await Standing(team, owner.Caller, Metrics.Messages));
    }

    [Fact]
    public async Task Whoever_only_asks_uses_up_nothing()
    {
        city.BeginAnHour();
        var (team, owner) = await city.NewTeam();
        var question = new DecisionRequest(new SubjectRef(owner.Id.Value, SubjectKind.User), "wallet.transfer", team);

        for (var time = 0; time < 5; time++)
        {
            var answer = await city.Get<IPolicyService>().Decide(owner.Caller, question, default);
            Assert.Equal((true, 0m, 2m), (answer.Allow, answer.Quota!.Used.Value, answer.Quota.Limit.Value));
        }

        var tooMany = await city.Get<IPolicyService>().Decide(owner.Caller, question with { Context = new DecisionContext(Units: Quantity.Of(3)) }, default);
        Assert.Equal((false, Reasons.QuotaExceeded), (tooMany.Allow, tooMany.Reason));
    }

    private Task<Payout> Claim(Person owner, PayoutId payout) => city.Get<IPayoutService>().ClaimPayout(owner.Caller, new PayoutRef(payout), default);

    private Task<Transfer> Send(Person from, Person to) =>
        city.Get<IWalletService>().SendTransfer(from.Caller, new SendTransfer(OwnerId.Of(from.Id), OwnerId.Of(to.Id), Symbol.KWT, Quantity.Parse("0.5")), default);

    private async Task<string?> MaySend(Person from, Person to)
    {
        try
        {
            await Send(from, to);
            return null;
        }
        catch (CityException e)
        {
            return e.Reason;
        }
    }

    private async Task<(decimal Used, decimal Remaining)> Standing(TeamId team, Caller caller, string metric)
    {
        var usage = await city.Get<IUsageService>().GetUsage(caller, new UsageQuery(team), default);
        var found = usage.Metrics.Single(one => one.Metric == metric && one.SubjectId is null);
        return (found.Used.Value, found.Remaining!.Value.Value);
    }

    private Task AssertTold(TeamId team, string topic, long times) => Eventually.Equal(times, async () =>
        (long)(await city.Scalar("select count(*) from outbox.outbox_events where topic = $1 and payload->'payload'->>'team_id' = $2", topic, team.Value))!);
}
