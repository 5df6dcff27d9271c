using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Daarion.Tests.Integration.Policy;

/// <summary>A line to the database or to NATS that can be cut and mended, so that a test can take it away from one replica alone.</summary>
internal sealed class CuttableLine : IAsyncDisposable
{
    private readonly EndPoint target;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Task accepting;
    private CancellationTokenSource line = new();
    private volatile bool cut;

    public CuttableLine(string address)
        : this(Database(address))
    {
        var settings = new NpgsqlConnectionStringBuilder(address) { Host = IPAddress.Loopback.ToString(), Port = Port };
        Address = settings.ConnectionString;
    }

    private CuttableLine(EndPoint target)
    {
        this.target = target;
        listener.Start();
        accepting = Accept();
    }

    /// <summary>The connection string that leads through this line; empty where it leads to no database.</summary>
    public string Address { get; } = string.Empty;

    /// <summary>The port on this machine that leads through this line.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>A line to whatever listens there.</summary>
    public static CuttableLine To(EndPoint target) => new(target);

    public async Task Cut()
    {
        cut = true;
        await line.CancelAsync();
    }

    public void Mend()
    {
        line = new CancellationTokenSource();
        cut = false;
    }

    public async ValueTask DisposeAsync()
    {
        await Cut();
        listener.Dispose();
        await accepting;
    }

    private static EndPoint Database(string address)
    {
        var settings = new NpgsqlConnectionStringBuilder(address);
        return settings.Host!.StartsWith('/') ? new UnixDomainSocketEndPoint($"{settings.Host}/.s.PGSQL.{settings.Port}") : new DnsEndPoint(settings.Host, settings.Port);
    }

    private async Task Accept()
    {
        while (true)
        {
            Socket near;
            try
            {
                near = await listener.AcceptSocketAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            if (cut)
            {
                near.Dispose();
            }
            else
            {
                _ = Carry(near, line.Token);
            }
        }
    }

    private async Task Carry(Socket near, CancellationToken ct)
    {
        using var far = new Socket(target.AddressFamily == AddressFamily.Unix ? AddressFamily.Unix : AddressFamily.InterNetwork, SocketType.Stream, target.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            await far.ConnectAsync(target, ct);
            await using var nearStream = new NetworkStream(near, ownsSocket: true);
            await using var farStream = new NetworkStream(far);
            await Task.WhenAny(nearStream.CopyToAsync(farStream, ct), farStream.CopyToAsync(nearStream, ct));
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            near.Dispose();
        }
    }
}
