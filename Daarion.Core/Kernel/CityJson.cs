using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Daarion.Core.Kernel;

/// <summary>
/// The city's JSON: <c>snake_case</c>, enumerations as <c>snake_case</c> words, unknown and repeated members refused,
/// nulls refused where the type does not allow them (so a payload that does not match its schema cannot even be written).
/// </summary>
public static class CityJson
{
    /// <summary>For requests, answers and event payloads.</summary>
    public static readonly JsonSerializerOptions Options = Create();

    /// <summary>For what is kept with many fields of which few are given: those that were not are left out, and may be.</summary>
    public static readonly JsonSerializerOptions Sparse = CreateSparse();

    /// <summary>Sets the city's conventions on options made elsewhere (ASP.NET's).</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = null;
        options.PropertyNameCaseInsensitive = false;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.MaxDepth = 32;
        options.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);
        options.Converters.Add(new TimestampJsonConverter());
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        Configure(options);
        options.MakeReadOnly();
        return options;
    }

    private static JsonSerializerOptions CreateSparse()
    {
        var options = new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver(), DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
        Configure(options);
        options.RespectRequiredConstructorParameters = false;
        options.MakeReadOnly();
        return options;
    }

    /// <summary>RFC 3339, UTC, milliseconds: <c>2026-11-14T12:00:00.000Z</c>.</summary>
    private sealed class TimestampJsonConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Timestamps.TryParse(reader.GetString(), out var at)
                ? at
                : throw new JsonException("Give a time such as \"2026-11-14T12:00:00Z\" (RFC 3339, with its offset).");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Timestamps.Format(value));
    }
}
