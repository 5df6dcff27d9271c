using Daarion.Core.Events;
using Daarion.Core.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Core.Data;

/// <summary>Registration of services' contexts.</summary>
public static class DataRegistration
{
    /// <summary>Registers what every context needs. Called once, by the host.</summary>
    public static IServiceCollection AddCityData(this IServiceCollection services)
    {
        services.AddSingleton<CityDatabase>();
        services.AddSingleton<QueryMeter>();
        services.AddSingleton<IdempotencyKeys>();
        services.AddSingleton<OutboxSignal>();
        services.AddSingleton<OutboxPressure>();
        services.AddScoped<EventWriter>();
        services.AddScoped<ModuleServices>();
        return services;
    }

    /// <summary>Registers a service's context on its own pool.</summary>
    public static IServiceCollection AddModuleDbContext<TContext>(this IServiceCollection services, string service)
        where TContext : ModuleDbContext =>
        services.AddDbContext<TContext>(
            (provider, options) => options
                .UseNpgsql(provider.GetRequiredService<CityDatabase>().Of(service))
                .UseSnakeCaseNamingConvention()
                .AddInterceptors(provider.GetRequiredService<QueryMeter>()),
            ServiceLifetime.Scoped,
            ServiceLifetime.Singleton);
}
