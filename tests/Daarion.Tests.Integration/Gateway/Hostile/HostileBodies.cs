using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Daarion.Tests.Integration.Gateway.Hostile;

/// <summary>Bodies: valid ones with something wrong in them, and what never was one.</summary>
internal static class HostileBodies
{
    /// <summary>Bytes that the listeners take.</summary>
    public const int Limit = 1024 * 1024;

    private const string Mark = "⟦here⟧";

    private static readonly byte[][] NoJson =
    [
        .. ((string[])["", "null", "1", "\"x\"", "[]", "[{}]", "{", "}", "{}x", "{\"\"}", "{\"a\"}", "{'a':1}", "{\"a\":1,}", "//{}", "{/**/}", "<xml/>", "a=b", "\u0001", "{\"a\":1}{\"a\":1}", "\ufeff{}", "{\"a\":\"\t\"}"])
            .Select(Encoding.UTF8.GetBytes),
        [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00],
        [0x7B, 0x22, 0xC3, 0x28, 0x22, 0x3A, 0x31, 0x7D],
        [0x7B, 0x22, 0xED, 0xA0, 0x80, 0x22, 0x3A, 0x31, 0x7D],
        [0x7B, 0x22, 0xF4, 0x90, 0x80, 0x80, 0x22, 0x3A, 0x31, 0x7D],
        [0xC0, 0xAF],
        [0],
    ];

    // The mark of a place stays as it is, to be found again.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string?[] Types =
    [
        null, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "application/json; charset=utf-16", "application/json; charset=koi8-u",
        "application/json; charset=nothing", "application/problem+json", "application/xml", "json", "*/*", "application/json, text/html", "APPLICATION/JSON",
    ];

    private static readonly string[][] Encodings = [["gzip"], ["br"], ["identity"], ["gzip", "gzip"], ["nothing"], ["deflate"]];

    /// <summary>Bodies for a route: made from a valid one where there is such.</summary>
    public static Gen<HostileBody> For(Route route) => route.Operation?.Request is null
        ? Gen.Frequency((3, NotJson), (2, Form(route)), (1, Mistyped(Bytes("{}"))))
        : From(route.Body());

    /// <summary>Bodies that come of a valid one.</summary>
    public static Gen<HostileBody> From(JsonObject valid)
    {
        var text = valid.ToJsonString();
        return Gen.Frequency(
            (10, Changed(valid)),
            (2, Without(valid)),
            (2, Twice(valid)),
            (2, More(text)),
            (3, Torn(Bytes(text))),
            (2, NotJson),
            (2, Mistyped(Bytes(text))),
            (2, Gen.Constant(new HostileBody(Bytes(text)))));
    }

    /// <summary>A body that is over the limit by little or by much, in space or in text.</summary>
    public static Gen<HostileBody> TooLarge(JsonObject valid) =>
        from over in Gen.Elements(1, 2, 1000, 100_000)
        from kind in Gen.Choose(0, 2)
        let text = valid.ToJsonString()
        select new HostileBody(Bytes(kind switch
        {
            0 => text + new string(' ', Limit + over - text.Length),
            1 => $"{{\"name\":\"{new string('x', Limit + over)}\"}}",
            _ => new string('[', Limit + over),
        }));

    private static Gen<HostileBody> NotJson { get; } = Gen.Frequency(
        (3, Gen.Elements(NoJson).Select(bytes => new HostileBody(bytes))),
        (1, Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf().Select(bytes => new HostileBody(bytes))),
        (1, HostileValues.Json.Select(json => new HostileBody(Bytes(json)))));

    private static Gen<HostileBody> Changed(JsonObject valid)
    {
        var places = Places(valid, []).ToArray();
        return places.Length == 0
            ? More(valid.ToJsonString())
            : from place in Gen.Elements(places)
              from value in HostileValues.Json
              select new HostileBody(Bytes(Put(valid, place, value)));
    }

    private static Gen<HostileBody> Without(JsonObject valid) => valid.Count == 0 ? More("{}") : Gen.Elements(valid.Select(member => member.Key).ToArray()).Select(name =>
    {
        var rest = valid.DeepClone().AsObject();
        rest.Remove(name);
        return new HostileBody(Bytes(rest.ToJsonString()));
    });

    private static Gen<HostileBody> Twice(JsonObject valid) => valid.Count == 0 ? More("{}") :
        from name in Gen.Elements(valid.Select(member => member.Key).ToArray())
        from value in HostileValues.Json
        select new HostileBody(Bytes($"{valid.ToJsonString()[..^1]},\"{name}\":{value}}}"));

    private static Gen<HostileBody> More(string text) =>
        from name in Gen.OneOf(HostileValues.ShortText, Gen.Elements("id", "team_id", "version", "expected_version", "created_at", "caller", "Name", "NAME", "role", "$schema"))
        from value in HostileValues.Json
        select new HostileBody(Bytes($"{text[..^1]}{(text.Length > 2 ? "," : "")}{HostileValues.Quoted(name, escaped: false)}:{value}}}"));

    private static Gen<HostileBody> Torn(byte[] valid) =>
        from at in Gen.Choose(0, valid.Length - 1)
        from value in Gen.Choose(0, 255)
        from kind in Gen.Choose(0, 3)
        select new HostileBody(kind switch
        {
            0 => valid[..at],
            1 => [.. valid[..at], (byte)value, .. valid[at..]],
            2 => [.. valid[..at], (byte)value, .. valid[(at + 1)..]],
            _ => [.. valid[..at], .. valid[(at + 1)..]],
        });

    private static Gen<HostileBody> Mistyped(byte[] valid) => Gen.OneOf(
        Gen.Elements(Types).Select(type => new HostileBody(valid, type)),
        Gen.Elements(Encodings).Select(encodings => new HostileBody(valid, Encodings: encodings)),
        Gen.Constant(new HostileBody(Zipped(valid), Encodings: "gzip")),
        Gen.Constant(new HostileBody(Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(valid)), "application/json; charset=utf-16")));

    private static Gen<HostileBody> Form(Route route) =>
        from fields in Gen.ArrayOf(
            from name in Gen.Elements("email", "code", "token", "return_url", "display_name", "city_name", "locale", "grant_type", "client_id", "client_secret", "scope", "decision", "redirect_uri", "response_type", "refresh_token", route.Pattern)
            from value in Gen.Frequency((3, HostileValues.Text), (1, Gen.Elements("client_credentials", "authorization_code", "refresh_token", "openid", "allow", "deny", "/", "123456", "~email~", "~ak_~")))
            select $"{name}={Uri.EscapeDataString(value)}")
        from broken in Gen.Elements("", "", "&", "=%zz", "&%00=%00", "&a[b]=1", "&=")
        from type in Gen.Frequency((6, Gen.Constant("application/x-www-form-urlencoded")), (1, Gen.Constant("multipart/form-data; boundary=x")))
        select new HostileBody(Bytes(string.Join('&', fields) + broken), type);

    private static string Put(JsonObject valid, object[] place, string value)
    {
        JsonNode root = valid.DeepClone();
        var node = root;
        foreach (var step in place[..^1])
        {
            node = step is int index ? node[index]! : node[(string)step]!;
        }

        if (place[^1] is int last)
        {
            node[last] = Mark;
        }
        else
        {
            node[(string)place[^1]] = Mark;
        }

        return root.ToJsonString(Readable).Replace($"\"{Mark}\"", value, StringComparison.Ordinal);
    }

    private static IEnumerable<object[]> Places(JsonNode? node, object[] path)
    {
        IEnumerable<object[]> below = node switch
        {
            JsonObject members => members.SelectMany(member => Places(member.Value, [.. path, member.Key])),
            JsonArray items => items.SelectMany((item, i) => Places(item, [.. path, i])),
            _ => [],
        };
        return path.Length > 0 ? below.Prepend(path) : below;
    }

    private static byte[] Zipped(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return zipped.ToArray();
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
