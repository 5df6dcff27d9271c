using Daarion.Core.Events;
using Daarion.Core.Outbox;

namespace Daarion.Server.Relay;

internal static class RelayRegistration
{
    /// <summary>Adds what brings events from the outbox to the streams and from the streams to the reactions.</summary>
    public static WebApplicationBuilder AddRelay(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<NatsLink>();
        builder.Services.AddSingleton<OutboxStore>();
        builder.Services.AddSingleton<StreamSetup>();
        builder.Services.AddSingleton<Reconciliation>();
        builder.Services.AddSingleton<Reaction>();
        builder.Services.AddSingleton<DeadLetters>();
        builder.Services.AddSingleton<IStreamGate, StreamGate>();
        builder.Services.AddSingleton<LaneLeases>();
        builder.Services.AddSingleton<LiveEvents>();
        builder.Services.AddSingleton<ILiveEvents>(services => services.GetRequiredService<LiveEvents>());
        builder.Services.AddSingleton<OutboxRelay>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LiveEvents>());
        builder.Services.AddHostedService(services => services.GetRequiredService<OutboxRelay>());
        builder.Services.AddHostedService<OutboxAnnouncer>();
        builder.Services.AddHostedService<ConsumerHost>();
        builder.Services.AddHostedService<Housekeeper>();
        return builder;
    }
}
