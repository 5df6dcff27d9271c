using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Daarion.Core.Kernel;

namespace Daarion.Core.Wallets;

/// <summary>What kind of owner a wallet has.</summary>
public enum OwnerKind
{
    /// <summary>A person.</summary>
    User,

    /// <summary>A team.</summary>
    Team,

    /// <summary>The city itself: the accounts from which tokens come and into which they go.</summary>
    City,
}

/// <summary>
/// Whose a wallet is: a person (<c>u_…</c>), a team (<c>t_…</c>), or one of the city's own accounts (<c>mint:KWT</c>, <c>burn:KWT</c>,
/// <c>treasury</c>, <c>escrow</c>).
/// </summary>
[JsonConverter(typeof(OwnerIdJsonConverter))]
public readonly record struct OwnerId : IParsable<OwnerId>
{
    /// <summary>The city's reserve.</summary>
    public const string Treasury = "treasury";

    /// <summary>What is held between two parties.</summary>
    public const string Escrow = "escrow";

    private const string MintPrefix = "mint:";
    private const string BurnPrefix = "burn:";
    private const string ChainPrefix = "chain:";
    private readonly string? text;

    private OwnerId(OwnerKind kind, string text) => (Kind, this.text) = (kind, text);

    /// <summary>What kind of owner.</summary>
    public OwnerKind Kind { get; }

    /// <summary>The text form.</summary>
    public string Value => text ?? string.Empty;

    /// <summary>The person; null for others.</summary>
    public UserId? User => Kind == OwnerKind.User && UserId.TryParse(text, out var user) ? user : null;

    /// <summary>The team; null for others.</summary>
    public TeamId? Team => Kind == OwnerKind.Team && TeamId.TryParse(text, out var team) ? team : null;

    /// <summary>A person's wallet.</summary>
    public static OwnerId Of(UserId user) => new(OwnerKind.User, user.Value);

    /// <summary>A team's wallet.</summary>
    public static OwnerId Of(TeamId team) => new(OwnerKind.Team, team.Value);

    /// <summary>Where a token's units come from.</summary>
    public static OwnerId Mint(Symbol symbol) => new(OwnerKind.City, MintPrefix + symbol.Code());

    /// <summary>Where a token's units end.</summary>
    public static OwnerId Burn(Symbol symbol) => new(OwnerKind.City, BurnPrefix + symbol.Code());

    /// <summary>Reads an owner.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c>.</exception>
    public static OwnerId Parse(string s) =>
        TryParse(s, null, out var owner) ? owner : throw CityException.Invalid("owner", "Give a person (u_…) or a team (t_…).");

    static OwnerId IParsable<OwnerId>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out OwnerId result)
    {
        result = default;
        if (UserId.TryParse(s, out var user))
        {
            result = Of(user);
        }
        else if (TeamId.TryParse(s, out var team))
        {
            result = Of(team);
        }
        else if (s is Treasury or Escrow || IsOfSymbol(s, MintPrefix) || IsOfSymbol(s, BurnPrefix) || IsOfSymbol(s, ChainPrefix))
        {
            result = new(OwnerKind.City, s!);
        }

        return !string.IsNullOrEmpty(result.Value);
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static bool IsOfSymbol(string? text, string prefix) =>
        text is not null && text.StartsWith(prefix, StringComparison.Ordinal) && Symbols.All.Any(symbol => text.AsSpan(prefix.Length).SequenceEqual(symbol.Code()));
}

/// <summary>Writes owners as their text.</summary>
public sealed class OwnerIdJsonConverter : JsonConverter<OwnerId>
{
    /// <inheritdoc/>
    public override OwnerId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && OwnerId.TryParse(reader.GetString(), null, out var owner)
            ? owner
            : throw new JsonException("Give a person (u_…) or a team (t_…).");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, OwnerId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
