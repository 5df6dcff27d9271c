using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Core.Governance;

/// <summary>Proposals, votes and policies.</summary>
public sealed class GovernanceModule : ICityModule
{
    /// <summary>What the city's own governance does: opens and closes votes, applies what was adopted.</summary>
    internal const string Finalise = "service.write.governance";

    /// <inheritdoc/>
    public string Service => ServiceName.Governance;

    /// <inheritdoc/>
    public IReadOnlyList<CapabilityDeclaration> Capabilities { get; } =
    [
        new("governance.read", "Read proposals, votes and policies", CapabilityRisk.Low, "city.Owner", "city.Guardian", "city.Member"),
        new("governance.proposal.create", "Make a proposal", CapabilityRisk.High, "city.Owner", "city.Guardian"),
        new("governance.policy.manage", "End proposals, take policies back with another operator, found the city's way of voting", CapabilityRisk.High, "city.Owner", "city.Guardian"),
        new(Finalise, "Open and close votes, and apply what was adopted", CapabilityRisk.High, "service.governance"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<EventDeclaration> Events { get; } =
    [
        EventDeclaration.Of<GovernanceProposalCreated>("governance.proposal.created", ServiceName.Governance),
        EventDeclaration.Of<GovernanceVoteCast>("governance.vote.cast", ServiceName.Governance),
        EventDeclaration.Of<GovernancePolicyCreated>("governance.policy.created", ServiceName.Governance),
        EventDeclaration.Of<GovernancePolicyUpdated>("governance.policy.updated", ServiceName.Governance),
        EventDeclaration.Of<GovernancePolicyFailed>("governance.policy.failed", ServiceName.Governance),
        EventDeclaration.Of<GovernancePolicyRolledBack>("governance.policy.rolled_back", ServiceName.Governance),
    ];

    /// <inheritdoc/>
    public void AddTo(IServiceCollection services)
    {
        services.AddModuleDbContext<GovernanceDbContext>(Service);
        services.AddContract<IGovernanceService, GovernanceService>(Service);
        services.AddScoped<PolicyFinaliser>();
        services.AddSingleton<GovernanceAgent>();
        services.AddHostedService(provider => provider.GetRequiredService<GovernanceAgent>());
    }
}
