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
    /// <inheritdoc/>
    public string Service => ServiceName.Rwa;

    /// <inheritdoc/>
    public IReadOnlyList<CapabilityDeclaration> Capabilities { get; } =
    [
        new(
            "rwa.inventory.read",
            "See what a team's sites have brought, and each movement of it.",
            CapabilityRisk.Low,
            "role.Owner",
            "role.Guardian",
            "role.Member:own",
            "city.Owner",
            "city.Guardian",
            "city.Member",
            "service.embassy"),
        new("rwa.inventory.update", "Move inventory by published readings.", CapabilityRisk.High, "service.rwa"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<EventDeclaration> Events { get; } = [EventDeclaration.Of<RwaInventoryUpdated>("rwa.inventory.updated", ServiceName.Rwa)];

    /// <inheritdoc/>
    public IReadOnlyList<ConsumerDeclaration> Consumers { get; } =
    [
        ConsumerDeclaration.Of<MoveInventoryWhenOracleReadingPublished>(ServiceName.Rwa, "oracle.reading.published"),
    ];

    /// <inheritdoc/>
    public void AddTo(IServiceCollection services)
    {
        services.AddModuleDbContext<RwaDbContext>(ServiceName.Rwa);
        services.AddContract<IRwaService, RwaService>(ServiceName.Rwa);
        services.AddScoped<MoveInventoryWhenOracleReadingPublished>();
    }
}
