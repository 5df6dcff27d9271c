using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Daarion.Core.Kernel;

/// <summary>
/// A decimal number with at most 9 places and 19 digits before the point: <c>numeric(28,9)</c> in the database, a decimal string
/// (<c>"12.500000000"</c>) in JSON, never floating point. Measured quantities and the figures inside an <see cref="Amount"/> are of this type.
/// </summary>
[JsonConverter(typeof(QuantityJsonConverter))]
public readonly record struct Quantity : IComparable<Quantity>, IParsable<Quantity>
{
    /// <summary>Digits after the point.</summary>
    public const int Places = 9;

    /// <summary>The largest magnitude: 19 digits before the point.</summary>
    public const decimal Limit = 9_999_999_999_999_999_999.999999999m;

    /// <summary>Nothing.</summary>
    public static readonly Quantity Zero;

    private Quantity(decimal value) => Value = value;

    /// <summary>The number itself, already rounded to <see cref="Places"/>.</summary>
    public decimal Value { get; }

    /// <summary>True when above zero.</summary>
    public bool IsPositive => Value > 0;

    /// <summary>True when below zero.</summary>
    public bool IsNegative => Value < 0;

    /// <summary>
    /// The one place where numbers are rounded: banker's, at 9 places.
    /// </summary>
    /// <exception cref="CityException"><c>invalid_payload</c> when the magnitude is above <see cref="Limit"/>.</exception>
    public static Quantity Of(decimal value)
    {
        var rounded = decimal.Round(value, Places, MidpointRounding.ToEven);
        return decimal.Abs(rounded) <= Limit
            ? new(rounded)
            : throw CityException.Invalid("value", "A number here has at most 19 digits before the point.");
    }

    /// <summary>Reads a plain decimal: an optional sign, digits, an optional point and digits. No exponent, no NaN, no thousands separators, at most 28 digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Quantity result) => TryParse(s.AsSpan(), out result);

    /// <inheritdoc cref="TryParse(string?, IFormatProvider?, out Quantity)"/>
    public static bool TryParse(ReadOnlySpan<char> s, out Quantity result)
    {
        result = default;
        if (s.IsEmpty || s.Length > 40 || !char.IsAsciiDigit(s[^1]) || s.Count('.') > 1 || !char.IsAsciiDigit(s[s[0] == '-' ? 1 : 0]))
        {
            return false;
        }

        if (!decimal.TryParse(s, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        var digits = s.Length - s.Count('.') - s.Count('-');
        var rounded = decimal.Round(value, Places, MidpointRounding.ToEven);
        if (digits > 28 || decimal.Abs(rounded) > Limit)
        {
            return false;
        }

        result = new(rounded);
        return true;
    }

    /// <inheritdoc cref="TryParse(string?, IFormatProvider?, out Quantity)"/>
    /// <exception cref="CityException"><c>invalid_payload</c>.</exception>
    public static Quantity Parse(string s) =>
        TryParse(s, null, out var q) ? q : throw CityException.Invalid("value", "Give a decimal number such as \"12.5\", with at most 28 digits.");

    static Quantity IParsable<Quantity>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <summary>Sum.</summary>
    public static Quantity operator +(Quantity a, Quantity b) => Of(a.Value + b.Value);

    /// <summary>Difference.</summary>
    public static Quantity operator -(Quantity a, Quantity b) => Of(a.Value - b.Value);

    /// <summary>The opposite.</summary>
    public static Quantity operator -(Quantity a) => new(-a.Value);

    /// <summary>The quantity times a rate, rounded.</summary>
    public static Quantity operator *(Quantity a, decimal rate) => Of(a.Value * rate);

    /// <summary>Order.</summary>
    public static bool operator <(Quantity a, Quantity b) => a.Value < b.Value;

    /// <summary>Order.</summary>
    public static bool operator >(Quantity a, Quantity b) => a.Value > b.Value;

    /// <summary>Order.</summary>
    public static bool operator <=(Quantity a, Quantity b) => a.Value <= b.Value;

    /// <summary>Order.</summary>
    public static bool operator >=(Quantity a, Quantity b) => a.Value >= b.Value;

    /// <summary>The smaller of two.</summary>
    public static Quantity Min(Quantity a, Quantity b) => a <= b ? a : b;

    /// <inheritdoc/>
    public int CompareTo(Quantity other) => Value.CompareTo(other.Value);

    /// <summary>Always 9 places, invariant culture: <c>12.500000000</c>.</summary>
    public override string ToString() => Value.ToString("F9", CultureInfo.InvariantCulture);
}

/// <summary>Writes a decimal string; reads a decimal string or a JSON number, both as decimals, never through a double.</summary>
public sealed class QuantityJsonConverter : JsonConverter<Quantity>
{
    /// <inheritdoc/>
    public override Quantity Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= 64 && Quantity.TryParse(reader.GetString(), null, out var text))
        {
            return text;
        }

        if (reader.TokenType == JsonTokenType.Number && reader.ValueSpan.Length <= 40)
        {
            Span<char> digits = stackalloc char[40];
            var length = System.Text.Encoding.ASCII.GetChars(reader.ValueSpan, digits);
            if (Quantity.TryParse(digits[..length], out var number))
            {
                return number;
            }
        }

        throw new JsonException("Give a decimal number such as \"12.5\", with at most 19 digits before the point and 28 in all.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Quantity value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
