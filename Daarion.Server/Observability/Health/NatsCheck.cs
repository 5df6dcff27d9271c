using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Daarion.Server.Embedded;

namespace Daarion.Server.Observability.Health;

/// <summary>A NATS server greets and says that it keeps streams. Asked on a connection of its own, so that it is the server's word and not that of a client that reconnects.</summary>
internal sealed class NatsCheck(NatsAddress address) : IReadinessCheck
{
    private const int MaxGreetingBytes = 16 * 1024;
    private const int DefaultPort = 4222;

    public string Name => "nats";

    public async Task<string> Check(CancellationToken ct)
    {
        Exception? last = null;
        foreach (var server in address.Url.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            try
            {
                return await Greeting(new Uri(server), ct);
            }
            catch (Exception e) when (e is SocketException or IOException or JsonException)
            {
                last = e;
            }
        }

        throw new NotReadyException("No NATS server answers; events wait in the outbox.", last);
    }

    private static async Task<string> Greeting(Uri server, CancellationToken ct)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port > 0 ? server.Port : DefaultPort, ct);
        var buffer = new byte[MaxGreetingBytes];
        var length = 0;
        while (length < buffer.Length && !buffer.AsSpan(0, length).Contains((byte)'\n'))
        {
            var read = await client.GetStream().ReadAsync(buffer.AsMemory(length), ct);
            length = read > 0 ? length + read : throw new IOException("The connection ended before the greeting did.");
        }

        var line = Encoding.UTF8.GetString(buffer, 0, length).Trim();
        using var info = JsonDocument.Parse(line.StartsWith("INFO ", StringComparison.Ordinal) ? line[5..] : throw new JsonException("This is no NATS server."));
        return info.RootElement.TryGetProperty("jetstream", out var jetStream) && jetStream.GetBoolean()
            ? $"nats-server {info.RootElement.GetProperty("version").GetString()} with JetStream"
            : throw new NotReadyException("NATS runs without JetStream.");
    }
}
