using System.Diagnostics;
using System.Net;
using Daarion.Core.Auth;
using Daarion.Core.Capabilities.AccessKeys;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Server;
using Daarion.Server.Embedded;
using Daarion.Server.Settings;
using Daarion.Testing;
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
    private CuttableLine streams = null!;
    private Uri publicThere = null!;

    public async Task InitializeAsync()
    {
        var nats = new UriBuilder(here.Get<NatsAddress>().Url);
        streams = CuttableLine.To(new DnsEndPoint(nats.Host, nats.Port));
        (nats.Host, nats.Port) = (IPAddress.Loopback.ToString(), streams.Port);
        publicThere = LoopbackPort.FreeAddress();
        var settings = new CitySettings
        {
            DataFolder = data.FullName,
            PublicUrl = publicThere,
            Listen = publicThere,
            InternalListen = LoopbackPort.FreeAddress(),
            UnauthenticatedPerMinute = 1_000_000,
            Postgres = here.Get<CityDatabase>().ConnectionString,
            Nats = nats.Uri.ToString().TrimEnd('/'),
        };
        there = CityHost.Build(settings, builder => builder.Logging.ClearProviders());
        await there.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await there.StopAsync();
        await there.DisposeAsync();
        await streams.DisposeAsync();
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

    [Fact]
    public async Task An_access_key_that_is_revoked_here_opens_nothing_there_within_a_second()
    {
        var (key, team) = await NewKey();
        await Eventually.Equal(HttpStatusCode.OK, () => CallThere(key.Secret, team));

        await here.Get<IAccessKeyService>().Revoke(key.Owner, new RevokeAccessKey(key.Id), default);
        var revoked = Stopwatch.GetTimestamp();

        await Eventually.Equal(HttpStatusCode.Unauthorized, () => CallThere(key.Secret, team));
        Assert.InRange(Stopwatch.GetElapsedTime(revoked), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_secret_that_was_rotated_away_here_is_wrong_there_within_a_second()
    {
        var (key, team) = await NewKey();
        await Eventually.Equal(HttpStatusCode.OK, () => CallThere(key.Secret, team));

        var fresh = await here.Get<IAccessKeyService>().Rotate(key.Owner, new RotateAccessKey(key.Id, 0), default);
        var rotated = Stopwatch.GetTimestamp();

        await Eventually.Equal(HttpStatusCode.Unauthorized, () => CallThere(key.Secret, team));
        Assert.InRange(Stopwatch.GetElapsedTime(rotated), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await CallThere(fresh.Secret, team));
    }

    [Fact]
    public async Task With_the_streams_away_a_revoked_access_key_is_refused_there_within_five_seconds()
    {
        var (key, team) = await NewKey();
        await Eventually.Equal(HttpStatusCode.OK, () => CallThere(key.Secret, team));
        await streams.Cut();
        Assert.Equal(HttpStatusCode.OK, await CallThere(key.Secret, team));

        await here.Get<IAccessKeyService>().Revoke(key.Owner, new RevokeAccessKey(key.Id), default);
        var revoked = Stopwatch.GetTimestamp();

        await Eventually.Equal(HttpStatusCode.Unauthorized, () => CallThere(key.Secret, team));
        Assert.InRange(Stopwatch.GetElapsedTime(revoked), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    private async Task<((AccessKeyId Id, string Secret, Caller Owner) Key, TeamId Team)> NewKey()
    {
        var (team, owner) = await here.NewTeam();
        var made = await here.Get<IAccessKeyService>().Create(owner.Caller, new CreateAccessKey(team.Id, "Ключ", Caps: ["team.read"]), default);
        return ((made.Id, made.Secret, owner.Caller), team.Id);
    }

    private async Task<HttpStatusCode> CallThere(string secret, TeamId team)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(publicThere, $"/api/v1/teams/{team}"));
        request.Headers.Authorization = new("Bearer", secret);
        using var answer = await here.Public.SendAsync(request);
        return answer.StatusCode;
    }

    private Task<string> AskThere(Person person, TeamId team) => AskThere(new DecisionRequest(new SubjectRef(person.Id.Value, SubjectKind.User), "team.update", team));

    private async Task<string> AskThere(DecisionRequest question) => (await there.Services.GetRequiredService<IPolicyService>().Decide(Anyone, question, default)).Reason;
}
