using System.Reflection;
using System.Text.Json;
using Daarion.Core;
using Daarion.Core.Kernel;
using Daarion.Tests.Architecture.Reading;

namespace Daarion.Tests.Architecture;

/// <summary>Contracts have one shape, so that a bus can carry them, and the classes behind them are entered through nothing else.</summary>
public class ContractTests
{
    public static TheoryData<Type> Contracts => [.. City.Contracts];

    [Fact]
    public void Every_service_has_a_contract() => Rule.Holds(
        CityModules.All.Select(module => module.Service).Except(City.Contracts.Select(contract => City.ServiceOf(contract.Namespace) ?? string.Empty), StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Contracts))]
    public void An_operation_takes_its_caller_and_one_request_and_answers_later(Type contract) => Assert.All(contract.GetMethods(), method =>
    {
        var parameters = method.GetParameters();
        Assert.Equal(3, parameters.Length);
        Assert.Equal(typeof(Caller), parameters[0].ParameterType);
        Assert.Equal(typeof(CancellationToken), parameters[2].ParameterType);
        Assert.True(method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == typeof(Task<>), $"{contract.Name}.{method.Name} answers with {method.ReturnType.Name}");
    });

    [Theory]
    [MemberData(nameof(Contracts))]
    public void What_an_operation_takes_and_answers_can_travel(Type contract)
    {
        var travelling = contract.GetMethods().SelectMany(method => (Type[])[method.GetParameters()[1].ParameterType, method.ReturnType.GetGenericArguments()[0]]);

        Assert.All(City.Closure(travelling).Where(type => type is { IsClass: true, IsAbstract: false } && !type.IsAssignableTo(typeof(IIdKind))), type =>
        {
            Assert.True(type.IsPublic || type.IsNestedPublic, $"{type} is not public");
            Assert.True(IsRecord(type), $"{type} is no record");
            Assert.NotNull(CityJson.Options.GetTypeInfo(type));
        });
    }

    [Theory]
    [MemberData(nameof(Contracts))]
    public void The_class_behind_a_contract_is_nobody_elses(Type contract) => Assert.All(
        City.Core.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(contract)),
        type => Assert.False(type.IsPublic, $"{type} is public"));

    [Fact]
    public void Every_operation_has_a_comment_that_names_its_capability_or_its_proof()
    {
        var comments = System.Xml.Linq.XDocument.Load(Path.ChangeExtension(City.Core.Location, ".xml")).Descendants("member")
            .GroupBy(member => member.Attribute("name")!.Value.Split('(')[0], StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => string.Concat(group.First().Elements()), StringComparer.Ordinal);

        var silent = City.Contracts
            .SelectMany(contract => contract.GetMethods())
            .Where(method => !comments.TryGetValue($"M:{method.DeclaringType!.FullName}.{method.Name}", out var comment) || string.IsNullOrWhiteSpace(comment))
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name}");

        Rule.Holds(silent);
    }

    [Fact]
    public void Each_capability_is_declared_by_one_service()
    {
        // The roles matrix of access.md repeats what the services own: it is the table that people check.
        var twice = CityModules.All.Where(module => module.Service != ServiceName.Capabilities).SelectMany(module => module.Capabilities).GroupBy(capability => capability.Code, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key);

        Rule.Holds(twice);
    }

    [Fact]
    public void A_bundle_that_holds_a_capability_exists()
    {
        var unknown = CityModules.All
            .SelectMany(module => module.Capabilities)
            .SelectMany(capability => capability.HeldBy.Select(bundle => (capability.Code, Bundle: bundle.Split(':', '@')[0])))
            .Where(pair => !IsBundle(pair.Bundle))
            .Select(pair => $"{pair.Code} is held by {pair.Bundle}");

        Rule.Holds(unknown);
    }

    private static bool IsBundle(string name) => name.Split('.') switch
    {
        ["role", "Owner" or "Guardian" or "Member" or "Visitor"] => true,
        ["city", "Owner" or "Guardian" or "Member"] => true,
        ["service", "default"] => true,
        ["service", var service] => ServiceName.All.Contains(service, StringComparer.Ordinal),
        ["platform", _] => true,
        ["plan", _] or ["agent", _] or ["integration", _] => true,
        _ => false,
    };

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance) is not null || type == typeof(JsonElement);
}
