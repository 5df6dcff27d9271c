using Daarion.Core.Kernel;

namespace Daarion.Server.Gateway.OpenApi;

/// <summary>Names of schemas as the code's own aliases have them: <c>TeamId</c>, <c>PayoutPage</c>.</summary>
internal static class SchemaNames
{
    public static string? Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (!type.IsGenericType)
        {
            return null;
        }

        var argument = type.GetGenericArguments()[0];
        var definition = type.GetGenericTypeDefinition();
        return definition == typeof(Id<>) ? argument.Name[..^"Kind".Length] + "Id" : definition == typeof(Page<>) ? $"{argument.Name}Page" : null;
    }
}
