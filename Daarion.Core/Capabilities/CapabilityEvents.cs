using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities;

/// <summary><c>capability.created</c>: the registry knows a capability more.</summary>
/// <param name="CapabilityId"><c>cap_…</c>.</param>
/// <param name="Code">Its code.</param>
/// <param name="Risk">How much harm a wrong use can do.</param>
/// <param name="RegistryVersion">The version that brought it.</param>
public sealed record CapabilityCreated(string CapabilityId, string Code, CapabilityRisk Risk, long RegistryVersion);

/// <summary><c>capability.updated</c>: a capability is frozen for everyone, or free again. A freeze that ends by its time ends without an event.</summary>
/// <param name="CapabilityId"><c>cap_…</c>.</param>
/// <param name="Code">Its code.</param>
/// <param name="Frozen">True when it is frozen from now on.</param>
/// <param name="Until">When the freeze ends by itself; null when it does not.</param>
/// <param name="RegistryVersion">The version that brought it.</param>
public sealed record CapabilityUpdated(string CapabilityId, string Code, bool Frozen, DateTimeOffset? Until, long RegistryVersion);

/// <summary><c>bundle.updated</c>: a bundle holds more or less than before.</summary>
/// <param name="BundleId"><c>bundle_…</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Added">Codes it holds now, with <c>:own</c> where only for what is the person's own.</param>
/// <param name="Removed">Codes it no longer holds.</param>
/// <param name="RegistryVersion">The version that brought it.</param>
public sealed record BundleUpdated(string BundleId, string Name, IReadOnlyList<string> Added, IReadOnlyList<string> Removed, long RegistryVersion);
