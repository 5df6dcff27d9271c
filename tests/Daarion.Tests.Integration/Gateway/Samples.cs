using System.Reflection;
using System.Text.Json;
using Daarion.Core.Kernel;
using Daarion.Core.Wallets.Chain;

namespace Daarion.Tests.Integration.Gateway;

/// <summary>Makes request records that are valid in form and name nothing that exists.</summary>
internal static class Samples
{
    private const int MaxDepth = 5;

    public static object? Of(Type type, int depth)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        return inner switch
        {
            _ when depth > MaxDepth => null,
            _ when inner == typeof(string) => "nothing",
            _ when inner == typeof(int) => 1,
            _ when inner == typeof(long) => 1L,
            _ when inner == typeof(bool) => false,
            _ when inner == typeof(double) => 1.0,
            _ when inner == typeof(decimal) => 1m,
            _ when inner == typeof(EvmAddress) => EvmAddress.Of(new byte[20]),
            _ when inner == typeof(Quantity) => Quantity.Parse("1"),
            _ when inner == typeof(DateTimeOffset) => DateTimeOffset.UnixEpoch.AddYears(50),
            _ when inner == typeof(JsonElement) => JsonSerializer.SerializeToElement("nothing"),
            { IsEnum: true } => Enum.GetValues(inner).GetValue(0),
            _ when inner.IsGenericType && inner.GetGenericTypeDefinition() == typeof(Id<>) => inner.GetMethod("New")!.Invoke(null, [DateTimeOffset.UnixEpoch.AddYears(50)]),
            { IsArray: true } => Array.CreateInstance(inner.GetElementType()!, 0),
            _ when inner.IsGenericType && inner.IsAssignableFrom(typeof(Dictionary<,>).MakeGenericType(Two(inner))) => Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(Two(inner))),
            _ when inner.IsGenericType && inner.IsAssignableFrom(inner.GetGenericArguments()[0].MakeArrayType()) => OneItem(inner.GetGenericArguments()[0], depth),
            { IsInterface: true } => null,
            _ => Record(inner, depth),
        };
    }

    private static object Record(Type type, int depth)
    {
        if (type.GetConstructors().Length == 0)
        {
            // A value that is only ever read from its text: somebody's id is one.
            return JsonSerializer.Deserialize($"\"{UserId.New(DateTimeOffset.UnixEpoch.AddYears(50))}\"", type, CityJson.Options)!;
        }

        var constructor = type.GetConstructors().OrderByDescending(one => one.GetParameters().Length).First();
        return constructor.Invoke([.. constructor.GetParameters().Select(parameter => Argument(parameter, depth))]);
    }

    private static object? Argument(ParameterInfo parameter, int depth)
    {
        if (!parameter.HasDefaultValue)
        {
            return Of(parameter.ParameterType, depth + 1);
        }

        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        return parameter.DefaultValue is { } value && type.IsEnum ? Enum.ToObject(type, value) : parameter.DefaultValue ?? (parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null);
    }

    private static Array OneItem(Type item, int depth)
    {
        var array = Array.CreateInstance(item, 1);
        array.SetValue(Of(item, depth + 1), 0);
        return array;
    }

    private static Type[] Two(Type type) => type.GetGenericArguments() is { Length: 2 } two ? two : [typeof(string), typeof(string)];
}
