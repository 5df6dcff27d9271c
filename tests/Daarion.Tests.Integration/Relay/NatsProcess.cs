using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Daarion.Testing;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Relay;

/// <summary>A nats-server of a test's own, to kill, to start again, to take files away from.</summary>
internal sealed class NatsProcess : IAsyncDisposable
{
    /// <summary>The largest message it takes.</summary>
    public const int MaxPayload = 65_536;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("daarion-nats-");
    private readonly int port = LoopbackPort.Free();
    private Process? process;

    /// <summary>How to reach it.</summary>
    public string Url => string.Create(CultureInfo.InvariantCulture, $"nats://127.0.0.1:{port}");

    /// <summary>Starts it, or starts it again on the same files.</summary>
    public async Task Start()
    {
        var config = Path.Combine(folder.FullName, "nats.conf");
        await File.WriteAllTextAsync(config, $$"""
            listen: "127.0.0.1:{{port}}"
            max_payload: {{MaxPayload}}
            jetstream { store_dir: "{{folder.FullName}}/store" }
            """);
        process = Process.Start(new ProcessStartInfo("nats-server", ["-c", config, "-l", Path.Combine(folder.FullName, "log")]) { UseShellExecute = false })!;
        await Eventually.True(IsListening, () => "nats-server listens");
    }

    /// <summary>Ends it as a power failure would.</summary>
    public async Task Kill()
    {
        process!.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>Ends it as an operator would.</summary>
    public async Task Stop()
    {
        using var signal = Process.Start("kill", ["-TERM", process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>Puts the messages of a stream aside as they are on disk now. The server must be stopped.</summary>
    public void Keep(string stream) => Copy(Messages(stream), Aside(stream));

    /// <summary>Takes away what a stream got since <see cref="Keep"/>; what its consumers remember stays.</summary>
    public void TakeAwayWhatCameSince(string stream)
    {
        Directory.Delete(Messages(stream), recursive: true);
        Copy(Aside(stream), Messages(stream));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await Kill();
        }

        folder.Delete(recursive: true);
    }

    private string Messages(string stream) => Path.Combine(folder.FullName, "store", "jetstream", "$G", "streams", stream, "msgs");

    private string Aside(string stream) => Path.Combine(folder.FullName, "aside", stream);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }
    }

    private async Task<bool> IsListening()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
