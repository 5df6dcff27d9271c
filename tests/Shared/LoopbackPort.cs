using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Daarion.Testing;

/// <summary>
/// Ports for servers that a test starts. They lie below those that the system gives to outgoing connections (32768 and up on Linux, 49152 elsewhere): a port that is
/// asked of the system and let go may be an outgoing connection's before the server takes it.
/// </summary>
internal static class LoopbackPort
{
    private const int First = 10_000;
    private const int End = 32_000;
    private static readonly HashSet<int> Given = [];

    /// <summary>A port at which nobody listens, given once in this process.</summary>
    public static int Free()
    {
        for (var tries = 0; tries < 1_000; tries++)
        {
            var port = Random.Shared.Next(First, End);
            lock (Given)
            {
                if (!Given.Add(port))
                {
                    continue;
                }
            }

            if (CanListen(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException("No free port was found on the loopback address.");
    }

    /// <summary>An address at which nobody listens.</summary>
    public static Uri FreeAddress() => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Free()}"));

    private static bool CanListen(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
