using Daarion.Core.Capabilities.AccessKeys;
using Daarion.Core.Capabilities.Consumers;
using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Core.Capabilities;

/// <summary>The capability registry and the PDP.</summary>
public sealed class CapabilitiesModule : ICityModule
{
    /// <inheritdoc/>
    public string Service => ServiceName.Capabilities;

    /// <inheritdoc/>
    public void AddTo(IServiceCollection services)
    {
        services.AddModuleDbContext<CapabilitiesDbContext>(Service);
        services.AddContract<ICapabilityService, CapabilityService>(Service);
        services.AddContract<IRegistryService, RegistryService>(Service);
        services.AddContract<IAccessKeyService, AccessKeyService>(Service);
        services.AddScoped<SuspendKeysWhenAnomalyDetected>();
        services.AddScoped<KeyBounds>();
        services.AddSingleton<KeyDoor>();
        services.AddSingleton<KeyUses>();
        services.AddSingleton<AccessKeyFacts>();
        services.AddSingleton<IKeyFacts>(provider => provider.GetRequiredService<AccessKeyFacts>());
        services.AddSingleton<ISecretFacts>(provider => provider.GetRequiredService<AccessKeyFacts>());
        services.AddHostedService<KeyUseWriter>();
        services.AddSingleton<RegistrySeeder>();
        services.AddSingleton<RegistryReader>();
        services.AddSingleton<RegistrySnapshots>();
        services.AddSingleton<IPolicySnapshots>(provider => provider.GetRequiredService<RegistrySnapshots>());
        services.AddSingleton<DecisionLog>();
        services.AddSingleton<IDecisionLog>(provider => provider.GetRequiredService<DecisionLog>());
        services.AddHostedService<RegistryWatch>();
        services.AddHostedService<FactWatch>();
        services.AddHostedService<DecisionLogWriter>();
    }

    /// <inheritdoc/>
    public IReadOnlyList<CapabilityDeclaration> Capabilities { get; } =
    [
        .. PolicyCapabilities.All,
        .. RoleMatrix.Declarations,
        new(
            "capability.read",
            "Read the registry, who can and what one can oneself",
            CapabilityRisk.Low,
            ["city.Owner", "city.Guardian", "city.Member", "role.Owner:own", "role.Guardian:own", "role.Member:own", "role.Visitor:own", "service.governance"]),
        new("city.capability.manage", "Change the registry by hand, where the city asks for no policy", CapabilityRisk.High, ["city.Owner", "city.Guardian"]),
        new("capability.check", "Try changes of the registry without making them", CapabilityRisk.Low, ["city.Owner", "city.Guardian", "city.Member", "service.governance"]),
        new("service.update.capabilities", "Change the registry: policies that were adopted, and scripts of operators", CapabilityRisk.High, "service.governance"),
        .. AccessKeyCapabilities.All,
        new("service.write.capabilities", "Give an outside platform its bundle", CapabilityRisk.High, "service.embassy"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<EventDeclaration> Events { get; } =
    [
        EventDeclaration.Of<CapabilityCreated>("capability.created", ServiceName.Capabilities),
        EventDeclaration.Of<CapabilityUpdated>("capability.updated", ServiceName.Capabilities),
        EventDeclaration.Of<BundleUpdated>("bundle.updated", ServiceName.Capabilities),
        EventDeclaration.Of<AccessKeyCreated>("access_key.created", ServiceName.Capabilities),
        EventDeclaration.Of<AccessKeyRotated>("access_key.rotated", ServiceName.Capabilities),
        EventDeclaration.Of<AccessKeyRevoked>("access_key.revoked", ServiceName.Capabilities),
        EventDeclaration.Of<AccessKeySuspended>("access_key.suspended", ServiceName.Capabilities),
        EventDeclaration.Of<AccessKeyResumed>("access_key.resumed", ServiceName.Capabilities),
        EventDeclaration.Of<AccessKeyUsed>("access_key.used", ServiceName.Capabilities),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<ConsumerDeclaration> Consumers { get; } =
    [
        ConsumerDeclaration.Of<SuspendKeysWhenAnomalyDetected>(ServiceName.Capabilities, "usage.anomaly.detected"),
    ];
}
