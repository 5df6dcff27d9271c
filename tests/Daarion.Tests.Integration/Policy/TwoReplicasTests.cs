using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Daarion.Core.Auth;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Server;
using Daarion.Server.Embedded;
using Daarion.Server.Settings;
using Daarion.Tests.Integration.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Daarion.Tests.Integration.Policy;

/// <summary>Two whole cities on one database and one NATS.</summary>
[Collection(CityCollection.Name)]
public sealed class TwoReplicasTests(CityFixture here) : IAsyncLifetime
{
    private static readonly Caller Anyone = Caller.ForService(ServiceName.Capabilities);
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("daarion-it-");
    private WebApplication there = null!;

    public async Task InitializeAsync()
    {
        var settings = new CitySettings
        {
            DataFolder = data.FullName,
            PublicUrl = FreeAddress(),
            Listen = FreeAddress(),
            InternalListen = FreeAddress(),
            Postgres = here.Get<CityDatabase>().ConnectionString,
            Nats = here.Get<NatsAddress>().Url,
        };
        there = CityHost.Build(settings, builder => builder.Logging.ClearProviders());
        await there.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await there.StopAsync();
        await there.DisposeAsync();
        data.Delete(recursive: true);
    }

    [Fact]
    public async Task A_member_who_is_removed_here_may_nothing_there_within_a_second()
    {
        var (team, owner) = await here.NewTeam();
        var member = await here.NewPerson();
        var members = here.Get<IMembershipService>();
        await members.Add(owner.Caller, new AddMember(team.Id, member.Id, Role: TeamRole.Guardian), default);
        await Eventually.Equal(Reasons.Ok, () => AskThere(member, team.Id));

        await members.Remove(owner.Caller, new RemoveMember(team.Id, member.Id), default);
        var removed = Stopwatch.GetTimestamp();

        await Eventually.Equal(Reasons.NoRole, () => AskThere(member, team.Id));
        Assert.InRange(Stopwatch.GetElapsedTime(removed), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_key_that_is_revoked_here_opens_nothing_there_within_a_second()
    {
        var (keys, auth) = (here.Get<IServiceKeyService>(), Caller.ForService(ServiceName.Auth));
        var key = await keys.Create(auth, new CreateServiceKey(here.Unique("key"), ["team.read"]), default);
        var question = new DecisionRequest(new SubjectRef(key.ClientId.Value, SubjectKind.Service), "team.read");
        await Eventually.Equal(Reasons.Ok, () => AskThere(question));

        await keys.Revoke(auth, new RevokeServiceKey(key.ClientId), default);
        var revoked = Stopwatch.GetTimestamp();

        await Eventually.Equal(Reasons.KeyRevoked, () => AskThere(question));
        Assert.InRange(Stopwatch.GetElapsedTime(revoked), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_team_that_is_locked_here_takes_no_change_there_within_a_second()
    {
        var (team, owner) = await here.NewTeam();
        await Eventually.Equal(Reasons.Ok, () => AskThere(owner, team.Id));

        await here.Get<ITeamService>().Update(owner.Caller, new UpdateTeam(team.Id, State: TeamState.Locked), default);
        var locked = Stopwatch.GetTimestamp();

        await Eventually.Equal(Reasons.TeamLocked, () => AskThere(owner, team.Id));
        Assert.InRange(Stopwatch.GetElapsedTime(locked), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    private Task<string> AskThere(Person person, TeamId team) => AskThere(new DecisionRequest(new SubjectRef(person.Id.Value, SubjectKind.User), "team.update", team));

    private async Task<string> AskThere(DecisionRequest question) => (await there.Services.GetRequiredService<IPolicyService>().Decide(Anyone, question, default)).Reason;

    private static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }
}
