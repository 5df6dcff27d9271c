using System.Globalization;
using Daarion.Core.Kernel;
using Daarion.Server.Settings;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Daarion.Server.Gateway.OpenApi;

/// <summary>What all operations of a listener share: where it is, who may come in, the form of failures.</summary>
internal sealed class DocumentDescription(Listener listener, CitySettings settings, AreaTags tags) : IOpenApiDocumentTransformer
{
    public async Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var isPublic = listener == Listener.Public;
        document.Info = new OpenApiInfo
        {
            Title = isPublic ? "Daarion" : "Daarion, internal",
            Version = typeof(DocumentDescription).Assembly.GetName().Version?.ToString(3) ?? "0",
            Description = isPublic
                ? "What people's programs and outside platforms call. Failures are problem details (RFC 9457); lists are paged by cursor; a POST may carry an idempotency key; resources with a version carry an ETag."
                : "What sibling services and operators' scripts call, with an access token of a service key. Not reachable on the public listener.",
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
            Contact = new OpenApiContact { Name = "The city's operators", Url = settings.PublicUrl },
        };
        document.Servers = [new OpenApiServer { Url = (isPublic ? settings.PublicUrl : settings.InternalListen).GetLeftPart(UriPartial.Authority) }];
        document.Components ??= new OpenApiComponents();
        Schemes(document.Components, isPublic);
        Parameters(document.Components);
        document.AddComponent("Problem", await context.GetOrCreateSchemaAsync(typeof(Problem), null, cancellationToken));
        document.Components.Responses ??= new Dictionary<string, IOpenApiResponse>(StringComparer.Ordinal);
        foreach (var code in Enum.GetValues<ErrorCode>())
        {
            document.Components.Responses[Words.Of(code)] = Response(document, code);
        }

        RemoveUnused(document);
        OperationIds.MakeUnique(document);
        document.Tags = new HashSet<OpenApiTag>(tags.Of(document));
    }

    private void Schemes(OpenApiComponents components, bool isPublic)
    {
        components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [isPublic ? OperationDescription.Session : OperationDescription.ServiceKey] = isPublic
                ? new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.ApiKey,
                    In = ParameterLocation.Cookie,
                    Name = settings.PublicUrl.Scheme == Uri.UriSchemeHttps ? "__Host-daarion" : "daarion",
                    Description = "The session of a person who signed in.",
                }
                : new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.OAuth2,
                    Description = "A service key: client_id and client_secret give an access token of ten minutes.",
                    Flows = new OpenApiOAuthFlows
                    {
                        ClientCredentials = new OpenApiOAuthFlow { TokenUrl = new Uri(settings.PublicUrl, "/connect/token"), Scopes = new Dictionary<string, string>(StringComparer.Ordinal) },
                    },
                },
        };
        if (isPublic)
        {
            components.SecuritySchemes[OperationDescription.AccessKey] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "ak_<id>.<secret>",
                Description = "An access key: it reaches one team, with what it was given and within what its owner may. The capability of each operation is its x-daarion-capability.",
            };
            components.SecuritySchemes[OperationDescription.PlatformSignature] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = "X-Signature",
                Description = "A platform signs the bytes of its delivery with its secret, in one of the two ways that the operation describes.",
            };
        }
    }

    private static void RemoveUnused(OpenApiDocument document)
    {
        var operations = document.Paths.Values.SelectMany(path => path.Operations ?? []).Select(pair => pair.Value).ToList();
        var parameters = operations.SelectMany(operation => operation.Parameters ?? []).OfType<OpenApiParameterReference>().Select(reference => reference.Reference.Id).ToHashSet(StringComparer.Ordinal);
        var responses = operations.SelectMany(operation => operation.Responses ?? []).Select(pair => pair.Value).OfType<OpenApiResponseReference>().Select(reference => reference.Reference.Id).ToHashSet(StringComparer.Ordinal);
        Remove(document.Components!.Parameters!, parameters);
        Remove(document.Components!.Responses!, responses);

        static void Remove<T>(IDictionary<string, T> all, HashSet<string?> used)
        {
            foreach (var name in all.Keys.Where(name => !used.Contains(name)).ToList())
            {
                all.Remove(name);
            }
        }
    }

    private static void Parameters(OpenApiComponents components) => components.Parameters = new Dictionary<string, IOpenApiParameter>(StringComparer.Ordinal)
    {
        ["idempotency_key"] = Header("Idempotency-Key", "Any text of up to 255 characters: a repeat of the same request within 24 hours gives the first answer again, with `Idempotency-Replayed: true`.", 255),
        ["if_match"] = Header("If-Match", "The `ETag` of the version the change is meant for; a stale one is `conflict`.", 64),
        ["subject"] = Header("Daarion-Subject", "The person the key acts for, `u_…`; the key needs the capability `service.act_as`.", 28),
    };

    private static OpenApiParameter Header(string name, string description, int maxLength) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = maxLength },
    };

    private static OpenApiResponse Response(OpenApiDocument document, ErrorCode code)
    {
        var response = new OpenApiResponse
        {
            Description = Problems.TitleOf(code) + ".",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [Problems.ContentType] = new() { Schema = new OpenApiSchemaReference("Problem", document) } },
        };
        if (code is ErrorCode.RateLimited or ErrorCode.Unavailable)
        {
            response.Headers = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)
            {
                ["Retry-After"] = new OpenApiHeader { Description = "Seconds to wait.", Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = 1.ToString(CultureInfo.InvariantCulture) } },
            };
        }

        return response;
    }
}

/// <summary>The areas of the API, with what the contract behind each says of itself.</summary>
internal sealed class AreaTags(ContractDocs docs)
{
    public IEnumerable<OpenApiTag> Of(OpenApiDocument document)
    {
        var contracts = typeof(Caller).Assembly.GetTypes()
            .Where(type => type.IsInterface && type.Name.EndsWith("Service", StringComparison.Ordinal))
            .ToDictionary(type => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(type.Name[1..^"Service".Length]), docs.Summary, StringComparer.Ordinal);
        return document.Paths.Values
            .SelectMany(path => path.Operations ?? [])
            .Select(pair => pair.Value)
            .SelectMany(operation => operation.Tags ?? new HashSet<OpenApiTagReference>())
            .Select(tag => tag.Reference.Id!)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select(name => new OpenApiTag { Name = name, Description = contracts.GetValueOrDefault(name) ?? $"Operations of {name.Replace('_', ' ')}." });
    }
}
