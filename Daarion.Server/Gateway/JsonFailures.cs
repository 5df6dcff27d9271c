using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Daarion.Core.Kernel;

namespace Daarion.Server.Gateway;

/// <summary>Says what is wrong with a body in the caller's words: the field by its JSON path, and the way out. Names of .NET types stay here.</summary>
internal static partial class JsonFailures
{
    /// <summary>The failure of a body that does not match its schema.</summary>
    /// <param name="exception">What the serializer said.</param>
    /// <param name="request">The record it should have become, to name the values a field takes.</param>
    public static CityException Of(JsonException exception, Type? request)
    {
        var message = exception.Message;
        if (message.Contains("was missing required properties", StringComparison.Ordinal))
        {
            var missing = message[(message.IndexOf("including:", StringComparison.Ordinal) + 10)..];
            return Fields([.. Quoted().Matches(missing).Select(match => (Join(exception.Path, match.Groups["name"].Value), "This field is required."))]);
        }

        if (message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
        {
            var name = Quoted().Match(message).Groups["name"].Value;
            return Fields([(PathOf(exception.Path) is { } path && path.EndsWith(name, StringComparison.Ordinal) ? path : Join(exception.Path, name), "There is no such field here.")]);
        }

        var field = PathOf(exception.Path) ?? "body";
        if (message.Contains("Duplicate property", StringComparison.Ordinal))
        {
            var name = Quoted().Match(message).Groups["name"].Value;
            return Fields([(name.Length > 0 ? name : field, "This field is given more than once.")]);
        }

        if (message.Contains("doesn't allow setting null", StringComparison.Ordinal) || message.Contains("doesn't allow null", StringComparison.Ordinal))
        {
            var name = Quoted().Match(message).Groups["name"].Value;
            return Fields([(field == "body" && name.Length > 0 ? JsonNamingPolicy.SnakeCaseLower.ConvertName(name) : field, "This field may not be null.")]);
        }

        if (message.Contains("could not be converted", StringComparison.Ordinal))
        {
            return Fields([(field, Takes(TypeAt(request, exception.Path)))]);
        }

        // What our own converters say is written for callers; everything else of the serializer is about the text itself.
        var ours = exception.InnerException is null && !message.Contains("LineNumber", StringComparison.Ordinal) && !message.Contains("System.", StringComparison.Ordinal);
        return Fields([(field, ours && field != "body" ? message : $"This is not JSON{At(exception)}.")]);
    }

    /// <summary>The failure of a value in the address: <c>Failed to bind parameter "int limit" from "x"</c>.</summary>
    public static CityException OfBinding(string message)
    {
        var match = Parameter().Match(message);
        return match.Success
            ? Fields([(JsonNamingPolicy.SnakeCaseLower.ConvertName(match.Groups["name"].Value), message.Contains("was not provided", StringComparison.Ordinal) ? "This field is required." : "This is not a value this field takes.")])
            : new CityException(ErrorCode.InvalidPayload, "The request cannot be read.");
    }

    private static CityException Fields(IReadOnlyList<(string Field, string Message)> errors)
    {
        var fields = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var (field, message) in errors)
        {
            fields[field] = [message];
        }

        var (name, text) = errors[0];
        return new CityException(ErrorCode.InvalidPayload, errors.Count == 1 ? $"{name}: {text}" : $"{string.Join(", ", fields.Keys)}: {text}") { Errors = fields };
    }

    private static string At(JsonException exception) =>
        exception is { LineNumber: { } line, BytePositionInLine: { } position } ? $" (line {line + 1}, byte {position + 1})" : string.Empty;

    private static string Takes(Type? type)
    {
        type = type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            null => "This is not a value this field takes.",
            { IsEnum: true } => $"Use one of: {string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName))}.",
            _ when type == typeof(string) => "Give a text.",
            _ when type == typeof(bool) => "Give true or false.",
            _ when type == typeof(int) || type == typeof(long) => "Give a whole number.",
            _ when type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable)) => "Give a list.",
            _ => "This is not a value this field takes.",
        };
    }

    private static Type? TypeAt(Type? request, string? path)
    {
        var type = request;
        foreach (var name in (PathOf(path) ?? string.Empty).Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var member = Index().Replace(name, string.Empty);
            type = type is null ? null : CityJson.Options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type) is { Kind: JsonTypeInfoKind.Object } info
                ? info.Properties.FirstOrDefault(property => string.Equals(property.Name, member, StringComparison.Ordinal))?.PropertyType
                : null;
            if (name.EndsWith(']') && type is not null)
            {
                type = type.IsGenericType ? type.GetGenericArguments()[^1] : type.GetElementType();
            }
        }

        return type;
    }

    private static string? PathOf(string? path) => path switch
    {
        null or "$" => null,
        // The page of a list is two members of the address.
        "$.page.limit" or "$.page.cursor" => path["$.page.".Length..],
        _ => path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path[1..],
    };

    private static string Join(string? path, string name) => PathOf(path) is { } parent ? $"{parent}.{name}" : name;

    [GeneratedRegex("'(?<name>[^']*)'", RegexOptions.None, 100)]
    private static partial Regex Quoted();

    [GeneratedRegex("parameter \"([^\" ]+ )?(?<name>[A-Za-z_0-9]+)\"", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\[\d+\]", RegexOptions.None, 100)]
    private static partial Regex Index();
}
