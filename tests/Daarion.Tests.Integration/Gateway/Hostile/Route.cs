using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Daarion.Core.Kernel;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Tests.Integration.Gateway.Hostile;

/// <summary>An address with its method that the city serves, whoever mapped it.</summary>
/// <param name="Method">The method.</param>
/// <param name="Pattern">The address, with its parts in braces.</param>
/// <param name="Listener">Where it exists.</param>
/// <param name="Operation">The operation behind it, where its request is a record.</param>
internal sealed partial record Route(string Method, string Pattern, Listener Listener, MappedOperation? Operation)
{
    // What a person who fills in the form would write, where a sample's "nothing" is refused before anything happens.
    private static readonly Dictionary<string, string> Believable = new(StringComparer.Ordinal)
    {
        ["email"] = "~email~",
        ["platform"] = "~platform~",
        ["client_id"] = "~ak_~",
        ["locale"] = "uk",
        ["stream"] = "STREAM_WALLET",
        ["site_id"] = "A",
        ["owner"] = "~t_~",
        ["code"] = "team.read",
        ["name"] = "~name~",
    };

    /// <summary>True where nothing may change, whatever the answer: the methods that promise so. Protocols of signing in and out use GET for more.</summary>
    public bool IsSafe => Method is "GET" or "HEAD" && !Pattern.StartsWith("/connect/", StringComparison.Ordinal) && !Pattern.StartsWith("/auth/", StringComparison.Ordinal);

    /// <summary>True for the console's pages, which cost the most to make.</summary>
    public bool IsPage { get; init; }

    /// <summary>True where a success ends the session that it came with.</summary>
    public bool EndsSessions => Operation?.Capability == "auth.session.end" || Pattern.Contains("sign-out", StringComparison.Ordinal) || Pattern.EndsWith("/logout", StringComparison.Ordinal);

    /// <summary>True for the console's pages and OpenID Connect, which fail in forms of their own.</summary>
    public bool SpeaksItsOwn => !Pattern.StartsWith("/api/", StringComparison.Ordinal) && !Pattern.StartsWith("/internal/", StringComparison.Ordinal) && !Pattern.StartsWith("/embassy/energy", StringComparison.Ordinal)
        && !Pattern.StartsWith("/pdp/", StringComparison.Ordinal) && !Pattern.StartsWith("/auth/v1/", StringComparison.Ordinal);

    /// <summary>Names a caller could give: in a body, in the query or in the address.</summary>
    public IReadOnlyList<string> Members =>
        Operation?.Request is { } request ? [.. CityJson.Options.GetTypeInfo(request).Properties.Select(property => property.Name)]
        : Pattern == "/embassy/energy" ? ["readings", "site_id", "unit", "value", "ts", "domain", "source", "reading_id"] : [];

    /// <summary>Everything that the city's endpoints serve. A live connection's own addresses are left out: their answers last.</summary>
    public static IReadOnlyList<Route> Of(IServiceProvider services)
    {
        var operations = Endpoints.Of(services).ToDictionary(one => (one.Method, one.Path.TrimEnd('/'), one.Listener));
        return
        [
            .. (from endpoint in services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
                let mark = endpoint.Metadata.GetMetadata<ListenerMetadata>()
                let pattern = "/" + endpoint.RoutePattern.RawText!.Trim('/')
                where mark is not null && !pattern.StartsWith("/_", StringComparison.Ordinal) && endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null
                from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
                orderby pattern, method
                select new Route(method, pattern, mark.Listener, operations.GetValueOrDefault((method, pattern.TrimEnd('/'), mark.Listener))) { IsPage = endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null })
                .DistinctBy(route => (route.Method, route.Pattern, route.Listener)),
        ];
    }

    /// <summary>A body that is valid in form, with names for what there is.</summary>
    public JsonObject Body()
    {
        var body = JsonNode.Parse(Named(Endpoints.SampleBody(Operation!).ToJsonString()))!.AsObject();
        foreach (var (name, value) in Believable)
        {
            if (body[name] is JsonValue old && old.GetValueKind() == JsonValueKind.String && old.GetValue<string>() == "nothing")
            {
                body[name] = value;
            }
        }

        return body;
    }

    /// <summary>A believable value of a part of the address.</summary>
    public string Part(string name)
    {
        var value = Operation is null ? "x" : Named(Endpoints.RouteValue(Operation, name));
        return value is "nothing" && Believable.TryGetValue(name, out var better) ? better : value;
    }

    public override string ToString() => $"{Method} {Pattern}";

    // All sample ids are of one moment and name nothing.
    private static string Named(string text) => SampleId().Replace(text, "~${prefix}~");

    [GeneratedRegex("(?<prefix>[a-z]+_)01[0-9a-z]{24}", RegexOptions.None, 1000)]
    private static partial Regex SampleId();
}
