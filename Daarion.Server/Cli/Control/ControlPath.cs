using System.Net.Sockets;
using Daarion.Server.Embedded;

namespace Daarion.Server.Cli.Control;

/// <summary>Where the control socket is: in a folder of the data folder that its owner alone may enter.</summary>
internal static class ControlPath
{
    /// <summary>The folder.</summary>
    public const string Folder = "run";

    private const string Socket = "control.sock";

    /// <summary>The socket's file.</summary>
    public static string File(string dataFolder) => Path.Combine(dataFolder, Folder, Socket);

    /// <summary>Its address, however long the path of the data folder is.</summary>
    /// <exception cref="IOException">There is no such folder.</exception>
    public static UnixDomainSocketEndPoint Address(string dataFolder) => new(Path.Combine(Native.ShortWayTo(Path.Combine(dataFolder, Folder)), Socket));
}
