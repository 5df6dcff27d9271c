using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Core.Usage;
using Daarion.Core.Wallets;
using Daarion.Tests.Integration.Running;
using Daarion.Tests.Integration.Usage;

namespace Daarion.Tests.Integration.Wallets;

/// <summary>RINGK locked for a team: whose, how long, and what comes of it; tokens that a service makes and ends.</summary>
[Trait("Servers", "own")]
public sealed class StakeTests(StrictCity city) : IClassFixture<StrictCity>
{
    private static readonly Caller Treasurer = Caller.ForService(ServiceName.Wallets);

    private IWalletService Wallets => city.Get<IWalletService>();

    [Fact]
    public async Task What_is_locked_for_a_team_raises_its_quotas_until_it_is_unlocked()
    {
        city.BeginAnHour();
        var (team, owner) = await city.NewTeam();
        await Give(owner, "1200");
        Assert.Equal((1m, 20m), await Runs(team, owner));

        var stake = await Wallets.Stake(owner.Caller, new StakeTokens(OwnerId.Of(owner.Id), team, Quantity.Of(1000), 7), default);

        Assert.Equal((stake.LockedAt.AddDays(7), owner.Id.Value), (stake.LockUntil, stake.LockedBy));
        Assert.Equal((200m, 1000m), await Ringk(owner));
        await Eventually.Equal((1.25m, 25m), () => Runs(team, owner));
        Assert.Equal(new StakeTotal(team, Quantity.Of(1000), 1), await Wallets.SumStakes(owner.Caller, new StakeTotalRef(team), default));
        var early = await Assert.ThrowsAsync<CityException>(() => Wallets.Unstake(owner.Caller, new StakeRef(stake.Id), default));
        Assert.Equal((ErrorCode.Conflict, "still_locked"), (early.Code, early.Reason));
        await AssertLedgerHolds();

        city.Clock.Turn(TimeSpan.FromDays(7));
        var unlocked = await Wallets.Unstake(owner.Caller, new StakeRef(stake.Id), default);

        Assert.Equal(owner.Id.Value, unlocked.UnlockedBy);
        Assert.Equal((1200m, 0m), await Ringk(owner));
        await Eventually.Equal((1m, 20m), () => Runs(team, owner));
        Assert.Equal("unlocked", (await Assert.ThrowsAsync<CityException>(() => Wallets.Unstake(owner.Caller, new StakeRef(stake.Id), default))).Reason);
        Assert.Equal([stake.Id], (await Wallets.ListStakes(owner.Caller, new StakeQuery(TeamId: team), default)).Items.Select(one => one.Id));
        Assert.Empty((await Wallets.ListStakes(owner.Caller, new StakeQuery(TeamId: team, Locked: true), default)).Items);
        Assert.Equal(new StakeTotal(team, Quantity.Zero, 0), await Wallets.SumStakes(owner.Caller, new StakeTotalRef(team), default));
        await AssertLedgerHolds();
    }

    [Fact]
    public async Task Everybody_locks_their_own_and_whoever_moves_a_teams_tokens_locks_those()
    {
        city.BeginAnHour();
        var (team, owner) = await city.NewTeam();
        var (member, stranger) = (await city.NewPerson(), await city.NewPerson());
        await city.Get<IMembershipService>().Add(owner.Caller, new AddMember(team, member.Id, Role: TeamRole.Member), default);
        await Give(member, "10");
        await Give(stranger, "10");
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<CityException>(() => Wallets.SumStakes(stranger.Caller, new StakeTotalRef(team), default))).Code);
        await Wallets.Mint(Treasurer, new MintTokens(OwnerId.Of(team), Symbol.RINGK, Quantity.Of(10), "founding"), default);

        await Wallets.Stake(member.Caller, new StakeTokens(OwnerId.Of(member.Id), team, Quantity.Of(4), 30), default);
        await Wallets.Stake(owner.Caller, new StakeTokens(OwnerId.Of(team), team, Quantity.Of(5), 30), default);

        await Refused(ErrorCode.Forbidden, member.Caller, new(OwnerId.Of(team), team, Quantity.Of(1), 30));
        await Refused(ErrorCode.Forbidden, owner.Caller, new(OwnerId.Of(member.Id), team, Quantity.Of(1), 30));
        await Refused(ErrorCode.NotFound, stranger.Caller, new(OwnerId.Of(stranger.Id), team, Quantity.Of(1), 30), ErrorCode.Forbidden);
        await Refused(ErrorCode.InvalidPayload, member.Caller, new(OwnerId.Of(member.Id), team, Quantity.Of(1), 6));
        await Refused(ErrorCode.InvalidPayload, member.Caller, new(OwnerId.Of(member.Id), team, Quantity.Of(0), 7));
        Assert.Equal("insufficient_funds", (await Refused(ErrorCode.Conflict, member.Caller, new(OwnerId.Of(member.Id), team, Quantity.Of(7), 7))).Reason);
        await Eventually.Equal(9m, async () => (decimal?)await city.Scalar("select amount from usage.stakes where team_id = $1", team.Value) ?? 0);
        await AssertLedgerHolds();
    }

    [Fact]
    public async Task What_is_locked_cannot_be_sent_and_many_stakes_at_once_lock_what_there_is()
    {
        city.BeginAnHour();
        var (team, owner) = await city.NewTeam();
        var other = await city.NewPerson();
        await Give(owner, "3");

        var locked = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(async () =>
        {
            try
            {
                await Wallets.Stake(owner.Caller, new StakeTokens(OwnerId.Of(owner.Id), team, Quantity.Of(1), 7), default);
                return true;
            }
            catch (CityException e) when (e.Reason == "insufficient_funds")
            {
                return false;
            }
        })));

        Assert.Equal(3, locked.Count(done => done));
        Assert.Equal((0m, 3m), await Ringk(owner));
        var sent = await Assert.ThrowsAsync<CityException>(
            () => Wallets.SendTransfer(owner.Caller, new SendTransfer(OwnerId.Of(owner.Id), OwnerId.Of(other.Id), Symbol.RINGK, Quantity.Of(1)), default));
        Assert.Equal("insufficient_funds", sent.Reason);
        await AssertLedgerHolds();
    }

    [Fact]
    public async Task A_service_makes_and_ends_tokens_and_above_the_limit_an_operator_looks()
    {
        using var service = await city.ServiceClient("service.mint.payout");
        using var other = await city.ServiceClient("wallet.transfer");
        var olena = await city.NewPerson();
        var body = new { to = olena.Id.Value, symbol = "1T", amount = "25.5", reason = "founding" };

        using var made = await service.PostAsJsonAsync("/internal/v1/wallet/mint", body);
        using var refused = await other.PostAsJsonAsync("/internal/v1/wallet/mint", body);
        using var burned = await service.PostAsJsonAsync("/internal/v1/wallet/burn", new { from = olena.Id.Value, symbol = "1T", amount = "5", reason = "used" });
        using var tooMuch = await service.PostAsJsonAsync("/internal/v1/wallet/burn", new { from = olena.Id.Value, symbol = "1T", amount = "21", reason = "used" });
        using var large = await service.PostAsJsonAsync("/internal/v1/wallet/mint", new { to = olena.Id.Value, symbol = "1T", amount = "10001", reason = "much" });

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Forbidden, HttpStatusCode.Created), (made.StatusCode, refused.StatusCode, burned.StatusCode));
        Assert.Equal((HttpStatusCode.Conflict, "insufficient_funds"), (tooMuch.StatusCode, (await tooMuch.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reason").GetString()));
        Assert.Equal("pending", (await large.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString());
        Assert.Equal(20.5m, (await Wallets.GetBalance(olena.Caller, new BalanceRef(OwnerId.Of(olena.Id)), default)).Balances.Single(one => one.Symbol == Symbol.OneT).Available.Value);
        await AssertLedgerHolds();
        var totals = (await Wallets.Audit(await city.NewOperator(), new AuditRequest(), default)).Totals;
        Assert.All(totals, total => Assert.Equal(total.Held, total.Minted - total.Burned));
    }

    private async Task<CityException> Refused(ErrorCode code, Caller caller, StakeTokens stake, ErrorCode? or = null)
    {
        var refused = await Assert.ThrowsAsync<CityException>(() => Wallets.Stake(caller, stake, default));
        Assert.Contains(refused.Code, new[] { code, or ?? code });
        return refused;
    }

    private Task Give(Person person, string amount) => Wallets.Mint(Treasurer, new MintTokens(OwnerId.Of(person.Id), Symbol.RINGK, Quantity.Parse(amount), "founding"), default);

    private async Task<(decimal Available, decimal Locked)> Ringk(Person person)
    {
        var balance = (await Wallets.GetBalance(person.Caller, new BalanceRef(OwnerId.Of(person.Id)), default)).Balances.Single(one => one.Symbol == Symbol.RINGK);
        return (balance.Available.Value, balance.Locked.Value);
    }

    private async Task<(decimal Multiplier, decimal Quota)> Runs(TeamId team, Person owner)
    {
        var runs = (await city.Get<IUsageService>().GetUsage(owner.Caller, new UsageQuery(team), default)).Metrics.Single(one => one.Metric == Metrics.AgentRuns);
        return (runs.Multiplier.Value, runs.EffectiveQuota!.Value.Value);
    }

    private async Task AssertLedgerHolds()
    {
        var audit = await Wallets.Audit(await city.NewOperator(), new AuditRequest(), default);
        Assert.True(audit.Ok, string.Join('\n', audit.Checks.Where(check => !check.Ok)));
    }
}
