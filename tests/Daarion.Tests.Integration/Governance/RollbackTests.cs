using Daarion.Core.Capabilities;
using Daarion.Core.Governance;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Tests.Integration.Governance;

/// <summary>Policies are taken back by computed inverses, by a vote or by two operators, and give back the registry there was before.</summary>
public sealed class RollbackTests(VotingCity city) : IClassFixture<VotingCity>
{
    private static readonly RegistryOperation[] Everything =
    [
        new(RegistryOp.AddCap, "role.Member", "oracle.read"),
        new(RegistryOp.AddCap, "custom.gardeners", "task.create", DecisionScope.Own),
        new(RegistryOp.RemoveCap, "role.Visitor", "file.read"),
        VotingCity.Quota(33),
        new(RegistryOp.IncreaseQuota, Plan: TeamPlan.Premium, Metric: "llm_tokens", By: Quantity.Of(7)),
        new(RegistryOp.SetStakeMultiplier, Steps: [new(Quantity.Zero, Quantity.Of(1)), new(Quantity.Of(10), Quantity.Of(3))]),
        new(RegistryOp.SetComputePrice, Item: "llm.large", Price: Quantity.Of(0.02m)),
        new(RegistryOp.SetEnergySubsidy, Rate: Quantity.Of(0.25m)),
        new(RegistryOp.SetConversionRate, From: "KWT", To: "1T", Rate: Quantity.Of(0.1m)),
        new(RegistryOp.SetRewardCap, RwaType: "energy", Cap: Quantity.Of(5_000)),
        new(RegistryOp.FreezeCapabilities, Capabilities: ["wallet.convert", "router.invoke"], Reason: "Looked into"),
        new(RegistryOp.EnableBurstMode, XFactor: Quantity.Of(2), Duration: 86_400),
        new(RegistryOp.AddRwaType, RwaType: "heat", Unit: "gj"),
        new(RegistryOp.RemoveRwaType, RwaType: "food"),
        new(RegistryOp.SetGovernanceSetting, Name: "governance.quorum_pct", Value: "12"),
    ];

    [Fact]
    public async Task Two_operators_take_everything_back_to_the_byte()
    {
        var before = await city.Registry();
        var applied = await city.Adopt(Everything);
        Assert.Equal(PolicyStatus.Applied, applied.Policy.Status);
        Assert.NotEqual(before, await city.Registry());

        var first = await city.Governance.Rollback(city.Olena, new RollbackPolicy(applied.Policy.Id, "It broke the garden"), default);
        var again = await Assert.ThrowsAsync<CityException>(() => city.Governance.Rollback(city.Olena, new RollbackPolicy(applied.Policy.Id, "It broke the garden"), default));
        var second = await city.Governance.Rollback(city.Taras, new RollbackPolicy(applied.Policy.Id, "Agreed"), default);

        Assert.Equal(("awaiting_second", "four_eyes", "rolled_back"), (first.Status, again.Reason, second.Status));
        Assert.Equal(before, await city.Registry());
        var looked = await city.Look(applied.Policy.Id);
        Assert.Equal((PolicyStatus.RolledBack, second.RolledBackBy), (looked.Policy.Status, looked.RolledBackBy));
        Assert.Equal("already_rolled_back", (await Assert.ThrowsAsync<CityException>(() => city.Governance.Rollback(city.Taras, new RollbackPolicy(applied.Policy.Id, "Once more"), default))).Reason);
        Assert.Contains(applied.Policy.Id, (await city.Governance.ListPolicies(city.Olena, new PolicyFilter(PolicyStatus.RolledBack), default)).Items.Select(policy => policy.Id));
        Assert.DoesNotContain(applied.Policy.Id, (await city.Governance.ListPolicies(city.Olena, new PolicyFilter(PolicyStatus.Applied), default)).Items.Select(policy => policy.Id));
    }

    [Fact]
    public async Task Residents_take_a_policy_back_by_a_vote_without_typing_in_how()
    {
        var before = await city.Registry();
        var applied = await city.Adopt(VotingCity.Quota(61, "router_invokes"));
        var voter = await city.Majority();
        var back = await city.Governance.Propose(voter, new Propose("Back to what it was", city.Now + VotingCity.Hour + VotingCity.Hour, RollsBack: applied.Policy.Id), default);
        await city.Vote(voter, back.Id, VoteChoice.Yes);

        var done = await city.Close(back.Id);

        Assert.Equal(("policy.rollback", PolicyStatus.Applied), (done.Policy.PolicyType, done.Policy.Status));
        Assert.Equal(PolicyStatus.RolledBack, (await city.Look(applied.Policy.Id)).Policy.Status);
        Assert.Equal(before, await city.Registry());
    }

    [Fact]
    public async Task What_a_later_policy_changed_is_not_taken_back_over_its_head()
    {
        var first = await city.Adopt(VotingCity.Quota(21, "messages"));
        await city.Adopt(VotingCity.Quota(22, "messages"));

        var refused = await Assert.ThrowsAsync<CityException>(() => city.Governance.Rollback(city.Olena, new RollbackPolicy(first.Policy.Id, "Too late"), default));

        Assert.Equal("changed_since", refused.Reason);
    }

    [Fact]
    public async Task Only_what_is_in_force_is_taken_back_and_only_by_those_who_run_the_city()
    {
        var proposal = await city.Propose(city.Olena, VotingCity.Quota(62, "router_invokes"));
        var resident = await city.Resident(1);

        Assert.Equal("not_applied", (await Assert.ThrowsAsync<CityException>(() => city.Governance.Rollback(city.Olena, new RollbackPolicy(proposal.Id, "Too early"), default))).Reason);
        Assert.Equal(ErrorCode.Forbidden, (await Assert.ThrowsAsync<CityException>(() => city.Governance.Rollback(resident, new RollbackPolicy(proposal.Id, "Mine"), default))).Code);
        await city.Governance.Cancel(city.Olena, new CancelProposal(proposal.Id), default);
    }

    [Fact]
    public async Task After_the_first_policy_the_way_of_voting_is_changed_by_vote_only()
    {
        await city.Adopt(VotingCity.Quota(63, "router_invokes"));

        var refused = await Assert.ThrowsAsync<CityException>(() => city.Governance.PutSetting(city.Olena, new PutGovernanceSetting("governance.approval_pct", "99"), default));

        Assert.Equal("policy_required", refused.Reason);
        Assert.False((await city.Governance.GetSettings(city.Olena, new GovernanceSettingsRequest(), default)).Founding);
    }
}
