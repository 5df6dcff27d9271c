using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Daarion.Core.Kernel;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Daarion.Server.Gateway.OpenApi;

/// <summary>Describes an operation by the contract behind it: id, words, parameters and body out of the request record, capability, errors, security.</summary>
internal sealed class OperationDescription(ContractDocs docs) : IOpenApiOperationTransformer
{
    public const string Session = "session";
    public const string ServiceKey = "service_key";
    public const string AccessKey = "access_key";
    public const string PlatformSignature = "platform_signature";
    private const string ExpectedVersion = "expected_version";

    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var handler = metadata.OfType<MethodInfo>().FirstOrDefault();
        var listener = metadata.OfType<ListenerMetadata>().LastOrDefault()?.Listener;
        var request = handler?.GetParameters().Select(RequestOf).FirstOrDefault(type => type is not null);
        var contract = ContractOf(handler, request);
        var method = context.Description.HttpMethod ?? "GET";
        Name(operation, context, handler, contract);
        if (request is not null)
        {
            await Request(operation, context, request, method, cancellationToken);
        }

        Headers(operation, context, method, listener, request);
        Security(operation, context, metadata, listener);
        if (metadata.OfType<OwnDescriptionMetadata>().SingleOrDefault() is { } own)
        {
            own.Describe(operation, context.Document);
            Fails(operation, context, own.Failures);
        }
        else
        {
            Errors(operation, context, metadata, method, request);
        }
    }

    private void Name(OpenApiOperation operation, OpenApiOperationTransformerContext context, MethodInfo? handler, MethodInfo? contract)
    {
        var path = context.Description.RelativePath ?? string.Empty;
        var area = contract is not null
            ? JsonNamingPolicy.SnakeCaseLower.ConvertName(contract.DeclaringType!.Name[1..].Replace("Service", string.Empty, StringComparison.Ordinal))
            : path.Split('/') is ["api" or "internal", _, var third, ..] ? third : path.Split('/')[0];
        operation.Tags = new HashSet<OpenApiTagReference> { new(area, context.Document) };
        operation.OperationId = OperationIds.Of(area, contract ?? handler, context.Description);
        if (contract is not null && docs.Summary(contract) is { } summary)
        {
            operation.Summary = ContractDocs.FirstSentence(summary);
            operation.Description = summary;
        }

        operation.Summary ??= JsonNamingPolicy.SnakeCaseLower.ConvertName(handler?.Name ?? path).Replace('_', ' ');
        operation.Description ??= operation.Summary;
    }

    private static async Task Request(OpenApiOperation operation, OpenApiOperationTransformerContext context, Type request, string method, CancellationToken ct)
    {
        var schema = await context.GetOrCreateSchemaAsync(request, null, ct);
        var members = schema.Properties ?? new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        var inRoute = context.Description.RelativePath!.Split('{').Skip(1).Select(part => part[..part.IndexOfAny(['}', ':'])]).ToHashSet(StringComparer.Ordinal);
        operation.Parameters ??= [];
        operation.Parameters = [.. operation.Parameters.Where(parameter => parameter.In != ParameterLocation.Path || parameter.Name is null || !inRoute.Contains(parameter.Name))];
        foreach (var name in inRoute.Where(members.ContainsKey))
        {
            operation.Parameters.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Path, Required = true, Schema = NotNull(members[name]), Description = members[name].Description });
        }

        var rest = members.Where(member => !inRoute.Contains(member.Key) && member.Key != ExpectedVersion).ToList();
        if (!InputReader.TakesBody(method))
        {
            await Query(operation, context, request, schema, rest, ct);
        }
        else if (rest.Count > 0)
        {
            var body = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = schema.Description,
                Properties = rest.ToDictionary(member => member.Key, member => member.Value, StringComparer.Ordinal),
                Required = schema.Required?.Where(name => rest.Exists(member => member.Key == name)).ToHashSet(StringComparer.Ordinal),
                AdditionalPropertiesAllowed = false,
            };
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = body.Required?.Count > 0,
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { ["application/json"] = new() { Schema = body } },
            };
        }
    }

    private static async Task Query(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, Type request, OpenApiSchema schema, List<KeyValuePair<string, IOpenApiSchema>> members, CancellationToken ct)
    {
        var types = CityJson.Options.GetTypeInfo(request).Properties.ToDictionary(property => property.Name, property => property.PropertyType, StringComparer.Ordinal);
        foreach (var (name, member) in members)
        {
            if (types[name] == typeof(PageRequest))
            {
                foreach (var (part, partSchema) in (await context.GetOrCreateSchemaAsync(typeof(PageRequest), null, ct)).Properties!)
                {
                    operation.Parameters!.Add(new OpenApiParameter { Name = part, In = ParameterLocation.Query, Schema = NotNull(partSchema), Description = partSchema.Description });
                }

                continue;
            }

            operation.Parameters!.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Query, Required = schema.Required?.Contains(name) == true, Schema = NotNull(member), Description = member.Description });
        }
    }

    // What is in an address is there or is not; it is never null.
    private static IOpenApiSchema NotNull(IOpenApiSchema schema)
    {
        var copy = schema.CreateShallowCopy();
        if (copy is OpenApiSchema { Type: { } type } own)
        {
            own.Type = type & ~JsonSchemaType.Null;
            own.Enum = own.Enum is { } values ? [.. values.Where(value => value is not null)] : null;
        }

        return copy;
    }

    private static void Headers(OpenApiOperation operation, OpenApiOperationTransformerContext context, string method, Listener? listener, Type? request)
    {
        operation.Parameters ??= [];
        var isOperation = context.Description.RelativePath is { } path && (path.StartsWith("api/", StringComparison.Ordinal) || path.StartsWith("internal/", StringComparison.Ordinal));
        if (method == "POST" && isOperation)
        {
            operation.Parameters.Add(new OpenApiParameterReference("idempotency_key", context.Document));
        }

        if (request is not null && CityJson.Options.GetTypeInfo(request).Properties.Any(property => property.Name == ExpectedVersion))
        {
            operation.Parameters.Add(new OpenApiParameterReference("if_match", context.Document));
        }

        if (listener == Listener.Internal && isOperation)
        {
            operation.Parameters.Add(new OpenApiParameterReference("subject", context.Document));
        }
    }

    private static void Security(OpenApiOperation operation, OpenApiOperationTransformerContext context, IList<object> metadata, Listener? listener)
    {
        var capability = metadata.OfType<CapabilityMetadata>().LastOrDefault()?.Capability;
        if (capability is not null)
        {
            operation.Extensions ??= new Dictionary<string, IOpenApiExtension>(StringComparer.Ordinal);
            operation.Extensions["x-daarion-capability"] = new JsonNodeExtension(JsonValue.Create(capability));
        }

        var isOpen = metadata.OfType<VisitorMetadata>().Any() || metadata.OfType<UnmeteredMetadata>().Any();
        var isApi = context.Description.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
        string[] schemes = listener == Listener.Internal ? [ServiceKey] : isApi ? [Session, AccessKey] : [Session];
        operation.Security = isOpen ? [] : [.. schemes.Select(scheme => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [] })];
    }

    private static void Fails(OpenApiOperation operation, OpenApiOperationTransformerContext context, IEnumerable<ErrorCode> codes)
    {
        operation.Responses ??= [];
        foreach (var code in codes.OrderBy(Problems.StatusOf))
        {
            operation.Responses.TryAdd(Problems.StatusOf(code).ToString(System.Globalization.CultureInfo.InvariantCulture), new OpenApiResponseReference(Words.Of(code), context.Document));
        }
    }

    private static void Errors(OpenApiOperation operation, OpenApiOperationTransformerContext context, IList<object> metadata, string method, Type? request)
    {
        operation.Responses ??= [];
        if (metadata.OfType<UnmeteredMetadata>().Any())
        {
            return;
        }

        var codes = new List<ErrorCode> { ErrorCode.RateLimited, ErrorCode.InternalError, ErrorCode.Unavailable };
        codes.AddRange(metadata.OfType<VisitorMetadata>().Any() ? [ErrorCode.Unauthenticated] : [ErrorCode.Unauthenticated, ErrorCode.Forbidden]);
        if (request is not null)
        {
            codes.AddRange([ErrorCode.InvalidPayload, ErrorCode.NotFound]);
        }

        if (InputReader.TakesBody(method) || method == "DELETE")
        {
            codes.Add(ErrorCode.Conflict);
        }

        if (InputReader.TakesBody(method))
        {
            codes.AddRange([ErrorCode.PayloadTooLarge, ErrorCode.UnsupportedMediaType]);
            if (method == "POST")
            {
                codes.Add(ErrorCode.IdempotencyMismatch);
            }
        }

        Fails(operation, context, codes);
    }

    private static Type? RequestOf(ParameterInfo parameter) =>
        parameter.ParameterType.IsGenericType && parameter.ParameterType.GetGenericTypeDefinition() == typeof(Input<>) ? parameter.ParameterType.GetGenericArguments()[0] : null;

    private static MethodInfo? ContractOf(MethodInfo? handler, Type? request)
    {
        var methods = handler?.GetParameters()
            .Select(parameter => parameter.ParameterType)
            .Where(type => type is { IsInterface: true, Namespace: not null } && type.Namespace.StartsWith("Daarion.Core", StringComparison.Ordinal))
            .SelectMany(type => type.GetMethods())
            .Where(method => method.GetParameters() is [{ ParameterType: var caller }, ..] && caller == typeof(Caller))
            .ToList() ?? [];
        var sameRequest = methods.Where(method => method.GetParameters()[1].ParameterType == request).ToList();
        return sameRequest.Find(method => method.Name == handler!.Name)
            ?? sameRequest.Find(method => method.Name.StartsWith(handler!.Name, StringComparison.Ordinal))
            ?? (sameRequest is [var only] ? only : methods.Find(method => method.Name.StartsWith(handler!.Name, StringComparison.Ordinal)));
    }
}
