using System.Collections.Frozen;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities;

/// <summary>A capability of a new registry.</summary>
public sealed record SeedCapability(string Code, string Description, CapabilityRisk Risk);

/// <summary>A grant of a new registry.</summary>
public sealed record SeedGrant(string Bundle, string Capability, DecisionScope Scope, ViewerType? Viewer);

/// <summary>What a new city's registry holds: the capabilities that the services declare and the roles matrix, as one list of grants.</summary>
/// <param name="Capabilities">By code.</param>
/// <param name="Grants">By bundle and code.</param>
public sealed record RegistrySeed(IReadOnlyList<SeedCapability> Capabilities, IReadOnlyList<SeedGrant> Grants)
{
    private const string OwnSuffix = ":own";

    /// <summary>Composes the seed of these services. Where two say something of one grant, the wider one holds.</summary>
    public static RegistrySeed Of(IEnumerable<ICityModule> modules)
    {
        var declarations = modules.SelectMany(module => module.Capabilities).ToList();
        var capabilities = declarations
            .Select(declaration => new SeedCapability(declaration.Code, declaration.Description, declaration.Risk))
            .DistinctBy(capability => capability.Code, StringComparer.Ordinal)
            .OrderBy(capability => capability.Code, StringComparer.Ordinal);
        var grants = declarations
            .SelectMany(declaration => declaration.HeldBy.Select(holder => Grant(declaration.Code, holder)))
            .GroupBy(grant => (grant.Bundle, grant.Capability))
            .Select(same => same.MinBy(grant => (grant.Scope, grant.Viewer))!)
            .OrderBy(grant => grant.Bundle, StringComparer.Ordinal)
            .ThenBy(grant => grant.Capability, StringComparer.Ordinal);
        return new([.. capabilities], [.. grants]);
    }

    /// <summary>The seed as the PDP sees it, before any database knows it.</summary>
    public PolicySnapshot AsSnapshot(DateTimeOffset at) => new(
        1,
        at,
        Capabilities.Select(capability => capability.Code),
        Grants.GroupBy(grant => grant.Bundle, StringComparer.Ordinal).Select(bundle => new Bundle(
            bundle.Key,
            1,
            bundle.ToFrozenDictionary(grant => grant.Capability, grant => new Grant(grant.Scope, grant.Viewer), StringComparer.Ordinal))));

    private static SeedGrant Grant(string code, string holder)
    {
        var (name, scope) = holder.EndsWith(OwnSuffix, StringComparison.Ordinal) ? (holder[..^OwnSuffix.Length], DecisionScope.Own) : (holder, DecisionScope.All);
        var (bundle, viewer) = name.Split('@') is [var before, var after] ? (before, Words.Parse<ViewerType>(after)) : (name, default(ViewerType?));
        return new(bundle, code, scope, bundle == BundleNames.Role(TeamRole.Member) ? viewer ?? LeastViewer(code) : null);
    }

    /// <summary>A reader only reads, a commenter also writes messages, a contributor does everything a Member may.</summary>
    public static ViewerType LeastViewer(string code) =>
        Actions.IsRead(code) ? ViewerType.Reader : Actions.IsMessage(code) ? ViewerType.Commenter : ViewerType.Contributor;
}
