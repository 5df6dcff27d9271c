using Daarion.Core.Data;
using Daarion.Core.Embassies.Consumers;
using Daarion.Core.Embassies.Webhooks;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Core.Embassies;

/// <summary>The embassy: signed deliveries of outside platforms.</summary>
public sealed class EmbassyModule : ICityModule
{
    /// <summary>To see platforms, sites and the delivery log.</summary>
    internal const string Read = "city.embassy.read";

    /// <summary>To change them.</summary>
    internal const string Manage = "city.embassy.manage";

    /// <summary>To see one's team's sites.</summary>
    internal const string ReadOwn = "embassy.intent.read";

    /// <summary>To keep refused deliveries in the log.</summary>
    internal const string Record = "embassy.event.record";

    /// <summary>To let readings flow on that were held.</summary>
    internal const string Release = "embassy.reading.release";

    /// <summary>To subscribe a team's addresses to its events.</summary>
    internal const string ManageWebhooks = "embassy.webhook.manage";

    /// <summary>To tell subscribed addresses of events.</summary>
    internal const string Tell = "embassy.webhook.tell";

    /// <summary>To see how the demonstration is.</summary>
    internal const string ReadDemo = "city.demo.read";

    /// <summary>To fill the city with it, to start and stop its meter.</summary>
    internal const string ManageDemo = "city.demo.manage";

    /// <inheritdoc/>
    public string Service => ServiceName.Embassies;

    /// <inheritdoc/>
    public IReadOnlyList<CapabilityDeclaration> Capabilities { get; } =
    [
        new(Read, "See platforms, their sites and the delivery log.", CapabilityRisk.Low, "city.Owner", "city.Guardian", "city.Member"),
        new(Manage, "Let platforms in, rotate their secrets, suspend them, give sites to teams, replay deliveries.", CapabilityRisk.High, "city.Owner", "city.Guardian"),
        new(ReadDemo, "See whether the city has the demonstration and what it does.", CapabilityRisk.Low, "city.Owner", "city.Guardian", "city.Member"),
        new(ManageDemo, "Fill an empty city with the demonstration, start and stop its meter.", CapabilityRisk.High, "city.Owner"),
        new("embassy.energy.update", "Deliver energy readings.", CapabilityRisk.Medium),
        new("embassy.food.update", "Deliver food readings.", CapabilityRisk.Medium),
        new("embassy.water.update", "Deliver water readings.", CapabilityRisk.Medium),
        new("embassy.rwa.claim", "Deliver claims and statements about assets.", CapabilityRisk.Medium),
        new(Release, "Let readings flow on that were held for want of a team.", CapabilityRisk.Low, "service.embassy"),
        new(ManageWebhooks, "Subscribe addresses to a team's events and see what they were told.", CapabilityRisk.Medium, "role.Owner", "role.Guardian", "city.Owner", "city.Guardian"),
        new(Tell, "Tell subscribed addresses of events.", CapabilityRisk.Low, "service.embassy"),
        new(Record, "Keep refused deliveries in the log.", CapabilityRisk.Low, "service.embassy"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<EventDeclaration> Events { get; } =
    [
        EventDeclaration.Of<EmbassyEventReceived>("embassy.event.received", ServiceName.Embassies),
        EventDeclaration.Of<EmbassyReadingUpdate>("embassy.energy.update", ServiceName.Embassies),
        EventDeclaration.Of<EmbassyReadingUpdate>("embassy.food.update", ServiceName.Embassies),
        EventDeclaration.Of<EmbassyReadingUpdate>("embassy.water.update", ServiceName.Embassies),
        EventDeclaration.Of<EmbassyRwaClaim>("embassy.rwa.claim", ServiceName.Embassies),
        EventDeclaration.Of<EmbassyEventRejected>("embassy.event.rejected", ServiceName.Embassies),
        EventDeclaration.Of<EmbassyPlatformSuspended>("embassy.platform.suspended", ServiceName.Embassies),
        EventDeclaration.Of<EmbassyWebhookDisabled>("embassy.webhook.disabled", ServiceName.Embassies),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<ConsumerDeclaration> Consumers { get; } =
    [
        .. WebhookRules.Domains.Select(domain => ConsumerDeclaration.Of<QueueWebhooksWhenSomethingHappened>(ServiceName.Embassies, $"{domain}.>") with
        {
            Durable = $"{ServiceName.Embassies}-queue-webhooks-when-{domain}-happened",
            IsWanted = (services, ct) => services.GetRequiredService<WebhookSubscriptions>().Want(domain, ct),
        }),
    ];

    /// <inheritdoc/>
    public void AddTo(IServiceCollection services)
    {
        services.AddModuleDbContext<EmbassyDbContext>(Service);
        services.AddContract<IEmbassyService, EmbassyService>(Service);
        services.AddContract<IDemoService, DemoService>(Service);
        services.AddContract<IEmbassyDeliveries, EmbassyDeliveries>(Service);
        services.AddScoped<HeldReadings>();
        services.AddHostedService<HeldReadingsKeeper>();
        services.AddContract<IWebhookService, WebhookService>(Service);
        services.AddSingleton<WebhookSubscriptions>();
        services.AddSingleton<WebhookSender>();
        services.AddScoped<DueMessages>();
        services.AddScoped<QueueWebhooksWhenSomethingHappened>();
        services.AddSingleton<WebhookDispatcher>();
        services.AddHostedService(provider => provider.GetRequiredService<WebhookDispatcher>());
        services.AddSingleton<PlatformDirectory>();
        services.AddSingleton<SiteDirectory>();
        services.AddSingleton<PlatformRates>();
        services.AddSingleton<DeliveryWriter>();
        services.AddSingleton<RejectionLog>();
        services.AddSingleton(provider => new EmbassyDoor(
            provider.GetRequiredService<IEmbassyDeliveries>(),
            provider.GetRequiredService<PlatformDirectory>(),
            provider.GetRequiredService<PlatformRates>(),
            provider.GetRequiredService<RejectionLog>(),
            provider.GetRequiredService<TimeProvider>()));
    }
}
