using System.Globalization;
using System.Text;
using System.Text.Json;
using Daarion.Core.Events;

namespace Daarion.Core.Outbox;

/// <summary>The catalogue as a page for people: <c>docs/events.md</c> is this text, and a test holds it to that.</summary>
internal static class CatalogueDocument
{
    /// <summary>Writes the page.</summary>
    public static string Write(EventCatalogue catalogue)
    {
        var page = new StringBuilder()
            .Append("# Events\n\n")
            .Append("What the city publishes, and who reacts. This page is made from the catalogue in the code; the JSON Schemas of all payloads are at\n")
            .Append("`GET /internal/v1/events/schemas`, the figures of the streams at `GET /internal/v1/events/streams`.\n\n")
            .Append("Every message is the whole envelope (`event_id`, `ts`, `domain`, `type`, `version`, `actor`, `payload`, `meta`). Its NATS headers are\n")
            .Append("`Nats-Msg-Id`, `traceparent` and the CloudEvents attributes `ce-specversion`, `ce-id`, `ce-source`, `ce-type`, `ce-time`, `ce-subject`\n")
            .Append("(the sequence key). Webhooks are told of any event of theirs while somebody is subscribed. The identity of an event is `ce-id`: it is on its stream once. Events of one sequence key are in the order of their commits.\n");
        foreach (var stream in catalogue.Streams)
        {
            Stream(page, catalogue, stream);
        }

        return page.ToString();
    }

    private static void Stream(StringBuilder page, EventCatalogue catalogue, StreamDeclaration stream)
    {
        var subjects = string.Join(", ", stream.Subjects.Select(subject => $"`{subject}`"));
        page.Append(CultureInfo.InvariantCulture, $"\n## {stream.Name}\n\n{subjects}, {Kept(stream.MaxAge)}.\n\n");
        page.Append("| event | published by | payload | reactions |\n| --- | --- | --- | --- |\n");
        foreach (var e in catalogue.Events.Where(e => catalogue.StreamOf(e) == stream))
        {
            var reactions = catalogue.Consumers.Where(consumer => consumer.IsWanted is null && consumer.Takes(e.Type)).Select(consumer => $"{consumer.Service}: {consumer.Handler.Name}").ToList();
            page.Append(CultureInfo.InvariantCulture, $"| `{e.Type}` | {e.Service} | {Fields(e)} | {(reactions.Count == 0 ? "–" : string.Join(", ", reactions))} |\n");
        }
    }

    private static string Kept(TimeSpan? age) => age switch
    {
        null => "kept for ever",
        { TotalDays: >= 730 } years => string.Create(CultureInfo.InvariantCulture, $"kept {years.TotalDays / 365:0} years"),
        { } days => string.Create(CultureInfo.InvariantCulture, $"kept {days.TotalDays:0} days"),
    };

    private static string Fields(EventDeclaration e)
    {
        var schema = PayloadSchemas.Of(e);
        var optional = schema.TryGetProperty("properties", out var properties)
            ? properties.EnumerateObject().Select(field => $"{field.Name}{(IsOptional(field.Value) ? "?" : string.Empty)}")
            : [];
        return string.Join(", ", optional);
    }

    // A type that may be null says so in its list of types; an enumeration has null among its values.
    private static bool IsOptional(JsonElement field) =>
        field.ValueKind == JsonValueKind.Object
        && ((field.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.Array && type.EnumerateArray().Any(word => string.Equals(word.GetString(), "null", StringComparison.Ordinal)))
            || (field.TryGetProperty("enum", out var values) && values.EnumerateArray().Any(value => value.ValueKind == JsonValueKind.Null)));
}
