using System.Net;
using System.Net.Sockets;

namespace Daarion.Core.Embassies.Webhooks;

/// <summary>Networks of the operator's own that webhooks may call although they are not public; the host knows them.</summary>
/// <param name="Networks">None unless the operator says so.</param>
public sealed record WebhookNetworks(IReadOnlyList<IPNetwork> Networks)
{
    /// <summary>True where an address is in one of them.</summary>
    public bool Has(IPAddress address) => Networks.Any(network => network.Contains(address));
}

/// <summary>
/// Which addresses the city may call for somebody else: public unicast ones. Private, loopback, link-local, shared, documentation, multicast and reserved
/// ones are not, however they are written (RFC 6890 and its registries); an IPv6 address that carries an IPv4 one is judged as that.
/// </summary>
internal static class ReachableAddresses
{
    private static readonly IPNetwork[] Closed =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork[] Open = [IPNetwork.Parse("2000::/3")];

    private static readonly IPNetwork[] ClosedWithin =
    [
        .. new[] { "2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20" }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>True where anybody may be told there.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return IsPublic(address.MapToIPv4());
        }

        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return !Closed.Any(network => network.Contains(address));
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.ScopeId != 0)
        {
            return false;
        }

        var bytes = address.GetAddressBytes();
        return SixToFour.Contains(address) ? IsPublic(new IPAddress(bytes.AsSpan(2, 4)))
            : Translated.Contains(address) ? IsPublic(new IPAddress(bytes.AsSpan(12, 4)))
            : Open.Any(network => network.Contains(address)) && !ClosedWithin.Any(network => network.Contains(address));
    }
}
