using Daarion.Core;
using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Tests.Architecture.Reading;
using Mono.Cecil;

namespace Daarion.Tests.Architecture;

/// <summary>A service publishes only in domains of its own, and reacts by classes named as sentences (events: streams and subjects).</summary>
public class EventTests
{
    private static readonly EventCatalogue Catalogue = new(CityModules.All);

    [Fact]
    public void A_domain_has_one_publisher()
    {
        var shared = Catalogue.Events.GroupBy(e => e.Domain, StringComparer.Ordinal)
            .Where(domain => domain.Select(e => e.Service).Distinct(StringComparer.Ordinal).Count() > 1)
            .Select(domain => $"{domain.Key}: {string.Join(", ", domain.Select(e => e.Service).Distinct(StringComparer.Ordinal))}");

        Rule.Holds(shared);
    }

    [Fact]
    public void A_module_declares_only_events_of_its_own_service() => Rule.Holds(
        CityModules.All.SelectMany(module => module.Events.Where(e => e.Service != module.Service).Select(e => $"{module.Service} declares {e.Type}")));

    [Fact]
    public void A_service_publishes_only_its_own_events()
    {
        var publishers = Catalogue.Events.DistinctBy(e => (e.Payload, e.Service)).ToDictionary(e => e.Payload.FullName!, e => e.Service, StringComparer.Ordinal);

        var foreign =
            from call in Calls.OfCore
            where call.To is GenericInstanceMethod
                && (call.Target == $"{typeof(ModuleDbContext).FullName}.{nameof(ModuleDbContext.Publish)}" || call.Target == $"{typeof(EventWriter).FullName}.{nameof(EventWriter.Write)}")
            let payload = ((GenericInstanceMethod)call.To).GenericArguments[0]
            where !payload.IsGenericParameter && payload.FullName != typeof(AuditEvent).FullName
            let service = City.ServiceOf(call.From.Namespace)
            where service is null || !publishers.TryGetValue(payload.FullName, out var owner) || owner != service
            select $"{call.From.FullName} publishes {payload.Name}";

        Rule.Holds(foreign);
    }

    [Fact]
    public void A_reaction_is_named_as_a_sentence() => Assert.All(
        Catalogue.Consumers, consumer => Assert.Matches("^[A-Z][a-z]+[A-Za-z]*When[A-Z][A-Za-z]+$", consumer.Handler.Name));

    [Fact]
    public void A_reaction_lives_in_the_room_of_its_service() => Assert.All(
        Catalogue.Consumers, consumer => Assert.Equal(consumer.Service, City.ServiceOf(consumer.Handler.Namespace)));

    [Fact]
    public void A_payload_carries_no_personal_words()
    {
        string[] personal = ["email", "display_name", "text", "prompt", "secret", "token", "password"];

        var found = Catalogue.Events
            .SelectMany(e => CityJson.Options.GetTypeInfo(e.Payload).Properties.Where(property => personal.Contains(property.Name, StringComparer.Ordinal)).Select(property => $"{e.Type}.{property.Name}"));

        Rule.Holds(found);
    }
}
