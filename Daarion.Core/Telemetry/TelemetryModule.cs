using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Telemetry.Consumers;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Core.Telemetry;

/// <summary>Telemetry and the audit log.</summary>
public sealed class TelemetryModule : ICityModule
{
    internal const string ReadTelemetry = "city.telemetry.read";
    internal const string WriteTelemetry = "telemetry.write";
    internal const string ReadAudit = "audit.read";
    internal const string RecordAudit = "audit.record";

    /// <inheritdoc/>
    public string Service => ServiceName.Telemetry;

    /// <inheritdoc/>
    public IReadOnlyList<CapabilityDeclaration> Capabilities { get; } =
    [
        new(ReadTelemetry, "See how the services do, and where a request went.", CapabilityRisk.Low, "city.Owner", "city.Guardian", "city.Member"),
        new(WriteTelemetry, "Write figures and traces.", CapabilityRisk.Low, "service.telemetry"),
        new(ReadAudit, "Read who did what, in a team or in the city.", CapabilityRisk.Medium, "role.Owner", "role.Guardian", "city.Owner", "city.Guardian", "city.Member"),
        new(RecordAudit, "Add to the audit log.", CapabilityRisk.High, "service.telemetry"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<EventDeclaration> Events { get; } = [EventDeclaration.Of<AuditEvent>("audit.event", ServiceName.Telemetry)];

    /// <inheritdoc/>
    public IReadOnlyList<ConsumerDeclaration> Consumers { get; } = [ConsumerDeclaration.Of<ChainAuditRecordWhenAuditEvent>(ServiceName.Telemetry, "audit.event")];

    /// <inheritdoc/>
    public void AddTo(IServiceCollection services)
    {
        services.AddModuleDbContext<TelemetryDbContext>(ServiceName.Telemetry);
        services.AddContract<ITelemetryService, TelemetryService>(ServiceName.Telemetry);
        services.AddScoped<TelemetryStore>();
        services.AddScoped<ChainAuditRecordWhenAuditEvent>();
        services.AddSingleton<ReactionLags>();
        services.AddSingleton<SpanCollector>();
        services.AddSingleton<MinuteCollector>();
        services.AddSingleton<IOperationObserver>(provider => provider.GetRequiredService<MinuteCollector>());
        services.AddHostedService<TelemetryKeeper>();
    }
}
