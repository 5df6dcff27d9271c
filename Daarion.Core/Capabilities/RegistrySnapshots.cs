using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities;

/// <summary>The registry's snapshot in force. The first one is read when it is first needed, after the release's own seed has been brought in.</summary>
internal sealed class RegistrySnapshots(RegistryReader reader, RegistrySeeder seeder) : IPolicySnapshots, IDisposable
{
    private readonly SemaphoreSlim gate = new(1);
    private volatile PolicySnapshot? current;

    /// <summary>The version in force; 0 before the first.</summary>
    public long Version => current?.Version ?? 0;

    public ValueTask<PolicySnapshot> Current(CancellationToken ct) => current is { } snapshot ? new(snapshot) : new(First(ct));

    public async Task<PolicySnapshot> Reload(CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            return current = await reader.Read(ct);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task<PolicySnapshot> First(CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            if (current is null)
            {
                await seeder.Seed(ct);
                current = await reader.Read(ct);
            }

            return current;
        }
        finally
        {
            gate.Release();
        }
    }
}
