using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Daarion.Core.Kernel;

namespace Daarion.Core.Wallets;

/// <summary>A party to a transfer, as whoever asks for it names it: an owner (<c>u_…</c>, <c>t_…</c>), or a wallet (<c>w_…</c>).</summary>
[JsonConverter(typeof(PartyIdJsonConverter))]
public readonly record struct PartyId : IParsable<PartyId>
{
    /// <summary>What is said of what is neither.</summary>
    internal const string Expected = "Give a person (u_…), a team (t_…) or a wallet (w_…).";

    private PartyId(OwnerId owner, WalletId? wallet) => (Owner, Wallet) = (owner, wallet);

    /// <summary>The owner; empty where a wallet is named.</summary>
    public OwnerId Owner { get; }

    /// <summary>The wallet, where one is named.</summary>
    public WalletId? Wallet { get; }

    /// <summary>The text form.</summary>
    public string Value => Wallet?.Value ?? Owner.Value;

    /// <summary>An owner.</summary>
    public static implicit operator PartyId(OwnerId owner) => new(owner, null);

    /// <summary>A wallet.</summary>
    public static implicit operator PartyId(WalletId wallet) => new(default, wallet);

    /// <summary>Reads a party.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c>.</exception>
    public static PartyId Parse(string s) => TryParse(s, null, out var party) ? party : throw CityException.Invalid("party", Expected);

    static PartyId IParsable<PartyId>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PartyId result)
    {
        result = WalletId.TryParse(s, out var wallet) ? wallet : OwnerId.TryParse(s, provider, out var owner) ? owner : default(PartyId);
        return result.Value.Length > 0;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Writes parties as their text.</summary>
public sealed class PartyIdJsonConverter : JsonConverter<PartyId>
{
    /// <inheritdoc/>
    public override PartyId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && PartyId.TryParse(reader.GetString(), null, out var party) ? party : throw new JsonException(PartyId.Expected);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, PartyId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
