using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Daarion.Core.Kernel;

namespace Daarion.Core.Capabilities.AccessKeys;

/// <summary>Whom an access key stands for: a person (<c>u_…</c>), an agent (<c>agent:&lt;name&gt;</c>) or an integration (<c>integration:&lt;name&gt;</c>).</summary>
[JsonConverter(typeof(KeySubjectJsonConverter))]
public readonly record struct KeySubject : IParsable<KeySubject>
{
    private const int MaxName = 64;
    private const string AgentPrefix = "agent:";
    private const string IntegrationPrefix = "integration:";
    private readonly string? text;

    private KeySubject(SubjectKind kind, string text) => (Kind, this.text) = (kind, text);

    /// <summary>A person, an agent or an integration.</summary>
    public SubjectKind Kind { get; }

    /// <summary>The text form.</summary>
    public string Value => text ?? string.Empty;

    /// <summary>The person; null for others.</summary>
    public UserId? Person => Kind == SubjectKind.User && UserId.TryParse(text, out var user) ? user : null;

    /// <summary>A person.</summary>
    public static KeySubject Of(UserId user) => new(SubjectKind.User, user.Value);

    /// <summary>Reads a subject.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c>.</exception>
    public static KeySubject Parse(string s) => TryParse(s, null, out var subject) ? subject : throw CityException.Invalid("subject", KeySubjectJsonConverter.Advice);

    static KeySubject IParsable<KeySubject>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out KeySubject result)
    {
        result = UserId.TryParse(s, out var user) ? Of(user)
            : IsNamed(s, AgentPrefix) ? new(SubjectKind.Agent, s!)
            : IsNamed(s, IntegrationPrefix) ? new(SubjectKind.Integration, s!)
            : default;
        return result.text is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static bool IsNamed(string? text, string prefix) =>
        text is not null && text.StartsWith(prefix, StringComparison.Ordinal) && text.Length > prefix.Length && text.Length <= prefix.Length + MaxName
        && text.AsSpan(prefix.Length).IndexOfAnyExcept(Allowed) < 0;

    private static readonly System.Buffers.SearchValues<char> Allowed = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
}

/// <summary>Writes subjects as their text; reads them also as <c>{"id": …, "kind": …}</c>, the form that the PDP's questions have.</summary>
public sealed class KeySubjectJsonConverter : JsonConverter<KeySubject>
{
    internal const string Advice = "Give a person (u_…), agent:<name> or integration:<name>; a name has 1 to 64 letters, digits, points, hyphens and underscores.";

    /// <inheritdoc/>
    public override KeySubject Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return KeySubject.TryParse(reader.GetString(), null, out var plain) ? plain : throw new JsonException(Advice);
        }

        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement is not { ValueKind: JsonValueKind.Object } given || given.EnumerateObject().Any(member => member.Name is not ("id" or "kind") || member.Value.ValueKind != JsonValueKind.String))
        {
            throw new JsonException(Advice);
        }

        var id = given.TryGetProperty("id", out var value) ? value.GetString()! : string.Empty;
        var kind = given.TryGetProperty("kind", out var word) ? word.GetString()! : string.Empty;
        var full = kind is "agent" or "integration" && !id.Contains(':', StringComparison.Ordinal) ? $"{kind}:{id}" : id;
        return KeySubject.TryParse(full, null, out var subject) && (kind.Length == 0 || kind == Words.Of(subject.Kind)) ? subject : throw new JsonException(Advice);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, KeySubject value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
