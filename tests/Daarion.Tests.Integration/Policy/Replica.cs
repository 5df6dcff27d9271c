using Daarion.Core;
using Daarion.Core.Capabilities;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Tests.Integration.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Daarion.Tests.Integration.Policy;

/// <summary>The services of a city on a database of their own, without listeners: one replica of possibly several.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly IHostedService[] workers;

    private Replica(ServiceProvider services)
    {
        this.services = services;
        workers = [services.GetRequiredService<RegistryWatch>(), services.GetRequiredService<DecisionLogWriter>()];
    }

    /// <summary>An empty database beside the shared city's own; answers its connection string.</summary>
    public static async Task<string> EmptyDatabase(CityFixture city)
    {
        var name = $"policy_{Guid.NewGuid():N}";
        await using (var connection = await city.OpenDatabase())
        await using (var create = new NpgsqlCommand($"create database {name}", connection))
        {
            await create.ExecuteNonQueryAsync();
        }

        var address = new NpgsqlConnectionStringBuilder(city.Get<CityDatabase>().ConnectionString) { Database = name, Timeout = 5 }.ConnectionString;
        await using var migrating = Services(address);
        await migrating.GetRequiredService<Migrator>().Migrate(default);
        return address;
    }

    /// <summary>Starts a replica on a migrated database.</summary>
    public static async Task<Replica> Start(string address, Action<IServiceCollection>? configure = null)
    {
        var replica = new Replica(Services(address, configure));
        foreach (var worker in replica.workers)
        {
            await worker.StartAsync(default);
        }

        return replica;
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public async ValueTask<PolicySnapshot> Registry() => await Get<IPolicySnapshots>().Current(default);

    /// <summary>Asks the PDP about one of the city's services.</summary>
    public async Task<DecisionAnswer> Ask(string service, string action) =>
        await Get<IPolicyService>().Decide(Caller.ForService(ServiceName.Capabilities), new DecisionRequest(new SubjectRef($"service:{service}", SubjectKind.Service), action), default);

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in workers)
        {
            await worker.StopAsync(default);
        }

        await services.DisposeAsync();
    }

    private static ServiceProvider Services(string address, Action<IServiceCollection>? configure = null)
    {
        var added = new ServiceCollection();
        added.AddLogging();
        added.AddMetrics();
        added.AddCity();
        added.AddSingleton<RegistryWatch>();
        added.AddSingleton<DecisionLogWriter>();
        configure?.Invoke(added);
        var provider = added.BuildServiceProvider();
        provider.GetRequiredService<CityDatabase>().ConnectionString = address;
        return provider;
    }
}
