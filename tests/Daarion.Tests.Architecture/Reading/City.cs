using System.Reflection;
using ArchUnitNET.Loader;
using Daarion.Core;
using Daarion.Core.Kernel;
using Daarion.Server;
using Daarion.UI;
using Microsoft.Extensions.DependencyInjection;
using Type = System.Type;

namespace Daarion.Tests.Architecture.Reading;

/// <summary>The city's code, as the rules look at it.</summary>
internal static class City
{
    public static readonly Assembly Core = typeof(CityModules).Assembly;

    public static readonly Assembly Server = typeof(CityHost).Assembly;

    public static readonly Assembly Ui = typeof(IConsoleSession).Assembly;

    /// <summary>Types and what each depends on.</summary>
    public static readonly ArchUnitNET.Domain.Architecture Architecture = new ArchLoader().LoadAssemblies(Core, Server, Ui).Build();

    /// <summary>The namespace of each service's room.</summary>
    public static readonly IReadOnlyDictionary<string, string> RoomOf =
        CityModules.All.ToDictionary(module => module.Service, module => module.GetType().Namespace!, StringComparer.Ordinal);

    /// <summary>The interfaces that stand behind a proxy that opens an operation.</summary>
    public static readonly IReadOnlyList<Type> Contracts =
    [
        .. new ServiceCollection().AddCity()
            .Where(service => service is { IsKeyedService: false, Lifetime: ServiceLifetime.Singleton, ImplementationFactory: not null, ServiceType.IsInterface: true }
                && service.ServiceType.Assembly == Core
                && service.ServiceType.GetMethods() is { Length: > 0 } methods && Array.TrueForAll(methods, IsOperation))
            .Select(service => service.ServiceType)
            .Distinct(),
    ];

    /// <summary>The service whose room a type is in; null for what all may use.</summary>
    public static string? ServiceOf(string? @namespace) => RoomOf
        .Where(room => @namespace is not null && (@namespace == room.Value || @namespace.StartsWith(room.Value + ".", StringComparison.Ordinal)))
        .Select(room => room.Key)
        .FirstOrDefault();

    /// <summary>All types that a type is made of: what travels when it travels.</summary>
    public static IReadOnlySet<Type> Closure(IEnumerable<Type> types)
    {
        var seen = new HashSet<Type>();
        var open = new Stack<Type>(types);
        while (open.TryPop(out var type))
        {
            type = type.IsArray ? type.GetElementType()! : type;
            if (type.IsGenericType)
            {
                foreach (var argument in type.GetGenericArguments())
                {
                    open.Push(argument);
                }
            }

            if (type.Assembly != Core || !seen.Add(type))
            {
                continue;
            }

            foreach (var property in type.GetProperties())
            {
                open.Push(property.PropertyType);
            }
        }

        return seen;
    }

    private static bool IsOperation(MethodInfo method) => method.GetParameters() is [{ ParameterType: var first }, ..] && first == typeof(Caller) && method.ReturnType.IsGenericType;
}
