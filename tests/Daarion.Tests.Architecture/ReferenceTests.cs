using ArchUnitNET.Domain;
using Daarion.Core.Kernel;
using Daarion.Tests.Architecture.Reading;

namespace Daarion.Tests.Architecture;

/// <summary>References point one way, and a service enters another only through its contract (architecture: the tree, who may call whom).</summary>
public class ReferenceTests
{
    /// <summary>Single types of a room that others may name, each with its reason.</summary>
    private static readonly string[] Common =
    [
        "Daarion.Core.Embassies.ReadingIds", // how a reading's id is made: part of the event's meaning
        "Daarion.Core.Embassies.PlatformRules", // how a platform is written: part of the event's meaning
        "Daarion.Core.Outbox.OutboxPressure", // whoever writes events minds how many wait
    ];

    [Theory]
    [InlineData("Microsoft.AspNetCore")]
    [InlineData("MudBlazor")]
    [InlineData("NATS.")]
    [InlineData("MailKit")]
    [InlineData("System.Diagnostics.Process")]
    [InlineData("Daarion.Server")]
    [InlineData("Daarion.UI")]
    public void The_core_knows_nothing_of_the_building(string forbidden) => Rule.Holds(
        DependenciesOf("Daarion.Core").Where(one => Begins(one.Target, forbidden)).Select(Say));

    [Theory]
    [InlineData("Microsoft.EntityFrameworkCore")]
    [InlineData("Npgsql")]
    [InlineData("NATS.")]
    [InlineData("System.Net.Http")]
    [InlineData("System.Data")]
    [InlineData("Daarion.Core.Data")]
    [InlineData("Daarion.Server")]
    public void The_console_has_no_database_and_no_HTTP(string forbidden) => Rule.Holds(
        DependenciesOf("Daarion.UI").Where(one => Begins(one.Target, forbidden)).Select(Say));

    [Theory]
    [InlineData("Daarion.Core.Kernel")]
    [InlineData("Daarion.Core.Data")]
    [InlineData("Daarion.Core.Events")]
    [InlineData("Daarion.Core.Policy")]
    public void What_all_may_use_knows_no_service(string ground) => Rule.Holds(
        DependenciesOf(ground).Where(one => !Common.Contains(one.Target.FullName, StringComparer.Ordinal)).Where(one => City.ServiceOf(one.Target.Namespace?.FullName) is not null).Select(Say));

    [Fact]
    public void A_service_enters_another_only_through_its_contract_and_only_along_the_call_list()
    {
        var payloads = City.Closure(Core.CityModules.All.SelectMany(module => module.Events).Select(e => e.Payload)).Select(type => type.FullName).ToHashSet(StringComparer.Ordinal);
        var contracts = City.Contracts
            .Where(contract => City.ServiceOf(contract.Namespace) is not null)
            .GroupBy(contract => City.ServiceOf(contract.Namespace)!, StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key,
                group => City.Closure(group.Concat(group.SelectMany(contract => contract.GetMethods()).SelectMany(method => method.GetParameters().Select(p => p.ParameterType).Append(method.ReturnType))))
                    .Select(type => type.FullName).ToHashSet(StringComparer.Ordinal),
                StringComparer.Ordinal);

        var trespasses =
            from one in DependenciesOf("Daarion.Core")
            let @from = City.ServiceOf(one.Origin.Namespace?.FullName)
            let to = City.ServiceOf(one.Target.Namespace?.FullName)
            where @from is not null && to is not null && @from != to
            where !payloads.Contains(Plain(one.Target.FullName)) && !Common.Contains(one.Target.FullName, StringComparer.Ordinal)
            where !(contracts.TryGetValue(to, out var open) && open.Contains(Plain(one.Target.FullName)) && CallList.Allows(@from, to))
            select $"{@from} → {to}: {Say(one)}";

        Rule.Holds(trespasses.Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public void The_call_list_names_only_services() => Rule.Holds(
        CallList.Direct.SelectMany(pair => (string[])[pair.From, pair.To]).Concat(CallList.ForEveryone).Except(ServiceName.All, StringComparer.Ordinal));

    private static IEnumerable<(IType Origin, IType Target)> DependenciesOf(string @namespace) =>
        City.Architecture.Types
            .Where(type => Begins(type, @namespace + ".") || type.Namespace?.FullName == @namespace)
            .SelectMany(type => type.Dependencies.Where(dependency => dependency.Target is not GenericParameter).Select(dependency => (dependency.Origin, dependency.Target)))
            .Distinct();

    private static bool Begins(IType type, string prefix) => type.FullName.StartsWith(prefix, StringComparison.Ordinal);

    private static string Plain(string name) => name.Contains('<', StringComparison.Ordinal) ? name[..name.IndexOf('<', StringComparison.Ordinal)] : name;

    private static string Say((IType Origin, IType Target) one) => $"{one.Origin.FullName} uses {one.Target.FullName}";
}
