using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Daarion.Core.Kernel;

namespace Daarion.Server.Gateway;

/// <summary>
/// An operation's request record, read from wherever HTTP has its parts: the route (<c>{team_id}</c>), then the query of a GET or DELETE
/// or the JSON body of the others, and <c>If-Match</c> as <c>expected_version</c>. Names are the record's in <c>snake_case</c>; a member
/// of type <see cref="PageRequest"/> is read from <c>limit</c> and <c>cursor</c>. Unknown members are refused by name.
/// </summary>
/// <typeparam name="T">The request record.</typeparam>
internal sealed record Input<T>(T Value)
{
    public static implicit operator T(Input<T> input) => input.Value;

    public static async ValueTask<Input<T>> BindAsync(HttpContext http)
    {
        var body = InputReader.HasBody(http.Request) ? await InputReader.ReadBody(http.Request) : default;
        return new(InputReader.Read<T>(http, body));
    }
}

/// <summary>Puts a request record together out of an HTTP request.</summary>
internal static class InputReader
{
    private const int MaxDepth = 32;
    /// <summary>The member that <c>If-Match</c> gives.</summary>
    public const string ExpectedVersion = "expected_version";

    private static readonly JsonDocumentOptions Parsing = new() { MaxDepth = MaxDepth };

    /// <summary>True for methods whose members come in the body; the others' come in the query.</summary>
    public static bool HasBody(HttpRequest request) => TakesBody(request.Method);

    /// <inheritdoc cref="HasBody"/>
    public static bool TakesBody(string method) => HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method);

    /// <summary>Reads a JSON body whole.</summary>
    /// <exception cref="CityException"><c>unsupported_media_type</c>.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadBody(HttpRequest request)
    {
        var body = await ReadWhole(request);
        return body.Length == 0 || (request.HasJsonContentType() && request.Headers.ContentEncoding.Count == 0)
            ? body
            : throw new CityException(ErrorCode.UnsupportedMediaType, "Send JSON, with Content-Type: application/json and without Content-Encoding.");
    }

    /// <summary>Reads a body whole, whatever it is; the listener holds its size.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadWhole(HttpRequest request)
    {
        var bytes = new ArrayBufferWriter<byte>((int)Math.Clamp(request.ContentLength ?? 512, 16, GatewaySettings.MaxBodyBytes));
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted);
            foreach (var segment in read.Buffer)
            {
                bytes.Write(segment.Span);
            }

            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return bytes.WrittenMemory;
            }
        }
    }

    /// <summary>The record out of the request's parts.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c> naming the field.</exception>
    public static T Read<T>(HttpContext http, ReadOnlyMemory<byte> body)
    {
        try
        {
            if (body.Length > 0)
            {
                JsonText.EnsureClean(body.Span);
            }

            // Where all comes in the body, there is nothing to put together.
            return (T)((IsWhole<T>(http.Request) && IsObject(body.Span) ? JsonSerializer.Deserialize(body.Span, InputShape<T>.Info) : PutTogether<T>(http, body)) ?? throw new JsonException());
        }
        catch (JsonException e)
        {
            throw JsonFailures.Of(e, typeof(T));
        }
        catch (InvalidOperationException e) when (e.InnerException is System.Text.DecoderFallbackException || e.Message.Contains("UTF", StringComparison.Ordinal))
        {
            throw CityException.Invalid("body", "The text is not valid Unicode.");
        }
    }

    private static bool IsWhole<T>(HttpRequest request) =>
        HasBody(request) && !InputShape<T>.HasExpectedVersion && request.RouteValues.Count == 0 && request.Headers.IfMatch.Count == 0;

    private static bool IsObject(ReadOnlySpan<byte> body) => body.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    private static object? PutTogether<T>(HttpContext http, ReadOnlyMemory<byte> body)
    {
        using var document = body.Length > 0 ? JsonDocument.Parse(body, Parsing) : null;
        if (document is { RootElement.ValueKind: not JsonValueKind.Object })
        {
            throw CityException.Invalid("body", "Give a JSON object.");
        }

        var buffer = new ArrayBufferWriter<byte>(Math.Max(256, body.Length + 128));
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { MaxDepth = MaxDepth, SkipValidation = true }))
        {
            json.WriteStartObject();
            var taken = WriteAddress<T>(json, http);
            foreach (var member in document?.RootElement.EnumerateObject() ?? default)
            {
                if (taken.Contains(member.Name))
                {
                    throw CityException.Invalid(member.Name, "This is given by the address; leave it out of the body.");
                }

                member.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return JsonSerializer.Deserialize(buffer.WrittenSpan, InputShape<T>.Info);
    }

    private static HashSet<string> WriteAddress<T>(Utf8JsonWriter json, HttpContext http)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in http.Request.RouteValues)
        {
            if (!InputShape<T>.Members.TryGetValue(name, out var member))
            {
                throw new InvalidOperationException($"{typeof(T).Name} has no member for the route's {{{name}}}");
            }

            WriteMember(json, member, [value as string]);
            taken.Add(name);
        }

        if (InputShape<T>.HasExpectedVersion)
        {
            taken.Add(ExpectedVersion);
            if (http.Request.Headers.IfMatch is { Count: > 0 } tags && ETags.Version(tags) is { } version)
            {
                json.WriteNumber(ExpectedVersion, version);
            }
        }
        else if (http.Request.Headers.IfMatch.Count > 0 && !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            throw CityException.Invalid("If-Match", "This has no version to compare; leave the header out.");
        }

        if (!HasBody(http.Request))
        {
            WriteQuery<T>(json, http.Request.Query, taken);
        }

        return taken;
    }

    private static void WriteQuery<T>(Utf8JsonWriter json, IQueryCollection query, HashSet<string> taken)
    {
        var page = InputShape<T>.Page;
        if (page is not null)
        {
            json.WriteStartObject(page.Name);
            foreach (var part in CityJson.Options.GetTypeInfo(typeof(PageRequest)).Properties)
            {
                if (query.TryGetValue(part.Name, out var value))
                {
                    WriteMember(json, part, value);
                }
            }

            json.WriteEndObject();
        }

        foreach (var (name, values) in query)
        {
            if (page is not null && name is "limit" or "cursor")
            {
                continue;
            }

            if (!InputShape<T>.Members.TryGetValue(name, out var member) || member == page || taken.Contains(name))
            {
                throw CityException.Invalid(name, "There is no such field here.");
            }

            WriteMember(json, member, values);
        }
    }

    private static void WriteMember(Utf8JsonWriter json, JsonPropertyInfo member, IReadOnlyList<string?> values)
    {
        var type = Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType;
        if (values.Any(value => value is null || !JsonText.IsClean(value)))
        {
            throw CityException.Invalid(member.Name, "The text is not valid Unicode.");
        }

        json.WritePropertyName(member.Name);
        if (CityJson.Options.GetTypeInfo(type).Kind == JsonTypeInfoKind.Enumerable)
        {
            json.WriteStartArray();
            foreach (var value in values)
            {
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
            return;
        }

        if (values is not [{ } only])
        {
            throw CityException.Invalid(member.Name, "Give this field once.");
        }

        if ((type == typeof(int) || type == typeof(long)) && long.TryParse(only, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            json.WriteNumberValue(number);
        }
        else if (type == typeof(bool) && only is "true" or "false")
        {
            json.WriteBooleanValue(only == "true");
        }
        else
        {
            json.WriteStringValue(only);
        }
    }
}

/// <summary>What a request record consists of, found out once.</summary>
/// <typeparam name="T">The request record.</typeparam>
internal static class InputShape<T>
{
    public static readonly JsonTypeInfo Info = CityJson.Options.GetTypeInfo(typeof(T));

    public static readonly FrozenDictionary<string, JsonPropertyInfo> Members = Info.Properties.ToFrozenDictionary(property => property.Name, StringComparer.Ordinal);

    /// <summary>The member that <c>limit</c> and <c>cursor</c> belong to.</summary>
    public static readonly JsonPropertyInfo? Page = Info.Properties.FirstOrDefault(member => member.PropertyType == typeof(PageRequest));

    public static readonly bool HasExpectedVersion = Members.ContainsKey(InputReader.ExpectedVersion);
}
