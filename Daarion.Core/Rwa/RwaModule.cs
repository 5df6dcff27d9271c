using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Rwa.Consumers;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Core.Rwa;

/// <summary>Inventory of what the sites bring.</summary>
public sealed class RwaModule : ICityModule
{
    /// <summary>To see inventory and movements.</summary>
    internal const string Read = "rwa.inventory.read";

    /// <summary>To move inventory.</summary>
    internal const string Update = "rwa.inventory.update";

    /// <inheritdoc/>
    public string Service => ServiceName.Rwa;

    /// <inheritdoc/>
    public IReadOnlyList<CapabilityDeclaration> Capabilities { get; } =
    [
        new(
            Read,
            "See what a team's sites have brought, and each movement of it.",
            CapabilityRisk.Low,
            "role.Owner",
            "role.Guardian",
            "role.Member:own",
            "city.Owner",
            "city.Guardian",
            "city.Member",
            "service.embassy"),
        new(Update, "Move inventory by readings and claims, and set it right by two operators.", CapabilityRisk.High, "service.rwa", "city.Owner", "city.Guardian"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<EventDeclaration> Events { get; } =
    [
        EventDeclaration.Of<RwaInventoryUpdated>("rwa.inventory.updated", ServiceName.Rwa),
        EventDeclaration.Of<RwaClaimRecorded>("rwa.claim.recorded", ServiceName.Rwa),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<ConsumerDeclaration> Consumers { get; } =
    [
        ConsumerDeclaration.Of<MoveInventoryWhenOracleReadingPublished>(ServiceName.Rwa, "oracle.reading.published"),
        ConsumerDeclaration.Of<RecordClaimWhenEmbassyRwaClaimed>(ServiceName.Rwa, "embassy.rwa.claim"),
    ];

    /// <inheritdoc/>
    public void AddTo(IServiceCollection services)
    {
        services.AddModuleDbContext<RwaDbContext>(ServiceName.Rwa);
        services.AddContract<IRwaService, RwaService>(ServiceName.Rwa);
        services.AddScoped<InventoryMoves>();
        services.AddScoped<RecordClaimWhenEmbassyRwaClaimed>();
        services.AddScoped<MoveInventoryWhenOracleReadingPublished>();
    }
}
