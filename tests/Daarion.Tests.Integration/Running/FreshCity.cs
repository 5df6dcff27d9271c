using System.Net;
using Daarion.Core.Auth;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Server;
using Daarion.Server.Settings;
using Daarion.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Daarion.Tests.Integration.Running;

/// <summary>A city of a test class's own, empty at first, with a clock that the tests turn and with everything it logs.</summary>
public class FreshCity : IAsyncLifetime
{
    private readonly OutsideServers outside = new();
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("daarion-fresh-");
    private WebApplication? app;

    public Uri PublicUrl { get; } = LoopbackPort.FreeAddress();

    public Uri InternalUrl { get; } = LoopbackPort.FreeAddress();

    public TurnedClock Clock { get; } = new();

    /// <summary>Everything the city logged that its operators would see, and more.</summary>
    public CapturedLog Log { get; } = new(LogLevel.Debug);

    public string DataFolder => data.FullName;

    public IServiceProvider Services => app!.Services;

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public async Task InitializeAsync()
    {
        await outside.Prepare();
        app = CityHost.Build(Settings(), builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(Clock);
            builder.Logging.ClearProviders();
            builder.Logging.SetMinimumLevel(LogLevel.Debug);
            builder.Logging.AddProvider(Log);
            Add(builder.Services);
        });
        await app.StartAsync();
    }

    /// <summary>A new person, who may sign in.</summary>
    public async Task<Person> NewPerson()
    {
        var email = $"person-{Guid.NewGuid():N}@example.org";
        var user = await Get<IUserService>().Ensure(Caller.ForService(ServiceName.Auth), new EnsureUser(email, "Олена"), default);
        return new Person(user.Id, email, CallerOf(user.Id));
    }

    /// <summary>A new operator of the city.</summary>
    public async Task<Caller> NewOperator()
    {
        var made = await Get<IOperatorService>().Make(Caller.ForService(ServiceName.Auth), new MakeOperator($"operator-{Guid.NewGuid():N}@example.org"), default);
        return CallerOf(made.UserId);
    }

    /// <summary>A client of the internal listener with a new service key that holds the capabilities.</summary>
    public async Task<HttpClient> ServiceClient(params string[] capabilities)
    {
        var key = await Get<IServiceKeyService>().Create(Caller.ForService(ServiceName.Auth), new CreateServiceKey($"key-{Guid.NewGuid():N}", capabilities), default);
        return await ServiceKeyClient.For(PublicUrl, InternalUrl, key.ClientId.Value, key.ClientSecret);
    }

    /// <summary>Lets people do in seconds what they may do in weeks.</summary>
    public async Task LiftQuotas(params string[] metrics)
    {
        await Get<IPolicySnapshots>().Current(default);
        await using var lift = Get<CityDatabase>().Of("tests").CreateCommand("update capabilities.plan_entitlements set quota = 1000000, hard_limit = 1000000 where metric = any ($1)");
        lift.Parameters.Add(new NpgsqlParameter { Value = metrics });
        await lift.ExecuteNonQueryAsync();
        await Get<IPolicySnapshots>().Reload(default);
    }

    public async Task DisposeAsync()
    {
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        await outside.Forget();
        data.Delete(recursive: true);
    }

    /// <summary>What a city of another kind has otherwise.</summary>
    private protected virtual CitySettings Adjusted(CitySettings settings) => settings;

    /// <summary>What a city of another kind has beside or instead.</summary>
    private protected virtual void Add(IServiceCollection services)
    {
    }

    private static Caller CallerOf(UserId user) => Caller.ForUser(user, SessionId.New(TimeProvider.System.GetUtcNow()), new Origin("req_test", IPAddress.Loopback, "tests"));

    private CitySettings Settings() => Adjusted(new()
    {
        DataFolder = data.FullName,
        PublicUrl = PublicUrl,
        Listen = PublicUrl,
        InternalListen = InternalUrl,
        Postgres = outside.Postgres,
        Nats = outside.Nats,
        UnauthenticatedPerMinute = 1_000_000,
    });
}

/// <summary>The real clock, turned ahead.</summary>
public sealed class TurnedClock : TimeProvider
{
    private long aheadTicks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref aheadTicks));

    public void Turn(TimeSpan by) => Interlocked.Add(ref aheadTicks, by.Ticks);
}
