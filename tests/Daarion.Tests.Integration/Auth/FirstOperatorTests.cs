using System.Net;
using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Auth;

/// <summary>A city gets its first operator once, however many try and wherever they were stopped.</summary>
public sealed class FirstOperatorTests : IAsyncLifetime
{
    private static readonly Caller Self = Caller.ForService(ServiceName.Auth);
    private readonly FreshCity city = new();

    public Task InitializeAsync() => city.InitializeAsync();

    public Task DisposeAsync() => city.DisposeAsync();

    [Fact]
    public async Task Replicas_that_start_at_once_with_the_same_address_make_one_Owner()
    {
        var starts = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Prepare("olena@example.org")));

        Assert.Single(starts, start => start.Operator is not null);
        Assert.All(starts, start => Assert.Null(start.SetupToken));
        Assert.Equal(["olena@example.org"], (await Operators()).Select(one => one.Email));
    }

    [Fact]
    public async Task Two_who_would_both_be_the_first_become_an_Owner_and_a_Guardian()
    {
        await Task.WhenAll(
            city.Get<IOperatorService>().Make(Self, new MakeOperator("olena@example.org"), default),
            city.Get<IOperatorService>().Make(Self, new MakeOperator("taras@example.org"), default));

        Assert.Equal([TeamRole.Owner, TeamRole.Guardian], (await Operators()).Select(one => one.Role));
    }

    [Fact]
    public async Task A_setup_that_was_stopped_half_way_goes_on_for_the_same_person_and_for_nobody_else()
    {
        var token = (await Prepare(null)).SetupToken!;
        var olena = await city.Get<IUserService>().Ensure(Self, new EnsureUser("olena@example.org"), default);
        await city.Get<IMembershipService>().Add(Self, new AddMember(TeamId.WellKnown(), olena.Id, Role: TeamRole.Owner), default);

        var stranger = await Assert.ThrowsAsync<CityException>(() => Complete(token, "taras@example.org"));
        var done = await Complete(token, "olena@example.org");
        var again = await Assert.ThrowsAsync<CityException>(() => Complete(token, "olena@example.org"));

        Assert.Equal(("link_invalid", "link_invalid"), (stranger.Reason, again.Reason));
        Assert.Equal(olena.Id, done.UserId);
        Assert.Equal("Київ", (await city.Get<ITeamService>().Get(Self, new GetTeam(TeamId.WellKnown()), default)).Name);
    }

    [Fact]
    public async Task A_start_after_a_setup_that_was_stopped_half_way_closes_it()
    {
        var token = (await Prepare(null)).SetupToken!;
        var olena = await city.Get<IUserService>().Ensure(Self, new EnsureUser("olena@example.org"), default);
        await city.Get<IMembershipService>().Add(Self, new AddMember(TeamId.WellKnown(), olena.Id, Role: TeamRole.Owner), default);

        var start = await Prepare(null);
        var late = await Assert.ThrowsAsync<CityException>(() => Complete(token, "olena@example.org"));

        Assert.Null(start.SetupToken);
        Assert.Equal("link_invalid", late.Reason);
    }

    private Task<SetupPrepared> Prepare(string? address) => city.Get<IOperatorService>().PrepareSetup(Self, new PrepareSetup(address), default);

    private Task<SignedIn> Complete(string token, string email) => city.Get<ISignInService>().CompleteSetup(
        Caller.Anonymous(new Origin("req_test", IPAddress.Loopback, "tests")), new CompleteSetup(token, email, "Олена", "Київ"), default);

    private async Task<IReadOnlyList<OperatorView>> Operators() => (await city.Get<IOperatorService>().List(Self, new ListOperators(new PageRequest()), default)).Items;
}
