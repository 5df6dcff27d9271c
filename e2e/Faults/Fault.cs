using System.Diagnostics;
using Daarion.E2E.Running;

namespace Daarion.E2E.Faults;

/// <summary>Something that breaks at a random moment, and how it is mended.</summary>
public enum Fault
{
    /// <summary>The server is killed and started again.</summary>
    KillServer,

    /// <summary>PostgreSQL is killed; the server brings it back.</summary>
    KillPostgres,

    /// <summary>nats-server is killed; the server brings it back.</summary>
    KillNats,

    /// <summary>nats-server does not answer for a while.</summary>
    CutNats,

    /// <summary>Everything loses power, and the last seconds of the JetStream store are gone.</summary>
    LoseStreamTail,
}

/// <summary>Makes faults in a running city.</summary>
public sealed class FaultInjector(CityProcess city, TimeSpan cut)
{
    private static readonly TimeSpan Gone = TimeSpan.FromSeconds(10);

    /// <summary>Breaks, and waits until the city is whole again.</summary>
    public async Task Inject(Fault fault)
    {
        switch (fault)
        {
            case Fault.KillServer:
                await KillServer();
                await city.Start();
                break;
            case Fault.KillPostgres:
                Child("postgres").Signal("KILL");
                break;
            case Fault.KillNats:
                Child("nats-server").Signal("KILL");
                break;
            case Fault.CutNats:
                await CutNats();
                break;
            case Fault.LoseStreamTail:
                await LoseStreamTail();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault));
        }
    }

    /// <summary>Kills the server and sees that no child outlives it.</summary>
    public async Task KillServer()
    {
        var children = Processes.Below(city.ProcessId);
        Assert.NotEmpty(children);
        await city.Kill();
        await Eventually.True(() => Task.FromResult(!children.Any(child => child.IsAlive)), () => $"no child outlives the server: {string.Join(", ", children.Where(child => child.IsAlive))}", Gone);
    }

    private RunningProcess Child(string name) =>
        Processes.Below(city.ProcessId).Where(process => string.Equals(process.Name, name, StringComparison.Ordinal)).MinBy(process => process.StartedAt)
        ?? throw new InvalidOperationException($"The city has no child {name}: {string.Join(", ", Processes.Below(city.ProcessId))}");

    private async Task CutNats()
    {
        var nats = Child("nats-server");
        nats.Signal("STOP");
        await Task.Delay(cut);
        nats.Signal("CONT");
    }

    private async Task LoseStreamTail()
    {
        var store = Path.Combine(city.Data, "nats");
        var earlier = Directory.CreateTempSubdirectory("daarion-streams-").FullName;
        // A copy of a store that is being written is what a disk holds after a power failure: older, and cut anywhere.
        var nats = Child("nats-server");
        nats.Signal("STOP");
        await Copy(store, earlier);
        nats.Signal("CONT");
        await Task.Delay(TimeSpan.FromSeconds(2));
        await KillServer();
        foreach (var folder in Directory.GetDirectories(store))
        {
            Directory.Delete(folder, recursive: true);
        }

        await Copy(earlier, store);
        Directory.Delete(earlier, recursive: true);
        await city.Start();
    }

    // Owners and modes with it: the store belongs to a user of its own where the city runs as root.
    private static async Task Copy(string from, string to)
    {
        using var copy = Process.Start("cp", ["-a", $"{from}/.", to]);
        await copy.WaitForExitAsync();
        Assert.Equal(0, copy.ExitCode);
    }
}
