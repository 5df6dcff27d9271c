using Daarion.Core.Events;
using Daarion.Core.Outbox;

namespace Daarion.Server.Relay;

internal static class RelayRegistration
{
    /// <summary>Adds what brings events from the outbox to the streams and from the streams to the reactions.</summary>
    public static WebApplicationBuilder AddRelay(this WebApplicationBuilder builder)
    {
        builder.Services.AddRelay();
        builder.Services.AddHostedService<ConsumerHost>();
        return builder;
    }

    /// <summary>Adds the way from the outbox to the streams alone, without the reactions.</summary>
    public static IServiceCollection AddRelay(this IServiceCollection services)
    {
        services.AddSingleton<NatsLink>();
        services.AddSingleton(RetryPace.Default);
        services.AddSingleton<OutboxStore>();
        services.AddSingleton<StreamSetup>();
        services.AddSingleton<Reconciliation>();
        services.AddSingleton<Reaction>();
        services.AddSingleton<DeadLetters>();
        services.AddSingleton<IStreamGate, StreamGate>();
        services.AddSingleton<LaneLeases>();
        services.AddSingleton<LiveEvents>();
        services.AddSingleton<ILiveEvents>(provider => provider.GetRequiredService<LiveEvents>());
        services.AddSingleton<OutboxRelay>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveEvents>());
        services.AddHostedService(provider => provider.GetRequiredService<OutboxRelay>());
        services.AddHostedService<OutboxAnnouncer>();
        services.AddHostedService<Housekeeper>();
        services.AddHostedService<PressureGauge>();
        return services;
    }
}
