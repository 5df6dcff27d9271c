using System.Diagnostics;
using Daarion.Testing;

namespace Daarion.Tests.Integration.Relay;

/// <summary>A city in a process of its own, on a database and a NATS that others use too; it can be killed.</summary>
internal sealed class CityReplica : IAsyncDisposable
{
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("daarion-replica-");
    private readonly Process process;

    public CityReplica(string postgres, string nats)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "daarion"), ["up"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DAARION_DATA"] = data.FullName;
        start.Environment["DAARION_PUBLIC_URL"] = "http://127.0.0.1:8080";
        start.Environment["DAARION_LISTEN"] = LoopbackPort.FreeAddress().Authority;
        start.Environment["DAARION_INTERNAL_LISTEN"] = LoopbackPort.FreeAddress().Authority;
        start.Environment["DAARION_POSTGRES"] = postgres;
        start.Environment["DAARION_NATS"] = nats;
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Ends it as a power failure would.</summary>
    public async Task Kill()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await Kill();
        }

        process.Dispose();
        data.Delete(recursive: true);
    }
}
