using System.Net;
using Daarion.Server.Settings;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Daarion.Server;

/// <summary>Binds the two listeners (contracts: two listeners).</summary>
internal static class Listeners
{
    public static void AddListeners(this WebApplicationBuilder builder, CitySettings settings) => builder.WebHost.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        Bind(kestrel, settings.Listen);
        Bind(kestrel, settings.InternalListen);
    });

    private static void Bind(KestrelServerOptions kestrel, Uri address)
    {
        if (string.Equals(address.Host, "localhost", StringComparison.Ordinal))
        {
            kestrel.ListenLocalhost(address.Port);
            return;
        }

        foreach (var ip in Dns.GetHostAddresses(address.IdnHost))
        {
            kestrel.Listen(ip, address.Port);
        }
    }
}
