using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Daarion.Core.Kernel;

namespace Daarion.Tests.Integration.Gateway.Hostile;

/// <summary>What the city promises to whoever sends it something.</summary>
internal static partial class Promises
{
    private static readonly HashSet<string> Codes = [.. Enum.GetValues<ErrorCode>().Select(Words.Of), "method_not_allowed"];
    private static readonly string[] Inside = ["Exception", "System.", "Daarion.", "Npgsql", "Microsoft.", "SQLSTATE", "   at "];

    // What the listener itself refuses, before there is a request that anything could answer.
    private static readonly HttpStatusCode[] OfTheListener = [HttpStatusCode.BadRequest, HttpStatusCode.RequestUriTooLong, HttpStatusCode.RequestHeaderFieldsTooLarge];

    /// <summary>What an answer breaks; null where it keeps everything.</summary>
    public static string? Broken(HostileRequest request, ThingsThere things, HttpResponseMessage answer, string body)
    {
        var status = (int)answer.StatusCode;
        if (status >= 500)
        {
            return "It fails";
        }

        if (status < 400 || (Array.IndexOf(OfTheListener, answer.StatusCode) >= 0 && body.Length == 0 && !answer.Headers.Contains("X-Request-Id")))
        {
            return null;
        }

        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return request.Route.SpeaksItsOwn && !Tells(body) ? null : "A refusal without its form";
        }

        using var problem = JsonDocument.Parse(body);
        return Of(request, things, status, problem.RootElement) ?? (Tells(body) ? "A refusal that tells of the inside" : null);
    }

    private static string? Of(HostileRequest request, ThingsThere things, int status, JsonElement problem)
    {
        if (!problem.TryGetProperty("code", out var code) || !Codes.Contains(code.GetString()!))
        {
            return "A refusal without a known code";
        }

        if (problem.GetProperty("status").GetInt32() != status || problem.GetProperty("detail").GetString() is not { Length: > 10 })
        {
            return "A refusal that does not say what it is";
        }

        if (status != 400 || request.Route.Operation is null)
        {
            return null;
        }

        if (!problem.TryGetProperty("errors", out var errors) || !errors.EnumerateObject().Any())
        {
            return "A bad request without the name of what is bad";
        }

        var unknown = errors.EnumerateObject().Select(error => error.Name).Where(name => !IsGiven(request, things, name)).ToList();
        return unknown.Count == 0 ? null : $"A bad request that names {string.Join(", ", unknown)}, which nobody gave or could give";
    }

    private static bool IsGiven(HostileRequest request, ThingsThere things, string field)
    {
        var name = field.Split('.', '[')[0];
        return name is "body" or "limit" or "cursor" or "Daarion-Subject"
            || request.Route.Pattern.Contains($"{{{name}}}", StringComparison.Ordinal)
            || request.Route.Members.Contains(name)
            || request.Headers.Any(header => header.Name == name)
            || request.Body is { } body && Unescaped(things.Name(body.ToString())).Contains(name, StringComparison.Ordinal)
            || Uri.UnescapeDataString(things.Name(request.Address)).Contains(name, StringComparison.Ordinal);
    }

    private static string Unescaped(string json) => Escape().Replace(json, escape => ((char)ushort.Parse(escape.Groups["code"].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString());

    [GeneratedRegex(@"\\u(?<code>[0-9a-fA-F]{4})", RegexOptions.None, 1000)]
    private static partial Regex Escape();

    private static bool Tells(string body) => Array.Exists(Inside, word => body.Contains(word, StringComparison.Ordinal));
}
