using Daarion.Core.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Core.Policy;

/// <summary>Registration of the PDP: in every process, whichever services it runs.</summary>
public static class PolicyRegistration
{
    /// <summary>Adds the PDP and the door to it. The registry behind it (<see cref="IPolicySnapshots"/>) and its log (<see cref="IDecisionLog"/>) come from the capabilities service.</summary>
    public static IServiceCollection AddPolicy(this IServiceCollection services)
    {
        services.AddSingleton<FactCache>();
        services.AddSingleton<IPolicyCache>(provider => provider.GetRequiredService<FactCache>());
        services.AddSingleton<IDisabledPeople>(provider => provider.GetRequiredService<FactCache>());
        services.AddSingleton<FactGatherer>();
        services.AddSingleton<PolicyDecisionPoint>();
        services.AddSingleton<HeldRights>();
        services.AddScoped<IAccess, Access>();
        services.AddContract<IPolicyService, PolicyService>(ServiceName.Capabilities);
        services.AddContract<IAccessReviewService, AccessReviewService>(ServiceName.Capabilities);
        return services;
    }
}
