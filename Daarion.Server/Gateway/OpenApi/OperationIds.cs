using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;

namespace Daarion.Server.Gateway.OpenApi;

/// <summary>Operation ids: the service and the contract's method, as programs generated from the document will call them.</summary>
internal static class OperationIds
{
    public static string Of(string area, MethodInfo? method, ApiDescription description)
    {
        if (method is null)
        {
            var words = $"{description.HttpMethod}_{description.RelativePath}".Replace("{", string.Empty, StringComparison.Ordinal).Replace("}", string.Empty, StringComparison.Ordinal);
            return string.Join('_', words.Split(['/', '-', '.', '_'], StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();
        }

        var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(method.Name);
        // The same operation in another form has the form's name at its end: audit.csv.
        var form = Path.GetExtension(description.RelativePath ?? string.Empty) is { Length: > 1 } extension && !extension.Contains('}', StringComparison.Ordinal) ? $"_{extension[1..]}" : string.Empty;
        return $"{area}_{name}{form}";
    }

    /// <summary>One operation at several addresses: the shortest address has the plain id, the others add theirs.</summary>
    public static void MakeUnique(OpenApiDocument document)
    {
        var all = document.Paths.SelectMany(path => (path.Value.Operations ?? []).Select(operation => (Path: path.Key, Operation: operation.Value)));
        foreach (var same in all.GroupBy(one => one.Operation.OperationId, StringComparer.Ordinal))
        {
            foreach (var (path, operation) in same.OrderBy(one => one.Path.Length).ThenBy(one => one.Path, StringComparer.Ordinal).Skip(1))
            {
                var words = path.Split('/').Skip(3).Where(segment => segment.Length > 0 && segment[0] != '{').Select(segment => segment.Replace('.', '_').Replace('-', '_'));
                operation.OperationId += $"_at_{string.Join('_', words)}";
            }
        }
    }
}
