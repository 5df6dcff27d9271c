using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Daarion.Core.Kernel;

/// <summary>What distinguishes one kind of identifier from another: the prefix its text begins with.</summary>
public interface IIdKind
{
    /// <summary>The prefix with its underscore, for example <c>t_</c>.</summary>
    static abstract string Prefix { get; }

    /// <summary>A name that may stand in place of a ULID, for example <c>city</c> in <c>t_city</c>; null where there is none.</summary>
    static virtual string? WellKnown => null;
}

/// <summary>
/// An identifier: the kind's prefix and a 26-character lower-case ULID, ordered by time. Used under its alias
/// (<c>TeamId</c>, <c>PayoutId</c>, …, see <c>Ids.props</c>), so that no identifier can stand where another is asked.
/// </summary>
/// <typeparam name="TKind">The kind, which gives the prefix.</typeparam>
[JsonConverter(typeof(IdJsonConverterFactory))]
public readonly record struct Id<TKind> : IParsable<Id<TKind>>
    where TKind : IIdKind
{
    private const int UlidLength = 26;
    private static readonly SearchValues<char> Crockford = SearchValues.Create("0123456789abcdefghjkmnpqrstvwxyz");
    private static readonly string? WellKnownText = TKind.WellKnown is { } name ? TKind.Prefix + name : null;
    private readonly string? text;

    private Id(string text) => this.text = text;

    /// <summary>The text form, for example <c>t_01jd3x…</c>. Empty only for the default value.</summary>
    public string Value => text ?? string.Empty;

    /// <summary>True for the default value, which names nothing.</summary>
    public bool IsEmpty => text is null;

    /// <summary>A new identifier whose time part is <paramref name="at"/>.</summary>
    public static Id<TKind> New(DateTimeOffset at) => Of(Ulid.NewUlid(at));

    /// <summary>The identifier with a ULID.</summary>
    public static Id<TKind> Of(Ulid ulid) => new(string.Create(TKind.Prefix.Length + UlidLength, ulid, static (text, ulid) =>
    {
        TKind.Prefix.CopyTo(text);
        Span<char> digits = stackalloc char[UlidLength];
        ulid.TryFormat(digits, out _, [], CultureInfo.InvariantCulture);
        digits.ToLowerInvariant(text[TKind.Prefix.Length..]);
    }));

    /// <summary>The identifier of the kind's well-known member (<c>t_city</c>).</summary>
    /// <exception cref="InvalidOperationException">The kind has no well-known member.</exception>
    public static Id<TKind> WellKnown() =>
        WellKnownText is { } known ? new(known) : throw new InvalidOperationException($"{TKind.Prefix} has no well-known member");

    /// <summary>Reads an identifier. Refuses a wrong prefix, a wrong length or a character outside Crockford's base 32.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c>.</exception>
    public static Id<TKind> Parse(string s) =>
        TryParse(s, null, out var id) ? id : throw CityException.Invalid("id", $"An identifier here begins with '{TKind.Prefix}' followed by 26 characters.");

    static Id<TKind> IParsable<Id<TKind>>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc cref="Parse(string)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Id<TKind> result)
    {
        result = default;
        if (s is null || !s.StartsWith(TKind.Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = s.AsSpan(TKind.Prefix.Length);
        if (TKind.WellKnown is { } name && rest.SequenceEqual(name))
        {
            result = new(s);
            return true;
        }

        // The first character of a ULID is at most 7: more would overflow its 128 bits.
        if (rest.Length != UlidLength || rest[0] > '7' || rest.ContainsAnyExcept(Crockford))
        {
            return false;
        }

        result = new(s);
        return true;
    }

    /// <inheritdoc cref="Parse(string)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, out Id<TKind> result) => TryParse(s, null, out result);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Writes identifiers as their text; a wrong one is a <see cref="JsonException"/> at its path.</summary>
public sealed class IdJsonConverterFactory : JsonConverterFactory
{
    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Id<>);

    /// <inheritdoc/>
    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Converter<TKind> : JsonConverter<Id<TKind>>
        where TKind : IIdKind
    {
        public override Id<TKind> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Id<TKind>.TryParse(reader.GetString(), null, out var id)
                ? id
                : throw new JsonException($"An identifier here begins with '{TKind.Prefix}' followed by 26 characters.");

        public override void Write(Utf8JsonWriter writer, Id<TKind> value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.IsEmpty ? throw new JsonException($"An identifier that begins with '{TKind.Prefix}' is missing.") : value.Value);

        public override Id<TKind> ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Read(ref reader, typeToConvert, options);

        public override void WriteAsPropertyName(Utf8JsonWriter writer, Id<TKind> value, JsonSerializerOptions options) => writer.WritePropertyName(value.Value);
    }
}
