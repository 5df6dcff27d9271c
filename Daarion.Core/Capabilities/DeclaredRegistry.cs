using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities;

/// <summary>The registry as the services declare it.</summary>
internal sealed class DeclaredRegistry(IEnumerable<ICityModule> modules, TimeProvider clock) : IPolicySnapshots
{
    private readonly Lazy<PolicySnapshot> snapshot = new(() => RegistrySeed.Of(modules).AsSnapshot(clock.GetUtcNow()));

    public ValueTask<PolicySnapshot> Current(CancellationToken ct) => new(snapshot.Value);

    public Task<PolicySnapshot> Reload(CancellationToken ct) => Task.FromResult(snapshot.Value);
}
