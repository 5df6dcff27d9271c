using Daarion.Core.Capabilities;
using Daarion.Core.Capabilities.Changes;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using static Daarion.Core.Capabilities.RegistryOp;

namespace Daarion.Tests.Unit.Registry;

/// <summary>Each rule of the registry with what it lets by and what it refuses: the table that people check.</summary>
public class RuleTests
{
    public static TheoryData<string, string?, RegistryOperation[]> Table => new()
    {
        { "a Visitor may get to read something", null, [Add("role.Visitor", "comemory.item.read")] },
        { "a Visitor never adds people", Rule.Escalation, [Add("role.Visitor", "team.member.add")] },
        { "a Visitor never makes keys", Rule.Escalation, [Add("role.Visitor", "access_key.create")] },
        { "a Visitor never takes policies back", Rule.Escalation, [Add("role.Visitor", "governance.policy.manage")] },
        { "what is the city's stays with its offices", Rule.Escalation, [Add("role.Owner", "city.wallet.approve")] },
        { "an office of the city may get more", null, [Add("city.Member", "city.capability.manage")] },
        { "what is the services' stays with them", Rule.Escalation, [Add("custom.helpers", "service.act_as")] },
        { "no agent runs a team", Rule.Escalation, [Add("agent.default", "team.member.add")] },
        { "a Member may not get further than a Guardian", Rule.Escalation, [Add("role.Member", "wallet.transfer", DecisionScope.All)] },
        { "a Member may get what a Guardian has", null, [Add("role.Member", "oracle.read")] },
        { "a Guardian does not lose what a Member keeps", Rule.Escalation, [Remove("role.Guardian", "task.create")] },
        { "both may lose it together", null, [Remove("role.Guardian", "agent.run.invoke"), Remove("role.Member", "agent.run.invoke")] },

        { "a platform may bring energy", null, [Add("platform.default", "embassy.energy.update")] },
        { "nobody else brings energy", Rule.Consistency, [Add("role.Guardian", "embassy.energy.update"), Add("role.Owner", "embassy.energy.update")] },
        { "an agent may read", null, [Add("agent.default", "oracle.read")] },
        { "an agent never moves money", Rule.Consistency, [Add("agent.default", "wallet.transfer")] },
        { "an agent never votes", Rule.Consistency, [Add("agent.default", "governance.vote.cast")] },
        { "the shortest vote is not longer than the longest", Rule.Consistency, [Setting("governance.min_voting_seconds", "700000")] },
        { "both may grow together", null, [Setting("governance.min_voting_seconds", "700000"), Setting("governance.max_voting_seconds", "900000")] },

        { "an Owner keeps the base set", Rule.OwnerBase, [Remove("role.Owner", "team.delete")] },
        { "an Owner's base set does not shrink to what is their own", Rule.OwnerBase, [Add("role.Owner", "wallet.transfer", DecisionScope.Own)] },
        { "the city's Owner keeps the city", Rule.OwnerBase, [Remove("city.Owner", "city.wallet.approve"), Remove("city.Guardian", "city.wallet.approve")] },
        { "an Owner may lose what is not of the base set", null, [.. new[] { "Visitor", "Member", "Guardian", "Owner" }.Select(role => Remove($"role.{role}", "policy.decision.read"))] },

        { "a plan may give more, as long as larger plans give as much", null, [Quota(TeamPlan.Freemium, "agent_runs", 200)] },
        { "a smaller plan never gives more than a larger one", Rule.PlanOrder, [Quota(TeamPlan.Freemium, "agent_runs", 201)] },
        { "both may be raised together", null, [Quota(TeamPlan.Freemium, "agent_runs", 300), Quota(TeamPlan.Casual, "agent_runs", 300)] },
        { "a raise may not overtake", Rule.PlanOrder, [new(IncreaseQuota, Plan: TeamPlan.Casual, Metric: "payout_claims", By: Quantity.Of(41))] },
        { "a cut may not fall behind", Rule.PlanOrder, [new(DecreaseQuota, Plan: TeamPlan.Casual, Metric: "payout_claims", By: Quantity.Of(1))] },
        { "a cut of the smallest may", null, [new(DecreaseQuota, Plan: TeamPlan.Freemium, Metric: "payout_claims", By: Quantity.Of(1))] },

        { "multipliers may change", null, [Steps((0, 1), (500, 1.1m), (10_000, 3))] },
        { "multipliers never fall", Rule.Multiplier, [Steps((0, 1), (500, 2), (10_000, 1.5m))] },
        { "multipliers are never below one", Rule.Multiplier, [Steps((0, 0.5m))] },

        { "a price may fall to a tenth", null, [new(SetComputePrice, Item: "llm.large", Price: Quantity.Of(0.001m))] },
        { "heavy compute is never free", Rule.PriceFloor, [new(SetComputePrice, Item: "llm.large", Price: Quantity.Zero)] },
        { "a price never falls below its floor", Rule.PriceFloor, [new(SetComputePrice, Item: "agent.run", Price: Quantity.Of(0.0001m))] },

        { "a quota may be nothing", null, [Quota(TeamPlan.Freemium, "stake_ops", 0)] },
        { "a quota is never below nothing", Rule.Negative, [Quota(TeamPlan.Freemium, "stake_ops", -1)] },
        { "a cut never goes below nothing", Rule.Negative, [new(DecreaseQuota, Plan: TeamPlan.Freemium, Metric: "wallet_tx", By: Quantity.Of(3))] },
        { "a price is never negative", Rule.Negative, [new(SetComputePrice, Item: "llm.small", Price: Quantity.Of(-1))] },
        { "a subsidy is never negative", Rule.Negative, [new(SetEnergySubsidy, Rate: Quantity.Of(-0.1m))] },
        { "a cap is never negative", Rule.Negative, [new(SetRewardCap, RwaType: "energy", Cap: Quantity.Of(-1))] },
        { "a multiplier is never negative", Rule.Negative, [Steps((0, -1))] },

        { "a subsidy may double what energy earns", null, [new(SetEnergySubsidy, Rate: Quantity.Of(1))] },
        { "a subsidy may not do more", Rule.Reward, [new(SetEnergySubsidy, Rate: Quantity.Of(1.01m))] },
        { "a cap may be a million", null, [new(SetRewardCap, RwaType: "water", Cap: Quantity.Of(1_000_000))] },
        { "a cap may not be more", Rule.Reward, [new(SetRewardCap, RwaType: "water", Cap: Quantity.Of(1_000_001))] },
        { "a rate may be set", null, [new(SetConversionRate, From: "KWT", To: "1T", Rate: Quantity.Of(0.5m))] },
        { "a rate may not be beyond all measure", Rule.Reward, [new(SetConversionRate, From: "KWT", To: "1T", Rate: Quantity.Of(2_000_000))] },

        { "what may not be done may be stopped", null, [Freeze("wallet.transfer")] },
        { "a freeze that nobody could lift is none", Rule.Irreversible, [Freeze("governance.vote.cast")] },
        { "what changes nothing is no change", Rule.Irreversible, [Quota(TeamPlan.Freemium, "agent_runs", 20)] },
        { "what is not frozen is not unfrozen", Rule.Irreversible, [new(UnfreezeCapabilities, Capabilities: ["wallet.transfer"])] },
        { "a burst that is not on is not ended", Rule.Irreversible, [new(DisableBurstMode)] },
        { "a burst may be begun", null, [new(EnableBurstMode, XFactor: Quantity.Of(2), Duration: 3_600)] },
        { "an asset that is there is not added", Rule.Irreversible, [new(AddRwaType, RwaType: "energy", Unit: "kwh")] },
        { "an asset may be added", null, [new(AddRwaType, RwaType: "heat", Unit: "gj")] },
        { "an asset may go", null, [new(RemoveRwaType, RwaType: "food")] },
        { "a setting may change", null, [Setting("governance.quorum_pct", "20")] },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void A_rule_lets_by_or_refuses(string what, string? rule, RegistryOperation[] operations)
    {
        var edit = NewCity.Edit(operations);

        var broken = edit.Violations.Select(violation => violation.Rule).Distinct(StringComparer.Ordinal).ToList();
        Assert.True(rule is null ? broken.Count == 0 : broken.Contains(rule, StringComparer.Ordinal), $"{what}: {string.Join("; ", edit.Violations.Select(violation => $"{violation.Rule} at {violation.Operation}: {violation.Detail.Text}"))}");
    }

    [Fact]
    public void Every_rule_is_in_the_table_with_something_it_refuses() =>
        Assert.Equal(Rule.All.Order(StringComparer.Ordinal), Table.Select(row => row[1]).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_operation_is_in_the_table_with_something_it_may() =>
        Assert.Equal(
            Enum.GetValues<RegistryOp>().Except([UnfreezeCapabilities, DisableBurstMode, IncreaseQuota]).Order(),
            Table.Where(row => row[1] is null).SelectMany(row => (RegistryOperation[])row[2]!).Select(o => o.Op).Distinct().Order());

    [Theory]
    [InlineData("operations[0].bundle")]
    [InlineData("operations[0].capability")]
    [InlineData("operations[0].metric")]
    [InlineData("operations[0].until")]
    [InlineData("operations[0].x_factor")]
    [InlineData("operations[0].duration")]
    [InlineData("operations[0].name")]
    [InlineData("operations[0].value")]
    [InlineData("operations[0].steps")]
    [InlineData("operations[0].item")]
    [InlineData("operations[0].to")]
    [InlineData("operations[0].plan")]
    [InlineData("operations[0].viewer")]
    [InlineData("operations[0].hard_limit")]
    [InlineData("operations[0].rwa_type")]
    [InlineData("operations[0].reason")]
    [InlineData("operations")]
    public void What_makes_no_sense_is_refused_by_its_field(string field)
    {
        RegistryOperation[] operation = field switch
        {
            "operations[0].bundle" => [Add("role.Nobody", "task.create")],
            "operations[0].capability" => [Add("role.Member", "no.such.thing")],
            "operations[0].metric" => [Quota(TeamPlan.Casual, "no_such", 1)],
            "operations[0].until" => [new(FreezeCapabilities, Capabilities: ["task.create"], Reason: "why", Until: NewCity.Now)],
            "operations[0].x_factor" => [new(EnableBurstMode, XFactor: Quantity.Of(3.1m), Duration: 60)],
            "operations[0].duration" => [new(EnableBurstMode, XFactor: Quantity.Of(2), Duration: 86_401)],
            "operations[0].name" => [Setting("no.such", "1")],
            "operations[0].value" => [Setting("governance.quorum_pct", "101")],
            "operations[0].steps" => [Steps((1, 1))],
            "operations[0].item" => [new(SetComputePrice, Item: "nothing", Price: Quantity.Of(1))],
            "operations[0].to" => [new(SetConversionRate, From: "KWT", To: "KWT", Rate: Quantity.Of(1))],
            "operations[0].plan" => [new(AddCap, "role.Member", "task.create", Plan: TeamPlan.Casual)],
            "operations[0].viewer" => [new(AddCap, "role.Guardian", "oracle.read", Viewer: ViewerType.Reader)],
            "operations[0].hard_limit" => [new(SetQuota, Plan: TeamPlan.Casual, Metric: "agent_runs", Quota: Quantity.Of(10), HardLimit: Quantity.Of(9))],
            "operations[0].rwa_type" => [new(SetRewardCap, RwaType: "heat", Cap: Quantity.Of(1))],
            "operations[0].reason" => [new(FreezeCapabilities, Capabilities: ["task.create"], Reason: " ")],
            _ => [],
        };

        var refused = Assert.Throws<CityException>(() => NewCity.Edit(operation));

        Assert.Equal((ErrorCode.InvalidPayload, field), (refused.Code, Assert.Single(refused.Errors).Key));
    }

    [Fact]
    public void A_raised_quota_takes_its_hard_limit_along()
    {
        var edit = NewCity.Edit(Quota(TeamPlan.Freemium, "agent_runs", 40));

        Assert.Equal(new Entitlement("day", 40, 80), edit.After.Entitlements[(TeamPlan.Freemium, "agent_runs")]);
        Assert.Equal([new RegistryChange("entitlement", "Freemium agent_runs", "20 / day, at most 40", "40 / day, at most 80")], edit.Before.DiffTo(edit.After));
    }

    private static RegistryOperation Add(string bundle, string capability, DecisionScope? scope = null) => new(AddCap, bundle, capability, scope);

    private static RegistryOperation Remove(string bundle, string capability) => new(RemoveCap, bundle, capability);

    private static RegistryOperation Quota(TeamPlan plan, string metric, decimal quota) => new(SetQuota, Plan: plan, Metric: metric, Quota: Quantity.Of(quota));

    private static RegistryOperation Steps(params (decimal From, decimal Multiplier)[] steps) =>
        new(SetStakeMultiplier, Steps: [.. steps.Select(step => new MultiplierView(Quantity.Of(step.From), Quantity.Of(step.Multiplier)))]);

    private static RegistryOperation Freeze(string capability) => new(FreezeCapabilities, Capabilities: [capability], Reason: "An incident");

    private static RegistryOperation Setting(string name, string value) => new(SetGovernanceSetting, Name: name, Value: value);
}
