using System.Collections.Frozen;

namespace Daarion.Core.Kernel;

/// <summary>
/// What the city measures and in which units: for each domain the units it is sent in and the one the city counts in (seed 4.10). Energy is counted in kilowatt
/// hours, food in kilograms, water in cubic metres.
/// </summary>
public static class Measures
{
    /// <summary>What energy is counted in.</summary>
    public const string KilowattHour = "kwh";

    /// <summary>What food is counted in.</summary>
    public const string Kilogram = "kg";

    /// <summary>What water is counted in.</summary>
    public const string CubicMetre = "m3";

    /// <summary>Pieces of food; what one weighs is a fact of the site.</summary>
    public const string Pieces = "units";

    // One kilowatt hour is 3.6 MJ; one US gallon is 231 cubic inches, 3.785 411 784 litres exactly.
    private const decimal GigajoulesPerKilowattHour = 0.0036m;
    private const decimal CubicMetresPerGallon = 0.003785411784m;

    private static readonly FrozenDictionary<string, Domain> Domains = new Dictionary<string, Domain>(StringComparer.Ordinal)
    {
        ["energy"] = new(KilowattHour, [new("wh", 1, 1000m), new(KilowattHour, 1, 1), new("mwh", 1000m, 1), new("gj", 1, GigajoulesPerKilowattHour)]),
        ["food"] = new(Kilogram, [new("g", 1, 1000m), new(Kilogram, 1, 1), new("t", 1000m, 1), new(Pieces, 1, 1)]),
        ["water"] = new(CubicMetre, [new("l", 1, 1000m), new(CubicMetre, 1, 1), new("gal", CubicMetresPerGallon, 1)]),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The domains that meters bring: <c>energy</c>, <c>food</c>, <c>water</c>.</summary>
    public static IReadOnlyList<string> Measured { get; } = ["energy", "food", "water"];

    /// <summary>The units a domain is sent in; none for a domain without meters.</summary>
    public static IReadOnlyList<string> UnitsOf(string domain) => Domains.GetValueOrDefault(domain)?.Names ?? [];

    /// <summary>The unit that the city counts a domain in.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c> for a domain without meters.</exception>
    public static string CountedIn(string domain) => Of(domain).Counted;

    /// <summary>A quantity in the unit that the city counts its domain in; null where it is too large to be counted.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="value">The quantity as sent.</param>
    /// <param name="unit">Its unit as sent.</param>
    /// <param name="pieceWeighs">Kilograms of one piece, for <see cref="Pieces"/>.</param>
    /// <exception cref="CityException"><c>invalid_payload</c> for a unit that the domain is not measured in.</exception>
    public static Quantity? Normalize(string domain, Quantity value, string unit, decimal pieceWeighs = 1)
    {
        foreach (var known in Of(domain).Units)
        {
            if (known.Name == unit)
            {
                return Counted(value.Value * (unit == Pieces ? pieceWeighs : known.Times) / known.Per);
            }
        }

        throw CityException.Invalid("unit", $"Use one of: {string.Join(", ", UnitsOf(domain))}.");
    }

    private static Quantity? Counted(decimal value) => decimal.Abs(value) < Quantity.Limit ? Quantity.Of(value) : (Quantity?)null;

    private static Domain Of(string domain) =>
        Domains.GetValueOrDefault(domain) ?? throw CityException.Invalid("domain", $"Use one of: {string.Join(", ", Measured)}.");

    private sealed record Unit(string Name, decimal Times, decimal Per);

    private sealed record Domain(string Counted, IReadOnlyList<Unit> Units)
    {
        public IReadOnlyList<string> Names { get; } = [.. Units.Select(unit => unit.Name)];
    }
}
