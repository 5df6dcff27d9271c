using FsCheck;
using FsCheck.Fluent;

namespace Daarion.Tests.Integration.Gateway.Hostile;

/// <summary>Addresses: the route's parts and the query.</summary>
internal static class HostileAddresses
{
    private static readonly string[] Raw = ["%00", "%F0%9F", "%c0%af", "..%2f..%2f", "%", "%zz", "%25%30%30", "%0d%0aX-Evil:1", "...", ";a=b", "%5c", "[]", "{id}", "%D0%BA", "+", "%20", "*"];
    private static readonly string[] EveryList = ["limit", "cursor", "from", "to", "unknown", "limit[]", "Limit", ""];

    /// <summary>The address as it should be.</summary>
    public static string Plain(Route route) => Filled(route, route.Part);

    /// <summary>Something in the address is not as it should be.</summary>
    public static Gen<string> For(Route route) => Gen.Frequency(
        (route.Pattern.Contains('{', StringComparison.Ordinal) ? 3 : 0, from value in Encoded from query in Query(route) select Filled(route, _ => value) + query),
        (4, Query(route).Select(query => Plain(route) + query)),
        (1, Gen.Elements("/", "//", "?", "?&&=", "?%00").Select(end => Plain(route) + end)));

    private static Gen<string> Encoded { get; } = Gen.Frequency(
        (3, HostileValues.ShortText.Select(text => text.Length == 0 ? "x" : Uri.EscapeDataString(text))),
        (1, Gen.Elements(Raw)));

    private static Gen<string> Query(Route route) =>
        from count in Gen.Choose(0, 3)
        from pairs in Gen.ArrayOf(
            from name in Gen.OneOf(Gen.Elements((string[])[.. route.Members, "limit", "cursor"]), Gen.Elements((string[])[.. route.Members, .. EveryList]))
            from value in name switch
            {
                "cursor" => Gen.OneOf(HostileValues.Cursor().Select(Uri.EscapeDataString), Encoded),
                "limit" => HostileValues.Number.Select(Uri.EscapeDataString),
                _ => Encoded,
            }
            select $"{name}={value}",
            count)
        select count == 0 ? string.Empty : $"?{string.Join('&', pairs)}";

    private static string Filled(Route route, Func<string, string> value) => string.Concat(route.Pattern.Split('{').Select((part, i) =>
    {
        var end = part.IndexOf('}', StringComparison.Ordinal);
        return i == 0 ? part : value(part[..end].TrimStart('*').Split(':')[0].TrimEnd('?')) + part[(end + 1)..];
    }));
}
