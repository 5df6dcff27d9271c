using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Daarion.Core.Kernel;

namespace Daarion.Core.Wallets.Chain;

/// <summary>
/// An address of an EVM chain, 20 bytes; written with the letters that tell a mistyped one (EIP-55). One in letters of one size is taken as it is; one in
/// both sizes must be right.
/// </summary>
[JsonConverter(typeof(EvmAddressJsonConverter))]
public readonly record struct EvmAddress : IParsable<EvmAddress>
{
    private const string Prefix = "0x";
    private const int Digits = 40;
    private readonly string? text;

    private EvmAddress(string text) => this.text = text;

    /// <summary>The text form.</summary>
    public string Value => text ?? string.Empty;

    /// <summary>Its 20 bytes.</summary>
    public byte[] Bytes => Convert.FromHexString(Value.AsSpan(Prefix.Length));

    /// <summary>The address of 20 bytes.</summary>
    public static EvmAddress Of(ReadOnlySpan<byte> bytes) => new(Checksummed(Convert.ToHexStringLower(bytes)));

    /// <summary>Reads an address.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c>.</exception>
    public static EvmAddress Parse(string text) =>
        TryParse(text, null, out var address) ? address : throw CityException.Invalid("address", Expected);

    /// <summary>What an address is, for whoever gave something else.</summary>
    internal const string Expected = "Give 0x and 40 hexadecimal digits; in small and capital letters the check of EIP-55 must hold.";

    static EvmAddress IParsable<EvmAddress>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out EvmAddress result)
    {
        result = default;
        if (s is not { Length: Digits + 2 } || !s.StartsWith(Prefix, StringComparison.Ordinal) || !s.AsSpan(Prefix.Length).ContainsOnlyHex())
        {
            return false;
        }

        var digits = s[Prefix.Length..];
        var lower = digits.ToLowerInvariant();
        var written = Checksummed(lower);
        if (digits.Any(char.IsAsciiLetterLower) && digits.Any(char.IsAsciiLetterUpper) && s != written)
        {
            return false;
        }

        result = new(written);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static string Checksummed(string lower)
    {
        var hash = Convert.ToHexStringLower(Keccak.Hash(Encoding.ASCII.GetBytes(lower)));
        return Prefix + string.Create(Digits, (lower, hash), static (digits, of) =>
        {
            for (var i = 0; i < digits.Length; i++)
            {
                digits[i] = of.hash[i] >= '8' ? char.ToUpperInvariant(of.lower[i]) : of.lower[i];
            }
        });
    }
}

/// <summary>Hexadecimal text.</summary>
internal static class HexText
{
    public static bool ContainsOnlyHex(this ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>An address in JSON is its text.</summary>
internal sealed class EvmAddressJsonConverter : JsonConverter<EvmAddress>
{
    public override EvmAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && EvmAddress.TryParse(reader.GetString(), null, out var address) ? address : throw new JsonException(EvmAddress.Expected);

    public override void Write(Utf8JsonWriter writer, EvmAddress value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
