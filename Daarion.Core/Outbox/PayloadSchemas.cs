using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Daarion.Core.Events;
using Daarion.Core.Kernel;

namespace Daarion.Core.Outbox;

/// <summary>JSON Schemas of payloads, generated from their records.</summary>
internal static class PayloadSchemas
{
    /// <summary>The schema of an event's payload.</summary>
    public static JsonElement Of(EventDeclaration e)
    {
        var schema = EventJson.Options.GetJsonSchemaAsNode(e.Payload, new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Refine }).AsObject();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "$id", $"urn:daarion:event:{e.Type}:{e.Version}");
        schema.Insert(2, "title", e.Type);
        return JsonSerializer.SerializeToElement(schema);
    }

    // The exporter knows nothing of the kernel's converters: identifiers, quantities and times are texts of a form.
    private static JsonNode Refine(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var form = type switch
        {
            _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Id<>) =>
                new JsonObject { ["type"] = "string", ["pattern"] = $"^{Prefix(type)}[0-9a-z]+$" },
            _ when type == typeof(Quantity) => new JsonObject { ["type"] = "string", ["pattern"] = "^-?[0-9]{1,19}\\.[0-9]{9}$" },
            _ when type == typeof(DateTimeOffset) => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
            _ => null,
        };
        if (form is null)
        {
            return schema;
        }

        if (Nullable.GetUnderlyingType(context.TypeInfo.Type) is not null)
        {
            form["type"] = new JsonArray("string", "null");
        }

        return form;
    }

    private static string Prefix(Type id) => (string)id.GetGenericArguments()[0].GetProperty(nameof(IIdKind.Prefix))!.GetValue(null)!;
}
