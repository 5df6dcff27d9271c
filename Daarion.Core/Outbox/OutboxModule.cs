using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Core.Outbox;

/// <summary>The outbox and the streams, for operators.</summary>
public sealed class OutboxModule : ICityModule
{
    /// <inheritdoc/>
    public string Service => ServiceName.Outbox;

    /// <inheritdoc/>
    public IReadOnlyList<CapabilityDeclaration> Capabilities { get; } =
    [
        new("city.outbox.read", "See the outbox, the streams, their consumers and messages.", CapabilityRisk.Low, "city.Owner", "city.Guardian", "city.Member", "service.telemetry"),
        new("city.outbox.manage", "Retry, discard and replay events.", CapabilityRisk.High, "city.Owner", "city.Guardian"),
    ];

    /// <inheritdoc/>
    public void AddTo(IServiceCollection services)
    {
        services.AddModuleDbContext<OutboxDbContext>(ServiceName.Outbox);
        services.AddContract<IOutboxService, OutboxService>(ServiceName.Outbox);
        services.AddContract<IEventStreamService, EventStreamService>(ServiceName.Outbox);
    }
}
