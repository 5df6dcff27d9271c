using Daarion.Server.Embedded;
using NATS.Client.Core;
using NATS.Client.JetStream;

namespace Daarion.Server.Relay;

/// <summary>The process's one connection to NATS. It comes back by itself for as long as the city runs; who publishes asks <see cref="IsUp"/> first.</summary>
internal sealed class NatsLink : IAsyncDisposable
{
    private readonly Lazy<NatsConnection> connection;
    private readonly Lazy<NatsJSContext> jetStream;
    private readonly Lock gate = new();
    private (string? Server, ulong Client) known;
    private long generation;

    public NatsLink(NatsAddress address, ILoggerFactory logs)
    {
        connection = new(() => Open(address.Url, logs));
        jetStream = new(() => new NatsJSContext(connection.Value));
    }

    /// <summary>The connection.</summary>
    public NatsConnection Connection => connection.Value;

    /// <summary>JetStream on it.</summary>
    public NatsJSContext JetStream => jetStream.Value;

    /// <summary>True while connected.</summary>
    public bool IsUp => connection.IsValueCreated && connection.Value.ConnectionState == NatsConnectionState.Open;

    /// <summary>
    /// Counts connections: another number means that what was in flight before is uncertain. Taken from what the server said at the handshake, which is
    /// there before the connection counts as open; the client tells of an opened connection only some time after it can be used.
    /// </summary>
    public long Generation
    {
        get
        {
            lock (gate)
            {
                if (connection.IsValueCreated && connection.Value.ServerInfo is { } server && known != (server.Id, server.ClientId))
                {
                    known = (server.Id, server.ClientId);
                    generation++;
                }

                return generation;
            }
        }
    }

    /// <summary>Waits until connected.</summary>
    public async Task WaitUntilUp(CancellationToken ct)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!IsUp)
        {
            try
            {
                await Connection.ConnectAsync();
            }
            catch (NatsException)
            {
                // It is away; the pace below is the pause between attempts.
            }

            await pace.WaitForNextTickAsync(ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (connection.IsValueCreated)
        {
            await connection.Value.DisposeAsync();
        }
    }

    private static NatsConnection Open(string url, ILoggerFactory logs) =>
        new(new NatsOpts
        {
            Url = url,
            Name = "daarion",
            LoggerFactory = logs,
            MaxReconnectRetry = -1,
            ReconnectWaitMin = TimeSpan.FromMilliseconds(50),
            ReconnectWaitMax = TimeSpan.FromSeconds(2),
            ReconnectJitter = TimeSpan.FromMilliseconds(50),
            RetryOnInitialConnect = true,
            SubPendingChannelCapacity = 65_536,
            PublishTimeoutOnDisconnected = true,
        });
}
