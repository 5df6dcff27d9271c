using System.Net;
using System.Net.Sockets;

namespace Daarion.Core.Kernel;

/// <summary>What counts as one place that requests come from: an IPv4 address, or a whole IPv6 /64, of which every household has 2^64 addresses.</summary>
public static class AddressBlock
{
    private const int PrefixBytes = 8;

    /// <summary>The block of an address as text: <c>192.0.2.7</c>, <c>2001:db8:1:2::/64</c>; null where there is no address.</summary>
    public static string? Of(IPAddress? address)
    {
        address = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        if (address is not { AddressFamily: AddressFamily.InterNetworkV6 })
        {
            return address?.ToString();
        }

        var prefix = address.GetAddressBytes();
        prefix.AsSpan(PrefixBytes).Clear();
        return $"{new IPAddress(prefix)}/64";
    }
}
