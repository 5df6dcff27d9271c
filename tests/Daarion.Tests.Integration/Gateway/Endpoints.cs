using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Daarion.Core.Kernel;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Tests.Integration.Gateway;

/// <summary>An operation as it is mapped.</summary>
internal sealed record MappedOperation(string Method, string Path, Listener Listener, Type? Request, Type? Answer, string? Capability, bool IsOpen, bool AnswersSecret)
{
    /// <summary>The address with believable values in its route.</summary>
    public string Address(Func<string, string> value) => string.Concat(Path.Split('{').Select((part, i) =>
    {
        var end = part.IndexOf('}', StringComparison.Ordinal);
        return i == 0 ? part : value(part[..end].Split(':')[0]) + part[(end + 1)..];
    }));

    public override string ToString() => $"{Method} {Path}";
}

/// <summary>All operations of a running city, and requests for them.</summary>
internal static class Endpoints
{
    public static IReadOnlyList<MappedOperation> Of(IServiceProvider services) =>
    [
        .. from endpoint in services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
           let mark = endpoint.Metadata.GetMetadata<ListenerMetadata>()
           let handler = endpoint.Metadata.GetMetadata<MethodInfo>()
           where mark is not null && handler is not null && handler.DeclaringType!.Namespace == "Daarion.Server.Api"
           from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
           select new MappedOperation(
               method,
               "/" + endpoint.RoutePattern.RawText!.Trim('/'),
               mark.Listener,
               handler.GetParameters().Select(p => p.ParameterType).FirstOrDefault(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Input<>))?.GetGenericArguments()[0],
               AnswerOf(handler.ReturnType),
               endpoint.Metadata.GetMetadata<CapabilityMetadata>()?.Capability,
               endpoint.Metadata.GetMetadata<VisitorMetadata>() is not null || endpoint.Metadata.GetMetadata<UnmeteredMetadata>() is not null,
               endpoint.Metadata.GetMetadata<SecretAnswerMetadata>() is not null),
    ];

    /// <summary>A request that is valid in form.</summary>
    public static object Sample(Type type) => Samples.Of(type, 0)!;

    /// <summary>The same as JSON, without what the address has.</summary>
    public static JsonObject SampleBody(MappedOperation operation)
    {
        var body = JsonSerializer.SerializeToNode(Sample(operation.Request!), operation.Request!, CityJson.Options)!.AsObject();
        foreach (var name in body.Select(member => member.Key).Where(name => operation.Path.Contains($"{{{name}}}", StringComparison.Ordinal) || name == "expected_version").ToList())
        {
            body.Remove(name);
        }

        return body;
    }

    /// <summary>A believable value of a route's part.</summary>
    public static string RouteValue(MappedOperation operation, string name)
    {
        var member = operation.Request is null ? null : CityJson.Options.GetTypeInfo(operation.Request).Properties.FirstOrDefault(property => property.Name == name);
        return member is null ? "x" : JsonSerializer.SerializeToNode(Samples.Of(member.PropertyType, 0), member.PropertyType, CityJson.Options)?.ToString() ?? "x";
    }

    private static Type? AnswerOf(Type type) => type.IsGenericType ? AnswerOf(type.GetGenericArguments()[0]) : type;
}
