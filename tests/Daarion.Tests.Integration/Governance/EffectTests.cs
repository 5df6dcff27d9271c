using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Core.Wallets;
using Daarion.Core.Wallets.Consumers;
using Daarion.Tests.Integration.Wallets;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Tests.Integration.Governance;

/// <summary>What residents decided is what the city does.</summary>
public sealed class EffectTests(VotingCity city) : IClassFixture<VotingCity>
{
    [Fact]
    public async Task A_subsidy_and_a_cap_change_what_energy_earns()
    {
        await city.Adopt(
            new RegistryOperation(RegistryOp.SetEnergySubsidy, Rate: Quantity.Of(0.5m)),
            new RegistryOperation(RegistryOp.SetRewardCap, RwaType: "energy", Cap: Quantity.Of(20)));
        var owner = await city.Resident(0);
        var team = (await city.Get<ITeamService>().Mine(owner, new ListMyTeams(new PageRequest()), default)).Items.Single().Team.Id;

        await Bring(team, "10", "10");

        var payouts = (await city.Get<IPayoutService>().ListPayouts(owner, new PayoutQuery(TeamId: team), default)).Items;
        Assert.Equal([15m, 5m], payouts.OrderBy(payout => payout.Id.Value, StringComparer.Ordinal).Select(payout => payout.Amount.Value));
        Assert.All(payouts, payout => Assert.Equal(1.5m, payout.Rate.Value));
        var rule = Assert.Single((await city.Get<IPayoutService>().GetRules(city.Olena, new PayoutRulesRequest(), default)).Rules, one => one.Code == "energy");
        Assert.Equal((1.5m, 20m), (rule.Rate.Value, rule.DailyCap.Value));
    }

    [Fact]
    public async Task What_is_frozen_nobody_may_until_it_is_lifted()
    {
        var frozen = await city.Adopt(new RegistryOperation(RegistryOp.FreezeCapabilities, Capabilities: ["team.create"], Reason: "The hall is full"));
        var resident = await city.Resident(0, withTeam: false);

        var refused = await Assert.ThrowsAsync<CityException>(() => city.Get<ITeamService>().Create(resident, new CreateTeam("Сад"), default));
        Assert.Equal((ErrorCode.Forbidden, "frozen"), (refused.Code, refused.Reason));

        var why = await city.Get<IPolicyService>().GetDecision(resident, new DecisionRef(DecisionId.Parse(refused.DecisionId!)), default);
        Assert.Contains("The hall is full", why.Chain.Single(factor => factor.Factor == "freeze").Found!.Text, StringComparison.Ordinal);

        await city.Governance.Rollback(city.Olena, new(frozen.Policy.Id, "There is room again"), default);
        await city.Governance.Rollback(city.Taras, new(frozen.Policy.Id, "There is room again"), default);
        Assert.NotNull(await city.Get<ITeamService>().Create(resident, new CreateTeam("Сад"), default));
        Assert.Equal(
            "1 team.create frozen\n2 team.create free",
            await city.Lines("select concat_ws(' ', row_number() over (order by sequence), payload->'payload'->>'code', case payload->'payload'->>'frozen' when 'true' then 'frozen' else 'free' end) from outbox.outbox_events where topic = 'capability.updated'"));
    }

    private async Task Bring(TeamId team, params string[] deltas)
    {
        var events = deltas.Select(delta => Rewards.Movement(team, delta)).AsEvents();
        await city.Get<OperationRunner>().Run(
            ServiceName.Wallets,
            nameof(GeneratePayoutWhenInventoryMoved),
            Caller.ForService(ServiceName.Wallets),
            OperationLimits.Consumer,
            async (services, ct) =>
            {
                await services.GetRequiredService<GeneratePayoutWhenInventoryMoved>().Consume("wallet-generate-payout-when-inventory-moved", events, ct);
                return events.Count;
            },
            default);
    }
}
