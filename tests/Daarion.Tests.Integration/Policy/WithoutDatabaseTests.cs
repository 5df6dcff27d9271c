using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Policy;

[Collection(CityCollection.Name)]
public sealed class WithoutDatabaseTests(CityFixture city)
{
    [Fact]
    public async Task While_the_database_is_away_looking_goes_on_and_nothing_may_be_changed()
    {
        await using var line = new CuttableLine(await Replica.EmptyDatabase(city));
        await using var replica = await Replica.Start(line.Address);
        Assert.True((await replica.Ask(ServiceName.Teams, "team.read")).Allow);
        Assert.True((await replica.Ask(ServiceName.Auth, "user.create")).Allow);

        await line.Cut();

        await Eventually.Equal(Reasons.PolicyUnavailable, async () => (await replica.Ask(ServiceName.Auth, "user.create")).Reason);
        Assert.True((await replica.Ask(ServiceName.Teams, "team.read")).Allow);

        line.Mend();

        await Eventually.Equal(Reasons.Ok, async () => (await replica.Ask(ServiceName.Auth, "user.create")).Reason);
    }

    [Fact]
    public async Task Facts_that_cannot_be_had_are_never_taken_for_a_yes()
    {
        await using var line = new CuttableLine(await Replica.EmptyDatabase(city));
        await using var replica = await Replica.Start(line.Address);
        var somebody = UserId.New(TimeProvider.System.GetUtcNow());
        await line.Cut();

        var answer = await replica.Get<IPolicyService>().Decide(
            Caller.ForService(ServiceName.Capabilities),
            new DecisionRequest(new SubjectRef(somebody.Value, SubjectKind.User), "team.read", TeamId.New(TimeProvider.System.GetUtcNow())),
            default);

        Assert.Equal((false, Reasons.PolicyUnavailable), (answer.Allow, answer.Reason));
    }

    [Fact]
    public async Task A_replica_that_starts_without_its_database_refuses_until_it_can_read_the_registry()
    {
        await using var line = new CuttableLine(await Replica.EmptyDatabase(city));
        await line.Cut();
        await using var replica = await Replica.Start(line.Address);

        var refused = await Assert.ThrowsAsync<CityException>(() => replica.Ask(ServiceName.Teams, "team.read"));
        line.Mend();

        Assert.Equal((ErrorCode.Unavailable, Reasons.PolicyUnavailable), (refused.Code, refused.Reason));
        await Eventually.True(() => Allowed(replica), () => "the replica decides once it has read the registry");
    }

    private static async Task<bool> Allowed(Replica replica)
    {
        try
        {
            return (await replica.Ask(ServiceName.Teams, "team.read")).Allow;
        }
        catch (CityException e) when (e.Reason == Reasons.PolicyUnavailable)
        {
            return false;
        }
    }
}
