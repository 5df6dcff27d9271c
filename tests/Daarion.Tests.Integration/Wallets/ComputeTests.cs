using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Usage;
using Daarion.Core.Wallets;
using Daarion.Core.Wallets.Consumers;
using Daarion.Tests.Integration.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Tests.Integration.Wallets;

/// <summary>1T that comes by services and ends by usage, and the picture of both.</summary>
[Collection(CityCollection.Name)]
public sealed class ComputeTests(CityFixture city)
{
    private IWalletService Wallets => city.Get<IWalletService>();

    [Fact]
    public async Task Compute_that_is_used_ends_what_is_there_and_the_rest_when_something_comes()
    {
        var (team, owner) = await city.NewTeam();
        using var key = await city.ServiceClient("service.mint.payout");
        await Mint(key, team.Id, "5");
        var used = Used(team.Id, "3");

        await Bring(used);
        await Bring(used);
        Assert.Equal(2m, await Available(owner, team.Id));
        await Bring(Used(team.Id, "4"));
        Assert.Equal(0m, await Available(owner, team.Id));
        await Mint(key, team.Id, "10");
        await Bring(Used(team.Id, "1", "0.5"));

        Assert.Equal(10m - 2m - 1.5m, await Available(owner, team.Id));
        var ended = (await Wallets.ListTransactions(owner.Caller, new TransactionQuery(OwnerId.Of(team.Id), TransactionKind.Usage), default)).Items;
        Assert.Equal([3.5m, 2m, 3m], ended.Select(one => one.Entries.Single(entry => entry.Amount.IsPositive).Amount.Value));
        Assert.All(ended, one => Assert.Equal("burn:1T", one.Entries.Single(entry => entry.Amount.IsPositive).OwnerId.Value));
        await city.AssertLedgerHolds();
    }

    [Fact]
    public async Task Usage_that_is_counted_ends_1T_by_its_event()
    {
        var (team, owner) = await city.NewTeam();
        using var key = await city.ServiceClient("service.mint.payout", "service.write.usage");
        await Mint(key, team.Id, "5");

        using var counted = await key.PostAsJsonAsync("/internal/v1/usage/increment", new { team_id = team.Id.Value, metric = "compute_1t", units = "1.25", source_id = city.Unique("run") });

        Assert.True(counted.IsSuccessStatusCode, await counted.Content.ReadAsStringAsync());
        await Eventually.Equal(3.75m, () => Available(owner, team.Id));
    }

    [Fact]
    public async Task The_money_map_sums_what_went_between_kinds_of_owners()
    {
        var begun = TimeProvider.System.GetUtcNow();
        var (team, owner) = await city.NewTeam();
        using var key = await city.ServiceClient("service.mint.payout");
        await Mint(key, team.Id, "7");
        await Wallets.SendTransfer(owner.Caller, new SendTransfer(OwnerId.Of(team.Id), OwnerId.Of(owner.Id), Symbol.OneT, Rewards.Of("2")), default);

        var map = await Wallets.GetMoneyMap(await city.Operator(), new FlowQuery(Symbol.OneT, begun), default);

        Assert.True(map.Flows.Single(flow => flow is { Giver: "mint", Receiver: "teams", Kind: TransactionKind.Transfer }).Amount.Value >= 7m);
        Assert.True(map.Flows.Single(flow => flow is { Giver: "teams", Receiver: "people" }).Amount.Value >= 2m);
        Assert.Equal(ErrorCode.Forbidden, (await Assert.ThrowsAsync<CityException>(() => Wallets.GetMoneyMap(owner.Caller, new FlowQuery(Symbol.OneT), default))).Code);
        Assert.Equal(["from"], (await Assert.ThrowsAsync<CityException>(() => Wallets.GetMoneyMap(city.Operator().Result, new FlowQuery(Symbol.OneT, begun, begun), default))).Errors.Keys);
    }

    [Fact]
    public async Task A_service_states_a_movement_and_it_is_rewarded_once()
    {
        var (team, _) = await city.NewTeam();
        using var key = await city.ServiceClient("service.mint.payout");
        var at = TimeProvider.System.GetUtcNow();
        object Statement(string delta) => new
        {
            rwa_ref = RwaId.New(at).Value,
            team_id = team.Id.Value,
            domain = "water",
            site_id = "W-1",
            unit = "m3",
            delta,
            inventory_id = RwaId.New(at).Value,
            oracle_id = OracleId.New(at).Value,
            ts = Timestamps.Format(at),
        };
        var statement = Statement("2.5");

        var first = await Ids(statement);
        var again = await Ids(statement);
        using var wrong = await key.PostAsJsonAsync("/internal/v1/wallet/payout/generate", Statement("-1"));

        Assert.Equal((1, 0, 400), (first, again, (int)wrong.StatusCode));
        var payout = Assert.Single(await city.PayoutsOf(team.Id));
        Assert.Equal((2.5m, Symbol.OneT, "water"), (payout.Amount.Value, payout.Symbol, payout.Rule));

        async Task<int> Ids(object body)
        {
            using var answer = await key.PostAsJsonAsync("/internal/v1/wallet/payout/generate", body);
            return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("payout_ids").GetArrayLength();
        }
    }

    private static async Task Mint(HttpClient key, TeamId team, string amount)
    {
        using var minted = await key.PostAsJsonAsync("/internal/v1/wallet/mint", new { to = team.Value, symbol = "1T", amount, reason = "a test" });
        Assert.True(minted.IsSuccessStatusCode, await minted.Content.ReadAsStringAsync());
    }

    private async Task<decimal> Available(Person owner, TeamId team) =>
        (await Wallets.GetBalance(owner.Caller, new BalanceRef(OwnerId.Of(team)), default)).Balances.Single(one => one.Symbol == Symbol.OneT).Available.Value;

    private static EventEnvelope[] Used(TeamId team, params string[] units) =>
    [
        .. units.Select(value => new UsageIncrement(team, null, "compute_1t", Quantity.Parse(value), DateTimeOffset.UnixEpoch, Quantity.Parse(value))).Select(increment => new EventEnvelope(
            EventId.New(TimeProvider.System.GetUtcNow()),
            TimeProvider.System.GetUtcNow(),
            "usage",
            "usage.compute_1t.increment",
            1,
            new EventActor("service:usage", SubjectKind.Service),
            JsonSerializer.SerializeToElement(increment, EventJson.Options),
            new EventMeta(team, null, null, null, team.Value))),
    ];

    private Task Bring(IReadOnlyList<EventEnvelope> batch) => city.Get<OperationRunner>().Run(
        ServiceName.Wallets,
        nameof(BurnComputeWhenUsageCounted),
        CityFixture.Service(ServiceName.Wallets),
        OperationLimits.Consumer,
        async (services, ct) =>
        {
            await services.GetRequiredService<BurnComputeWhenUsageCounted>().Consume("wallet-burn-compute-when-usage-counted", batch, ct);
            return batch.Count;
        },
        default);
}
