using Daarion.Core.Policy;

namespace Daarion.UI.Components;

/// <summary>Where a fact of a decision can be changed.</summary>
internal static class SourceLinks
{
    /// <summary>The page where it is changed; null where there is none.</summary>
    public static string? Of(FactSource source) => source switch
    {
        { Kind: "team" or "membership" or "key", Id: { } id } => Addresses.Of(id),
        { Kind: "bundle", Id: { } bundle } => $"/bundles?bundles={Uri.EscapeDataString(bundle)}",
        { Kind: "plan" or "quota" } => "/plans",
        { Kind: "registry", Version: { } version } => $"/registry?from={Math.Max(0, version - 1)}&to={version}",
        { Kind: "registry" } => "/registry",
        { Kind: "freeze" } => "/governance/new?op=unfreeze_capabilities",
        _ => null,
    };
}
