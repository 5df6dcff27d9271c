using System.Text.Json.Serialization;

namespace Daarion.Core.Kernel;

/// <summary>The city's tokens (seed 4.7).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Symbol>))]
public enum Symbol
{
    /// <summary>Energy: one for each kWh by the default rule.</summary>
    [JsonStringEnumMemberName("KWT")]
    KWT,

    /// <summary>Compute: minted by policy, burnt by usage. Written <c>1T</c>.</summary>
    [JsonStringEnumMemberName("1T")]
    OneT,

    /// <summary>Stake; never spent on compute.</summary>
    [JsonStringEnumMemberName("RINGK")]
    RINGK,

    /// <summary>Governance votes.</summary>
    [JsonStringEnumMemberName("DAARION")]
    DAARION,
}

/// <summary>Text forms of <see cref="Symbol"/>, as the database and the wire have them.</summary>
public static class Symbols
{
    /// <summary>All tokens.</summary>
    public static readonly IReadOnlyList<Symbol> All = Enum.GetValues<Symbol>();

    /// <summary>The symbol as written: <c>KWT</c>, <c>1T</c>, <c>RINGK</c>, <c>DAARION</c>.</summary>
    public static string Code(this Symbol symbol) => symbol == Symbol.OneT ? "1T" : symbol.ToString();

    /// <summary>Reads a written symbol.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c>.</exception>
    public static Symbol Parse(string code) => code switch
    {
        "KWT" => Symbol.KWT,
        "1T" => Symbol.OneT,
        "RINGK" => Symbol.RINGK,
        "DAARION" => Symbol.DAARION,
        _ => throw CityException.Invalid("symbol", "Use KWT, 1T, RINGK or DAARION."),
    };
}

/// <summary>Money: a quantity of one token. Two tokens never add up.</summary>
/// <param name="Value">How much; 9 places.</param>
/// <param name="Symbol">Of which token.</param>
public readonly record struct Amount(Quantity Value, Symbol Symbol)
{
    /// <summary>Sum of two amounts of the same token.</summary>
    /// <exception cref="InvalidOperationException">The tokens differ: a bug, never a caller's mistake.</exception>
    public static Amount operator +(Amount a, Amount b) => new(a.Value + Same(a, b).Value, a.Symbol);

    /// <summary>Difference of two amounts of the same token.</summary>
    /// <exception cref="InvalidOperationException">The tokens differ.</exception>
    public static Amount operator -(Amount a, Amount b) => new(a.Value - Same(a, b).Value, a.Symbol);

    /// <summary>The opposite amount.</summary>
    public static Amount operator -(Amount a) => new(-a.Value, a.Symbol);

    /// <inheritdoc/>
    public override string ToString() => $"{Value} {Symbol.Code()}";

    private static Amount Same(Amount a, Amount b) =>
        a.Symbol == b.Symbol ? b : throw new InvalidOperationException($"{a.Symbol.Code()} and {b.Symbol.Code()} do not add up");
}
