using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Daarion.Core.Capabilities.AccessKeys;
using Daarion.Core.Kernel;
using Daarion.Core.Wallets.Chain;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Daarion.Server.Gateway.OpenApi;

/// <summary>How the kernel's types look on the wire, and what the doc comments say of each member.</summary>
internal sealed class CitySchemas(ContractDocs docs) : IOpenApiSchemaTransformer
{
    private const string Sample = "01jd3x6v7k9m2n4p5q8r0s1t2v";

    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        Shape(schema, type);
        if (context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element } && schema.Items is null)
        {
            // Of a list of values with a converter of their own the exporter says nothing.
            var items = new OpenApiSchema();
            Shape(items, Nullable.GetUnderlyingType(element) ?? element);
            schema.Items = items;
        }

        Describe(schema, context, type);
        return Task.CompletedTask;
    }

    private static void Shape(OpenApiSchema schema, Type type)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Id<>))
        {
            var prefix = (string)type.GetGenericArguments()[0].GetProperty(nameof(IIdKind.Prefix))!.GetValue(null)!;
            Text(schema, $"^{prefix}[0-9a-hjkmnp-tv-z]{{26}}$", prefix + Sample);
            if (prefix == "t_")
            {
                schema.Pattern = "^t_(city|[0-9a-hjkmnp-tv-z]{26})$";
            }
        }
        else if (type == typeof(KeySubject))
        {
            Text(schema, "^(u_[0-9a-hjkmnp-tv-z]{26}|(agent|integration):[A-Za-z0-9._-]{1,64})$", "agent:gardener");
        }
        else if (type == typeof(EvmAddress))
        {
            Text(schema, "^0x[0-9a-fA-F]{40}$", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
        }
        else if (type == typeof(Quantity))
        {
            Text(schema, @"^-?\d{1,19}(\.\d{1,9})?$", "12.500000000");
            schema.Format = "decimal";
        }
        else if (type == typeof(DateTimeOffset))
        {
            Text(schema, null, "2026-11-14T12:00:00.000Z");
            schema.Format = "date-time";
        }
        else if (type == typeof(Symbol))
        {
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. Symbols.All.Select(symbol => (JsonNode)symbol.Code())];
        }
        else if (type.IsEnum)
        {
            schema.Type = schema.Enum?.Any(value => value is null) == true ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String;
        }
        else if (type == typeof(int) || type == typeof(long))
        {
            schema.Type = JsonSchemaType.Integer;
            schema.Pattern = null;
        }
    }

    private void Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context, Type type)
    {
        var ours = context.JsonPropertyInfo?.AttributeProvider is System.Reflection.PropertyInfo property ? docs.Summary(property) : docs.Summary(type);
        schema.Description = ours ?? schema.Description;
        // Answers may grow: a program that reads them must not refuse what it does not know.
        schema.AdditionalPropertiesAllowed = true;
        if (type == typeof(PageRequest) && schema.Properties?.TryGetValue("limit", out var limit) == true && limit is OpenApiSchema number)
        {
            (number.Minimum, number.Maximum) = ("1", "200");
        }
    }

    private static void Text(OpenApiSchema schema, string? pattern, string example)
    {
        var isNullable = schema.Type?.HasFlag(JsonSchemaType.Null) == true;
        schema.Type = isNullable ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String;
        schema.Pattern = pattern;
        schema.Examples = [example];
    }
}
