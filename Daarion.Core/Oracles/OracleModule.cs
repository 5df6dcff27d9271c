using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Oracles.Consumers;
using Daarion.Core.Policy;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Core.Oracles;

/// <summary>The oracles: readings, normalised and judged.</summary>
public sealed class OracleModule : ICityModule
{
    /// <summary>To see readings.</summary>
    internal const string Read = "oracle.read";

    /// <summary>To decide about meters.</summary>
    internal const string Manage = "oracle.manage";

    /// <summary>To publish what the embassy passed on.</summary>
    internal const string Publish = "oracle.reading.publish";

    /// <summary>To publish a service's own readings.</summary>
    internal const string Write = "service.write.oracles";

    /// <inheritdoc/>
    public string Service => ServiceName.Oracles;

    /// <inheritdoc/>
    public IReadOnlyList<CapabilityDeclaration> Capabilities { get; } =
    [
        new(Read, "Read oracle readings", CapabilityRisk.Low, "role.Owner", "role.Guardian", "city.Owner", "city.Guardian", "city.Member"),
        new(Manage, "Decide about readings that wait, declare that a site's meter was changed, say what its pieces weigh.", CapabilityRisk.High, "city.Owner", "city.Guardian"),
        new(Publish, "Publish the readings that the embassy passed on.", CapabilityRisk.High, "service.oracles"),
        new(Write, "Publish readings that come from a service.", CapabilityRisk.High),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<EventDeclaration> Events { get; } =
    [
        EventDeclaration.Of<OracleReadingPublished>("oracle.reading.published", ServiceName.Oracles),
        EventDeclaration.Of<OracleReadingRejected>("oracle.reading.rejected", ServiceName.Oracles),
        EventDeclaration.Of<OracleReadingHeld>("oracle.reading.held", ServiceName.Oracles),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<ConsumerDeclaration> Consumers { get; } =
    [
        ConsumerDeclaration.Of<RecordReadingWhenEmbassyEnergyUpdated>(ServiceName.Oracles, "embassy.energy.update"),
        ConsumerDeclaration.Of<RecordReadingWhenEmbassyFoodUpdated>(ServiceName.Oracles, "embassy.food.update"),
        ConsumerDeclaration.Of<RecordReadingWhenEmbassyWaterUpdated>(ServiceName.Oracles, "embassy.water.update"),
    ];

    /// <inheritdoc/>
    public void AddTo(IServiceCollection services)
    {
        services.AddModuleDbContext<OracleDbContext>(Service);
        services.AddContract<IOracleService, OracleService>(Service);
        services.AddScoped<ReadingRecorder>();
        services.AddScoped<RecordReadingWhenEmbassyEnergyUpdated>();
        services.AddScoped<RecordReadingWhenEmbassyFoodUpdated>();
        services.AddScoped<RecordReadingWhenEmbassyWaterUpdated>();
    }
}
