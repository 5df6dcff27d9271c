using Daarion.Core.Auth;
using Daarion.Core.Capabilities;
using Daarion.Core.Data;
using Daarion.Core.Embassies;
using Daarion.Core.Events;
using Daarion.Core.Governance;
using Daarion.Core.Kernel;
using Daarion.Core.Outbox;
using Daarion.Core.Oracles;
using Daarion.Core.Policy;
using Daarion.Core.Rwa;
using Daarion.Core.Teams;
using Daarion.Core.Telemetry;
using Daarion.Core.Usage;
using Daarion.Core.Wallets;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Core;

/// <summary>The services of this city, in the order of the seed.</summary>
public static class CityModules
{
    /// <summary>Every module.</summary>
    public static IReadOnlyList<ICityModule> All { get; } =
    [
        new CapabilitiesModule(),
        new TeamsModule(),
        new OutboxModule(),
        new UsageModule(),
        new TelemetryModule(),
        new EmbassyModule(),
        new OracleModule(),
        new RwaModule(),
        new WalletModule(),
        new AuthModule(),
        new GovernanceModule(),
    ];

    /// <summary>Adds the whole city to a host: kernel, data, events, every service. The host sets the database's address before it starts.</summary>
    public static IServiceCollection AddCity(this IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Bulkheads>();
        services.AddSingleton<ServiceMeters>();
        services.AddSingleton<OperationRunner>();
        services.AddScoped<Operation>();
        services.AddSingleton(new EventCatalogue(All));
        services.AddCityData();
        services.AddSingleton<Migrator>();
        services.AddPolicy();
        foreach (var module in All)
        {
            services.AddSingleton(module);
            module.AddTo(services);
        }

        return services;
    }
}
