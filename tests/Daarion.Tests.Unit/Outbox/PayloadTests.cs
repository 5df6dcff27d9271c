using System.Text.Json;
using Daarion.Core;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Outbox;
using Daarion.Core.Policy;
using Daarion.Core.Rwa;
using Daarion.Core.Teams;

namespace Daarion.Tests.Unit.Outbox;

public sealed class PayloadTests
{
    private static readonly EventCatalogue Catalogue = new(CityModules.All);

    [Fact]
    public void A_payload_that_does_not_match_its_schema_is_not_even_written()
    {
        var writer = new EventWriter(new Operation(), Catalogue, new OutboxPressure(), TimeProvider.System);
        var payload = new RwaInventoryUpdated(default, default, null!, "site", default, default, "kwh", default, default, default, default, null);

        Assert.ThrowsAny<JsonException>(() => writer.Write(payload, "key", null, null));
    }

    [Fact]
    public void A_payload_without_one_of_its_identifiers_is_not_even_written()
    {
        var writer = new EventWriter(new Operation(), Catalogue, new OutboxPressure(), TimeProvider.System);

        Assert.ThrowsAny<JsonException>(() => writer.Write(new TeamMemberLeft(TeamId.New(TimeProvider.System.GetUtcNow()), default, TeamRole.Member, null), "key", null, null));
    }

    [Fact]
    public void A_record_that_is_in_no_catalogue_cannot_be_published()
    {
        var writer = new EventWriter(new Operation(), Catalogue, new OutboxPressure(), TimeProvider.System);

        Assert.Throws<InvalidOperationException>(() => writer.Write("not an event", "key", null, null));
    }

    [Fact]
    public void Every_event_has_a_schema_that_names_it_and_says_which_fields_must_be_there() =>
        Assert.All(Catalogue.Events, e =>
        {
            var schema = PayloadSchemas.Of(e);

            Assert.Equal(e.Type, schema.GetProperty("title").GetString());
            Assert.Equal(
                e.Payload.GetConstructors().Single().GetParameters().Where(field => !field.HasDefaultValue).Select(field => JsonNamingPolicy.SnakeCaseLower.ConvertName(field.Name!)).Order(StringComparer.Ordinal),
                schema.GetProperty("required").EnumerateArray().Select(field => field.GetString()).Order(StringComparer.Ordinal));
        });
}
