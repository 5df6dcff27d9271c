using System.Net;
using Daarion.Core.Auth;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Core.Usage;
using Daarion.Server;
using Daarion.Server.Settings;
using Daarion.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Daarion.Tests.Integration.Running;

/// <summary>
/// One whole city for all tests of a run, in this process: real PostgreSQL and NATS, both listeners. Tests share it, so each makes people,
/// teams, platforms and sites of its own and looks only at those.
/// </summary>
public sealed class CityFixture : IAsyncLifetime
{
    private readonly OutsideServers outside = new();
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("daarion-it-");
    private WebApplication? app;
    private long names;

    /// <summary>Where reverse proxies stand.</summary>
    public const string TrustedNetwork = "198.51.100.0/24";

    /// <summary>Another site whose pages may call the public API.</summary>
    public const string FriendlySite = "https://app.example.org";

    /// <summary>The public listener.</summary>
    public Uri PublicUrl { get; } = LoopbackPort.FreeAddress();

    /// <summary>The internal listener.</summary>
    public Uri InternalUrl { get; } = LoopbackPort.FreeAddress();

    /// <summary>A client of the public listener that keeps no cookies.</summary>
    public HttpClient Public { get; private set; } = null!;

    /// <summary>A client of the internal listener without a key.</summary>
    public HttpClient Internal { get; private set; } = null!;

    /// <summary>Everything in the city's container.</summary>
    public IServiceProvider Services => app!.Services;

    /// <summary>Warnings and errors that the city logged.</summary>
    public CapturedLog Log { get; } = new();

    /// <summary>Where the city keeps its files.</summary>
    public string DataFolder => data.FullName;

    /// <summary>A service of the city, by its contract.</summary>
    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>One of the city's own services as a caller.</summary>
    public static Caller Service(string name) => Caller.ForService(name);

    /// <summary>A name that no other test has.</summary>
    public string Unique(string word) => $"{word}-{Interlocked.Increment(ref names)}-{Guid.NewGuid().ToString("N")[..6]}";

    /// <summary>A new person, who may sign in.</summary>
    public async Task<Person> NewPerson(string name = "Олена")
    {
        var email = $"{Unique("person")}@example.org";
        var user = await Get<IUserService>().Ensure(Service(ServiceName.Auth), new EnsureUser(email, name), default);
        return new Person(user.Id, email, CallerOf(user.Id));
    }

    /// <summary>A new operator of the city.</summary>
    public async Task<Person> NewOperator()
    {
        var made = await Get<IOperatorService>().Make(Service(ServiceName.Auth), new MakeOperator($"{Unique("operator")}@example.org"), default);
        return new Person(made.UserId, made.Email, CallerOf(made.UserId));
    }

    /// <summary>The Owner of the city: whoever became an operator first.</summary>
    public async Task<Person> CityOwner()
    {
        await NewOperator();
        await using var connection = await OpenDatabase();
        await using var owner = new NpgsqlCommand("select user_id from teams.team_members where team_id = 't_city' and role = 'owner'", connection);
        var id = UserId.Parse((string)(await owner.ExecuteScalarAsync())!);
        return new Person(id, (await Get<IUserService>().Get(CallerOf(id), new GetUser(id), default)).Email!, CallerOf(id));
    }

    /// <summary>A new team with its Owner.</summary>
    public async Task<(TeamView Team, Person Owner)> NewTeam(string name = "Теплий дім")
    {
        var owner = await NewPerson();
        return (await Get<ITeamService>().Create(owner.Caller, new CreateTeam(Unique(name)), default), owner);
    }

    /// <summary>A client of the internal listener with a new service key that holds the capabilities.</summary>
    public async Task<HttpClient> ServiceClient(params string[] capabilities)
    {
        var key = await Get<IServiceKeyService>().Create(Service(ServiceName.Auth), new CreateServiceKey(Unique("key"), capabilities), default);
        return await ServiceKeyClient.For(PublicUrl, InternalUrl, key.ClientId.Value, key.ClientSecret);
    }

    /// <summary>A connection of a test's own, to look at rows or to try what the database must refuse.</summary>
    public Task<NpgsqlConnection> OpenDatabase() => Get<CityDatabase>().Of("tests").OpenConnectionAsync().AsTask();

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        await outside.Prepare();
        app = CityHost.Build(Settings(), builder =>
        {
            builder.Logging.ClearProviders();
            builder.Logging.AddProvider(Log);
            builder.Services.AddSingleton(new UsageRates { Actions = new Dictionary<string, int>(StringComparer.Ordinal) });
        });
        await app.StartAsync();
        await LiftQuotas();
        Public = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = PublicUrl };
        Internal = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = InternalUrl };
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        Public?.Dispose();
        Internal?.Dispose();
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        await outside.Forget();
        data.Delete(recursive: true);
    }

    private static Caller CallerOf(UserId user) =>
        Caller.ForUser(user, SessionId.New(TimeProvider.System.GetUtcNow()), new Origin("req_test", IPAddress.Loopback, "tests"));

    // Tests of the ledger do in seconds what a person may do in weeks; the tests of quotas and rates have a city of their own, with those of a new city.
    private async Task LiftQuotas()
    {
        await Get<IPolicySnapshots>().Current(default);
        await using var connection = await OpenDatabase();
        await using var lift = new NpgsqlCommand(
            "update capabilities.plan_entitlements set quota = 1000000, hard_limit = 1000000 where metric in ('wallet_tx', 'payout_claims')", connection);
        await lift.ExecuteNonQueryAsync();
        await Get<IPolicySnapshots>().Reload(default);
    }

    private CitySettings Settings() => new()
    {
        CorsOrigins = [FriendlySite],
        TrustedProxies = [System.Net.IPNetwork.Parse(TrustedNetwork)],
        WebhookNetworks = [System.Net.IPNetwork.Parse("127.0.0.1/32")],
        DataFolder = data.FullName,
        PublicUrl = PublicUrl,
        Listen = PublicUrl,
        InternalListen = InternalUrl,
        Postgres = outside.Postgres,
        Nats = outside.Nats,
        UnauthenticatedPerMinute = 1_000_000,
        RequestsPerSecond = 1_000_000,
    };
}

/// <summary>A person of a test.</summary>
/// <param name="Id">Who.</param>
/// <param name="Email">The address.</param>
/// <param name="Caller">The person as a caller of contracts.</param>
public sealed record Person(UserId Id, string Email, Caller Caller);

/// <summary>The collection of all tests that share the city.</summary>
[CollectionDefinition(Name)]
public sealed class CityCollection : ICollectionFixture<CityFixture>
{
    /// <summary>For <c>[Collection(CityCollection.Name)]</c>.</summary>
    public const string Name = "city";
}
