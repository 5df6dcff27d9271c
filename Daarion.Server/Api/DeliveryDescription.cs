using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Server.Gateway.OpenApi;
using Microsoft.OpenApi;

namespace Daarion.Server.Api;

/// <summary>What the door for platforms takes, for the reference: the body is read raw, because the signature is over its bytes.</summary>
internal static class DeliveryDescription
{
    public static readonly ErrorCode[] Failures =
    [
        ErrorCode.InvalidPayload, ErrorCode.Unauthenticated, ErrorCode.Forbidden, ErrorCode.Conflict, ErrorCode.PayloadTooLarge, ErrorCode.RateLimited, ErrorCode.InternalError, ErrorCode.Unavailable,
    ];

    public static void Describe(OpenApiOperation operation, OpenApiDocument? document, string domain)
    {
        operation.OperationId = $"embassy_deliver_{domain}";
        operation.Summary = $"deliver {domain}";
        operation.Description =
            "Takes one reading, or a batch of up to 1 000 under `readings`. A delivery is signed in one of two ways: X-Timestamp and X-Signature (HMAC-SHA256 over timestamp, a dot, and the body), "
            + "or Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature). The timestamp may be five minutes off. Answers 202 for what is new and 200 for what was known.";
        operation.Parameters =
        [
            Header("X-Platform-Id", "The platform.", required: true),
            Header("X-Timestamp", "Seconds since 1970, with X-Signature."),
            Header("X-Signature", "sha256= and the signature in hexadecimal digits."),
            Header("webhook-id", "The id of the delivery; a repeated one is a duplicate, whatever it carries."),
            Header("webhook-timestamp", "Seconds since 1970, with webhook-signature."),
            Header("webhook-signature", "v1, and the signature in base64."),
        ];
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "A reading, or a batch.",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { ["application/json"] = new() { Schema = new OpenApiSchema { OneOf = [Reading(domain), Batch(domain)] } } },
        };
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(OperationDescription.PlatformSignature, document)] = [] }];
    }

    private static OpenApiParameter Header(string name, string description, bool required = false) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Required = required,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 1024 },
    };

    private static OpenApiSchema Reading(string domain)
    {
        var says = domain is EmbassyDomain.Rwa or EmbassyDomain.Oracle;
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string>(StringComparer.Ordinal) { "site_id", "value", "unit", "ts" },
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
            {
                ["source"] = Text("The platform; the signature says who it is."),
                ["domain"] = Text(domain switch
                {
                    EmbassyDomain.Rwa => "The type of asset, such as energy.",
                    EmbassyDomain.Oracle => $"One of: {string.Join(", ", Measures.Measured)}.",
                    _ => $"{domain}; it may be left out here.",
                }),
                ["site_id"] = Text("The platform's own name of the site."),
                ["value"] = new OpenApiSchema
                {
                    OneOf = [new OpenApiSchema { Type = JsonSchemaType.String }, new OpenApiSchema { Type = JsonSchemaType.Number }],
                    Description = domain == EmbassyDomain.Rwa ? "How much; below zero for what went." : "What the counter shows, at most 9 decimals; a text keeps every digit.",
                },
                ["unit"] = Text(says ? "A unit of the domain." : $"One of: {string.Join(", ", Measures.UnitsOf(domain))}."),
                ["ts"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time", Description = "The time it is about." },
                ["reading_id"] = Text("The platform's own name of it; a repeated one is a duplicate."),
            },
        };
        if (says)
        {
            schema.Required.Add("domain");
        }

        if (domain == EmbassyDomain.Rwa)
        {
            schema.Properties["kind"] = Text("claim (it moves the inventory; when left out), statement or certificate.");
            schema.Properties["reference"] = Text("The platform's own name of the paper behind it.");
        }

        return schema;
    }

    private static OpenApiSchema Text(string what) => new() { Type = JsonSchemaType.String, Description = what };

    private static OpenApiSchema Batch(string domain) => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string>(StringComparer.Ordinal) { "readings" },
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["readings"] = new OpenApiSchema { Type = JsonSchemaType.Array, MinItems = 1, MaxItems = 1000, Items = Reading(domain) },
        },
    };
}
