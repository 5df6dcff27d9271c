using Daarion.Core.Capabilities;
using Daarion.Core.Data;
using Daarion.Core.Governance;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Wallets;
using Daarion.Tests.Integration.Running;
using Npgsql;

namespace Daarion.Tests.Integration.Governance;

/// <summary>From a proposal to the rule in force, and everything that is refused on the way.</summary>
public sealed class VotingTests(VotingCity city) : IClassFixture<VotingCity>
{
    [Fact]
    public async Task A_resident_proposes_votes_and_sees_the_rule_in_force_a_second_after_closing()
    {
        var resident = await city.Majority();
        var proposal = await city.Propose(resident, VotingCity.Quota(45));
        Assert.Equal((PolicyStatus.Voting, "plan.entitlement.update"), (proposal.Status, proposal.PolicyType));

        var vote = await city.Vote(resident, proposal.Id, VoteChoice.Yes);
        Assert.True(vote.Weight.IsPositive);
        var done = await city.Close(proposal.Id);

        Assert.Equal(PolicyStatus.Applied, done.Policy.Status);
        Assert.Equal([new RegistryChange("entitlement", "Freemium agent_runs", "20 / day, at most 40", "45 / day, at most 90")], done.Changes);
        var registry = await city.Get<IPolicySnapshots>().Current(default);
        Assert.Equal((done.Policy.RegistryVersion, new Entitlement("day", 45, 90)), (registry.Version, registry.Entitlements[(TeamPlan.Freemium, "agent_runs")]));
        Assert.Equal(["proposed", "opened", "approved", "applied"], (await city.Governance.GetChangelog(resident, new PolicyRef(proposal.Id), default)).Entries.Select(entry => entry.What));

        await city.Governance.Rollback(city.Olena, new RollbackPolicy(proposal.Id, "Only a test"), default);
        await city.Governance.Rollback(city.Taras, new RollbackPolicy(proposal.Id, "Only a test"), default);
    }

    [Fact]
    public async Task Whoever_buys_after_the_opening_weighs_what_they_had_then()
    {
        var (early, late) = (await city.Resident(10), await city.Resident(0));
        var proposal = await city.Propose(city.Olena, VotingCity.Quota(46));
        await city.Mint(late.User!.Value, 5_000_000);
        await city.Get<IWalletService>().SendTransfer(early, new SendTransfer(OwnerId.Of(early.User!.Value), OwnerId.Of(late.User!.Value), Symbol.DAARION, Quantity.Of(9)), default);

        Assert.Equal(Quantity.Zero, (await city.Vote(late, proposal.Id, VoteChoice.No)).Weight);
        Assert.Equal(Quantity.Of(10), (await city.Vote(early, proposal.Id, VoteChoice.Yes)).Weight);
        await city.Governance.Cancel(city.Olena, new CancelProposal(proposal.Id), default);
    }

    [Fact]
    public async Task However_often_at_once_somebody_votes_it_is_one_vote()
    {
        var resident = await city.Resident(25);
        var proposal = await city.Propose(city.Olena, VotingCity.Quota(47));
        var choices = Enum.GetValues<VoteChoice>();

        await Task.WhenAll(Enumerable.Range(0, 48).Select(index => Task.Run(() => city.Vote(resident, proposal.Id, choices[index % 3]))));

        var tally = (await city.Governance.GetPolicy(resident, new PolicyRef(proposal.Id), default)).Tally;
        Assert.Equal((1, 25m), (tally.Voters, tally.Yes.Value + tally.No.Value + tally.Abstain.Value));
        Assert.Equal(tally.MyChoice, tally.Yes.IsPositive ? VoteChoice.Yes : tally.No.IsPositive ? VoteChoice.No : VoteChoice.Abstain);
        await city.Governance.Cancel(city.Olena, new CancelProposal(proposal.Id), default);
    }

    [Theory]
    [InlineData(99, 0, 0, false)]
    [InlineData(101, 0, 0, true)]
    [InlineData(60, 60, 0, false)]
    [InlineData(62, 58, 0, true)]
    [InlineData(10, 0, 95, true)]
    [InlineData(0, 0, 500, false)]
    public async Task It_passes_with_a_quorum_of_the_circulating_and_enough_of_yes_and_no(int yes, int no, int abstain, bool passes)
    {
        var circulating = (await city.Get<IWalletService>().GetHoldings(Caller.ForService(ServiceName.Governance), new HoldingsQuery(Symbol.DAARION), default)).Circulating.Value;
        // Thousandths of everything there is after those who vote have come.
        var all = (circulating + 1) / (1_000 - yes - no - abstain) * 1_000;
        var voters = new List<(Caller Voter, VoteChoice Choice)>();
        foreach (var (share, choice) in new[] { (yes, VoteChoice.Yes), (no, VoteChoice.No), (abstain, VoteChoice.Abstain) }.Where(one => one.Item1 > 0))
        {
            voters.Add((await city.Resident(decimal.Round(all * share / 1_000, 9), withTeam: false), choice));
        }

        var proposal = await city.Propose(city.Olena, new RegistryOperation(RegistryOp.SetComputePrice, Item: "router.hop", Price: Quantity.Of(0.001m + (decimal)Random.Shared.Next(1, 9_000) / 1_000_000m)));
        foreach (var (voter, choice) in voters)
        {
            await city.Vote(voter, proposal.Id, choice);
        }

        var before = await city.Look(proposal.Id);
        var after = await city.Close(proposal.Id);

        Assert.Equal((passes, passes ? PolicyStatus.Applied : PolicyStatus.Rejected), (before.Tally.WouldPass, after.Policy.Status));
    }

    [Fact]
    public async Task A_proposal_that_opens_later_takes_its_snapshot_then()
    {
        var resident = await city.Resident(5);
        var proposal = await city.Governance.Propose(
            city.Olena, new Propose("Later", city.Now + TimeSpan.FromHours(5), [VotingCity.Quota(48)], OpensAt: city.Now + VotingCity.Hour), default);
        Assert.Equal(PolicyStatus.Draft, proposal.Status);
        var early = await Assert.ThrowsAsync<CityException>(() => city.Vote(resident, proposal.Id, VoteChoice.Yes));
        Assert.Equal("not_voting", early.Reason);

        await city.Mint(resident.User!.Value, 7);
        city.Clock.Turn(VotingCity.Hour + TimeSpan.FromSeconds(1));
        await Eventually.True(async () => (await city.Look(proposal.Id)).Policy.Status == PolicyStatus.Voting, () => "the vote opens by itself");

        Assert.Equal(Quantity.Of(12), (await city.Vote(resident, proposal.Id, VoteChoice.Yes)).Weight);
        await city.Governance.Cancel(city.Olena, new CancelProposal(proposal.Id), default);
    }

    [Fact]
    public async Task After_the_close_nobody_votes_and_nobody_cancels()
    {
        var resident = await city.Resident(1);
        var proposal = await city.Propose(city.Olena, VotingCity.Quota(49));
        var decided = await city.Close(proposal.Id);

        Assert.Equal(PolicyStatus.Rejected, decided.Policy.Status);
        Assert.Equal("not_voting", (await Assert.ThrowsAsync<CityException>(() => city.Vote(resident, proposal.Id, VoteChoice.Yes))).Reason);
        Assert.Equal("already_decided", (await Assert.ThrowsAsync<CityException>(() => city.Governance.Cancel(city.Olena, new CancelProposal(proposal.Id), default))).Reason);
    }

    [Fact]
    public async Task Who_runs_no_team_may_vote_but_not_propose_and_who_is_nobody_may_neither()
    {
        var visitor = await city.Resident(3, withTeam: false);
        var proposal = await city.Propose(city.Olena, VotingCity.Quota(50));

        var refused = await Assert.ThrowsAsync<CityException>(() => city.Propose(visitor, VotingCity.Quota(51)));
        Assert.Equal((ErrorCode.Forbidden, "no_role"), (refused.Code, refused.Reason));
        Assert.Equal(Quantity.Of(3), (await city.Vote(visitor, proposal.Id, VoteChoice.Abstain)).Weight);
        var key = await Assert.ThrowsAsync<CityException>(() => city.Governance.CastVote(Caller.ForService(ServiceName.Rwa), new CastVote(proposal.Id, VoteChoice.Yes), default));
        Assert.Equal(ErrorCode.Forbidden, key.Code);
        await city.Governance.Cancel(city.Olena, new CancelProposal(proposal.Id), default);
    }

    [Fact]
    public async Task A_rule_refuses_a_proposal_with_its_code_and_stores_nothing()
    {
        var before = (await city.Governance.ListPolicies(city.Olena, new PolicyFilter(), default)).Items.Count;

        var refused = await Assert.ThrowsAsync<CityException>(() => city.Propose(city.Olena, VotingCity.Quota(300)));
        var checkedOnly = await city.Governance.Validate(city.Olena, new Propose("Too much", city.Now + VotingCity.Hour + VotingCity.Hour, [VotingCity.Quota(300)]), default);

        Assert.Equal((ErrorCode.Conflict, "rule_plan_order", "operations[0]"), (refused.Code, refused.Reason, Assert.Single(refused.Errors).Key));
        Assert.Equal((false, "rule_plan_order"), (checkedOnly.Valid, Assert.Single(checkedOnly.Violations).Rule));
        Assert.Equal(before, (await city.Governance.ListPolicies(city.Olena, new PolicyFilter(), default)).Items.Count);
    }

    [Theory]
    [InlineData("title", "ab", 2, 0)]
    [InlineData("closes_at", "A title", 0.5, 0)]
    [InlineData("closes_at", "A title", 24 * 8, 0)]
    [InlineData("opens_at", "A title", 2, -1)]
    public async Task What_makes_no_sense_is_refused_by_its_field(string field, string title, double closesInHours, double opensInHours)
    {
        var request = new Propose(title, city.Now.AddHours(closesInHours), [VotingCity.Quota(52)], OpensAt: opensInHours == 0 ? null : city.Now.AddHours(opensInHours));

        var refused = await Assert.ThrowsAsync<CityException>(() => city.Governance.Propose(city.Olena, request, default));

        Assert.Equal(field, Assert.Single(refused.Errors).Key);
    }

    [Fact]
    public async Task What_was_adopted_and_is_forbidden_by_now_fails_and_changes_nothing()
    {
        var (voter, first) = (await city.Majority(), await city.Propose(city.Olena, new RegistryOperation(RegistryOp.SetQuota, Plan: TeamPlan.Casual, Metric: "stake_ops", Quota: Quantity.Of(6))));
        var second = await city.Propose(city.Olena, new RegistryOperation(RegistryOp.SetQuota, Plan: TeamPlan.Casual, Metric: "stake_ops", Quota: Quantity.Of(6)));
        await city.Vote(voter, first.Id, VoteChoice.Yes);
        await city.Vote(voter, second.Id, VoteChoice.Yes);
        await city.Close(first.Id);
        var registry = await city.Registry();
        var failed = await city.Close(second.Id);

        Assert.Equal((PolicyStatus.Failed, null), (failed.Policy.Status, failed.Policy.RegistryVersion));
        Assert.Contains("change nothing", failed.Problem, StringComparison.Ordinal);
        Assert.Equal(registry, await city.Registry());
    }

    [Theory]
    [InlineData("update governance.governance_policies set title = 'another' where id = $1")]
    [InlineData("update governance.governance_policies set status = 'voting' where id = $1")]
    [InlineData("update governance.governance_policies set result = '{}' where id = $1")]
    [InlineData("delete from governance.governance_policies where id = $1")]
    [InlineData("update governance.governance_votes set choice = 'no' where policy_id = $1")]
    [InlineData("delete from governance.governance_votes where policy_id = $1")]
    [InlineData("update governance.governance_weights set weight = 1 where policy_id = $1")]
    [InlineData("insert into governance.governance_weights (policy_id, voter_id, weight) values ($1, 'u_00000000000000000000000000', 1)")]
    [InlineData("insert into governance.governance_votes (policy_id, voter_id, choice, weight, at) values ($1, 'u_00000000000000000000000000', 'yes', 0, now())")]
    public async Task What_was_decided_cannot_be_changed_even_with_SQL_as_the_services_role(string sql)
    {
        var applied = await city.Adopt(new RegistryOperation(RegistryOp.SetRewardCap, RwaType: "water", Cap: Quantity.Of(Random.Shared.Next(10, 900_000))));
        await using var connection = await city.Get<CityDatabase>().Of(ServiceName.Governance).OpenConnectionAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = applied.Policy.Id.Value });

        var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());

        Assert.Equal(PostgresErrorCodes.RestrictViolation, refused.SqlState);
    }
}
