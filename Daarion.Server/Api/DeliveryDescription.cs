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

    public static void Describe(OpenApiOperation operation, OpenApiDocument? document)
    {
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
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { ["application/json"] = new() { Schema = new OpenApiSchema { OneOf = [Reading(), Batch()] } } },
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

    private static OpenApiSchema Reading() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string>(StringComparer.Ordinal) { "site_id", "value", "unit", "ts" },
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["domain"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "energy; it may be left out here." },
            ["site_id"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The platform's own name of the site." },
            ["value"] = new OpenApiSchema
            {
                OneOf = [new OpenApiSchema { Type = JsonSchemaType.String }, new OpenApiSchema { Type = JsonSchemaType.Number }],
                Description = "What the counter shows, at most 9 decimals; a text keeps every digit.",
            },
            ["unit"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "wh, kwh, mwh or gj." },
            ["ts"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time", Description = "When it was read." },
            ["reading_id"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The platform's own name of the reading; a repeated one is a duplicate." },
        },
    };

    private static OpenApiSchema Batch() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string>(StringComparer.Ordinal) { "readings" },
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["readings"] = new OpenApiSchema { Type = JsonSchemaType.Array, MinItems = 1, MaxItems = 1000, Items = Reading() },
        },
    };
}
