using Daarion.Core.Kernel;

namespace Daarion.Core.Oracles;

/// <summary>Units of a domain, brought to the one the city counts in.</summary>
internal static class Units
{
    /// <summary>What energy is counted in.</summary>
    public const string KilowattHour = "kwh";

    private const decimal GigajoulesPerKilowattHour = 0.0036m;

    /// <summary>The quantity in kilowatt hours; null where it is too large to be counted.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c> for a unit that energy is not measured in.</exception>
    public static Quantity? Energy(Quantity value, string unit)
    {
        var normalized = unit switch
        {
            "kwh" => value.Value,
            "wh" => value.Value / 1000m,
            "mwh" => value.Value * 1000m,
            "gj" => value.Value / GigajoulesPerKilowattHour,
            _ => throw CityException.Invalid("unit", "Use one of: wh, kwh, mwh, gj."),
        };
        return decimal.Abs(normalized) < Quantity.Limit ? Quantity.Of(normalized) : null;
    }
}
