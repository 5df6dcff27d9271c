using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Embassies;

/// <summary>The types of asset that policies have let the city count.</summary>
internal static class AssetsInForce
{
    private const string Prefix = "rwa_type.";

    /// <summary>Refuses a claim about what the city does not count, or in a unit that it does not count it in.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c>.</exception>
    public static void Require(PolicySnapshot registry, SentReading reading)
    {
        var asset = reading.Claim!.Asset;
        if (!registry.Settings.TryGetValue(Prefix + asset, out var unit))
        {
            var known = registry.Settings.Keys.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..]).Order(StringComparer.Ordinal);
            throw CityException.Invalid("domain", $"The city does not count such an asset; use one of: {string.Join(", ", known)}.");
        }

        if (Measures.UnitsOf(asset).Count == 0 && reading.Unit != unit)
        {
            throw CityException.Invalid("unit", $"Use {unit}.");
        }
    }
}
