using Daarion.Core.Capabilities;
using Daarion.Core.Governance;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Governance;

/// <summary>Before they vote, residents see which decisions of the last days would have been others.</summary>
public sealed class SimulationTests(VotingCity city) : IClassFixture<VotingCity>
{
    [Fact]
    public async Task Refusals_that_a_change_would_allow_are_counted_by_action_team_and_reason_with_examples()
    {
        var (owner, stranger) = (await city.Resident(0), await city.Resident(0, withTeam: false));
        var team = (await city.Get<ITeamService>().Mine(owner, new ListMyTeams(new PageRequest()), default)).Items.Single().Team;
        await city.Get<IMembershipService>().Add(owner, new AddMember(team.Id, stranger.User, null, TeamRole.Visitor), default);
        for (var times = 0; times < 3; times++)
        {
            await Refused(() => city.Get<ITeamService>().Update(stranger, new UpdateTeam(team.Id, Name: "Mine"), default));
        }

        RegistryOperation[] operations = [new(RegistryOp.AddCap, "role.Visitor", "usage.read"), new(RegistryOp.AddCap, "role.Member", "usage.read")];
        await Refused(() => Ask(stranger, "usage.read", team.Id));
        var simulation = await Settled(operations, seen => seen.ByAction.Any(count => count.Key == "usage.read"));

        var action = Assert.Single(simulation.ByAction, count => count.Key == "usage.read");
        Assert.Equal((1, 0), (action.NowAllowed, action.NowRefused));
        Assert.Contains(simulation.ByTeam, count => count.Key == team.Id.Value && count.NowAllowed == 1);
        Assert.Contains(simulation.ByReason, count => count.Key == "capability_missing → ok");
        Assert.Contains(simulation.Examples, example => example.Subject == stranger.SubjectId && example.Action == "usage.read" && (example.Before, example.After) == ("capability_missing", "ok"));
        Assert.True(simulation.Replayed >= simulation.Changed + 3, "what stays as it was is counted as replayed");
    }

    [Fact]
    public async Task A_freeze_shows_whom_it_would_stop_and_nothing_is_stored()
    {
        var registry = await city.Registry();
        var owner = await city.Resident(0);
        RegistryOperation[] operations = [new(RegistryOp.FreezeCapabilities, Capabilities: ["team.create"], Reason: "Too many teams")];

        // Of the allowances one in so many is recorded, so that it takes many to see some.
        var question = new DecisionRequest(new SubjectRef(owner.SubjectId, SubjectKind.User), "team.create", Resource: new DecisionResource("team", Owner: owner.SubjectId));
        await city.Get<IPolicyService>().DecideBatch(owner, new DecideBatch([.. Enumerable.Repeat(question, DecideBatch.MaxRequests)]), default);

        var simulation = await Settled(operations, seen => seen.NowRefused > 0);

        Assert.Equal(DecisionLog.SampleOf, simulation.AllowancesSampled);
        Assert.Equal((0, "team.create"), (simulation.NowAllowed, Assert.Single(simulation.ByAction).Key));
        Assert.Equal("ok → frozen", Assert.Single(simulation.ByReason).Key);
        Assert.Equal(registry, await city.Registry());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    public async Task Days_that_are_not_kept_are_refused_by_name(int days)
    {
        var refused = await Assert.ThrowsAsync<CityException>(() => city.Governance.SimulateOperations(city.Olena, new SimulateOperations([VotingCity.Quota(21)], days), default));

        Assert.Equal("days", Assert.Single(refused.Errors).Key);
    }

    [Fact]
    public async Task A_proposal_that_is_voted_on_is_simulated_by_any_resident()
    {
        var resident = await city.Resident(0, withTeam: false);
        var proposal = await city.Propose(city.Olena, VotingCity.Quota(23));

        var simulation = await city.Governance.Simulate(resident, new SimulateProposal(proposal.Id, 1), default);

        Assert.Equal(1, simulation.Days);
        await city.Governance.Cancel(city.Olena, new CancelProposal(proposal.Id), default);
    }

    private async Task<Simulation> Settled(RegistryOperation[] operations, Func<Simulation, bool> seen)
    {
        Simulation? last = null;
        await Eventually.True(
            async () => seen(last = await city.Governance.SimulateOperations(city.Olena, new SimulateOperations(operations), default)),
            () => $"the decisions are in the log: {last}");
        return last!;
    }

    private Task Ask(Caller caller, string action, TeamId team) => city.Get<IPolicyService>().Decide(
        caller, new DecisionRequest(new SubjectRef(caller.SubjectId, SubjectKind.User), action, team), default);

    // A decision asked about from outside is one like any other and leaves its trace in the log, whether it throws or not.
    private static async Task Refused(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (CityException e) when (e.Code is ErrorCode.Forbidden or ErrorCode.NotFound)
        {
            Assert.NotNull(e.Reason ?? e.Message);
        }
    }
}
