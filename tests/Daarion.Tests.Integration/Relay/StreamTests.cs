using System.Text;
using System.Text.Json;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Outbox;
using Daarion.Tests.Integration.Running;
using Microsoft.Extensions.DependencyInjection;
using NATS.Client.Core;
using NATS.Client.JetStream.Models;

namespace Daarion.Tests.Integration.Relay;

/// <summary>Streams, messages and durables as outside readers find them (events §1, §2, §4).</summary>
[Collection(RelayCollection.Name)]
public sealed class StreamTests(RelayGround ground)
{
    private const string Reaction = "telemetry-chain-audit-record-when-audit-event";

    [Fact]
    public async Task Streams_and_durables_are_as_the_catalogue_declares_them()
    {
        await using var world = await ground.NewWorld();
        var catalogue = (await world.StartCity()).GetRequiredService<EventCatalogue>();

        await world.Meddle(async streams =>
        {
            foreach (var declared in catalogue.Streams)
            {
                var stream = (await streams.GetStreamAsync(declared.Name)).Info.Config;

                Assert.Equal(declared.Subjects.Order(StringComparer.Ordinal), stream.Subjects!.Order(StringComparer.Ordinal));
                Assert.Equal(
                    (StreamConfigStorage.File, StreamConfigRetention.Limits, TimeSpan.FromHours(2), declared.MaxAge ?? TimeSpan.Zero, 1),
                    (stream.Storage, stream.Retention, stream.DuplicateWindow, stream.MaxAge, stream.NumReplicas));
            }

            foreach (var declared in catalogue.Consumers.Where(consumer => consumer.IsWanted is null))
            {
                var durable = (await streams.GetConsumerAsync(catalogue.StreamOf(EventCatalogue.DomainOf(declared.Types[0])).Name, declared.Durable)).Info.Config;

                Assert.Equal((ConsumerConfigAckPolicy.Explicit, TimeSpan.FromSeconds(30), -1L), (durable.AckPolicy, durable.AckWait, durable.MaxDeliver));
            }
        });
    }

    [Fact]
    public async Task A_message_carries_its_identity_its_trace_and_the_attributes_of_cloud_events()
    {
        await using var world = await ground.NewWorld();
        var city = await world.StartCity();
        var operatorCaller = await RelayWorld.Operator(city);

        await world.UntilDrained();
        var messages = await city.GetRequiredService<IEventStreamService>().ListMessages(operatorCaller, new MessagesQuery("STREAM_TEAM", 1, 200), default);

        var joined = messages.Items.Last(message => message.Subject == "team.member.joined");
        var envelope = joined.Envelope!.Value;
        var id = envelope.GetProperty("event_id").GetString()!;
        Assert.Equal((id, id, "1.0", "team.member.joined"), (joined.Headers["Nats-Msg-Id"], joined.Headers["ce-id"], joined.Headers["ce-specversion"], joined.Headers["ce-type"]));
        Assert.Equal("/daarion/teams", joined.Headers["ce-source"]);
        Assert.True(Timestamps.TryParse(joined.Headers["ce-time"], out _));
        Assert.Equal(envelope.GetProperty("meta").GetProperty("sequence_key").GetString(), Uri.UnescapeDataString(joined.Headers["ce-subject"]));
        Assert.Equal(envelope.GetProperty("meta").GetProperty("trace_id").GetString(), joined.Headers["traceparent"].Split('-')[1]);
    }

    [Fact]
    public async Task Failures_count_and_not_how_often_a_message_was_brought()
    {
        await using var world = await ground.NewWorld();
        var first = await world.StartCity();
        await world.UntilDrained();
        await world.StopCity(first);
        await world.Execute("alter table telemetry.audit_records add constraint nothing_bad check (target_id not like 'bad%') not valid");
        var bad = new Happening("bad", 1);
        await world.Meddle(async streams =>
        {
            await streams.PublishAsync("audit.event", Encoding.UTF8.GetBytes(Envelope(bad)), headers: new NatsHeaders { ["Nats-Msg-Id"] = bad.Id, ["ce-id"] = bad.Id });
            var durable = await streams.GetConsumerAsync(RelayWorld.Audit, Reaction);
            for (var brought = 0; brought < 15; brought++)
            {
                var message = await durable.NextAsync<byte[]>();
                await message!.NakAsync();
            }
        });

        var city = await world.StartCity();

        var letters = city.GetRequiredService<IOutboxService>();
        var caller = await RelayWorld.Operator(city);
        await Eventually.Equal(1, async () => (await letters.ListDeadLetters(caller, new DeadLetterQuery(Reaction), default)).Items.Count, TimeSpan.FromSeconds(60));
        Assert.Equal(10, (await letters.ListDeadLetters(caller, new DeadLetterQuery(Reaction), default)).Items[0].Attempts);
        Assert.Equal(0, await world.Ask<long>("select count(*) from outbox.reaction_failures"));
    }

    [Fact]
    public async Task What_somebody_else_put_on_a_stream_is_named_by_its_place_and_can_be_given_up()
    {
        await using var world = await ground.NewWorld();
        var city = await world.StartCity();
        var letters = city.GetRequiredService<IOutboxService>();
        var caller = await RelayWorld.Operator(city);

        await world.Meddle(async streams => await streams.PublishAsync("audit.event", "no envelope"u8.ToArray()));

        await Eventually.Equal(1, async () => (await letters.ListDeadLetters(caller, new DeadLetterQuery(Reaction), default)).Items.Count, TimeSpan.FromSeconds(60));
        var letter = (await letters.ListDeadLetters(caller, new DeadLetterQuery(Reaction), default)).Items[0];
        Assert.Equal($"{RelayWorld.Audit}.{letter.StreamSequence}", letter.EventId);
        var discarded = await letters.DiscardDeadLetter(caller, new DiscardDeadLetter(Reaction, letter.EventId, "Nobody knows it."), default);
        Assert.Equal(DeadLetterState.Discarded, discarded.State);
        await Eventually.Equal(1L, () => world.Ask<long>("select count(*) from telemetry.audit_records where action = 'outbox.dead_letter.discarded'"));
    }

    [Fact]
    public async Task A_durable_that_nats_lost_begins_where_the_inbox_reaches_and_one_that_is_not_declared_any_more_goes()
    {
        await using var world = await ground.NewWorld();
        var first = await world.StartCity();
        await world.UntilDrained();
        await world.StopCity(first);
        await world.Execute("insert into outbox.durables (name, stream) values ('telemetry-of-old', 'STREAM_AUDIT')");
        await world.Meddle(async streams =>
        {
            await streams.DeleteConsumerAsync(RelayWorld.Audit, Reaction);
            await streams.CreateOrUpdateConsumerAsync(RelayWorld.Audit, new ConsumerConfig("telemetry-of-old") { DurableName = "telemetry-of-old" });
        });

        var second = await world.StartCity();

        await Eventually.Equal(0L, () => world.Ask<long>("select count(*) from outbox.durables where name = 'telemetry-of-old'"));
        await world.Meddle(async streams =>
        {
            var names = new List<string>();
            await foreach (var consumer in streams.ListConsumersAsync(RelayWorld.Audit))
            {
                names.Add(consumer.Info.Name);
            }

            Assert.DoesNotContain("telemetry-of-old", names);
            var config = (await streams.GetConsumerAsync(RelayWorld.Audit, Reaction)).Info.Config;
            Assert.Equal(ConsumerConfigDeliverPolicy.ByStartTime, config.DeliverPolicy);
            Assert.InRange(TimeProvider.System.GetUtcNow() - config.OptStartTime, TimeSpan.FromDays(118), TimeSpan.FromDays(120));
        });
        await world.StopCity(second);
        await world.StartCity();
        await world.AppendAudit(new Happening("goes-on", 1));
        await world.UntilAudited(1);
    }

    private static string Envelope(Happening e) => JsonSerializer.Serialize(new
    {
        event_id = e.Id,
        ts = "2026-11-14T12:00:00.000Z",
        domain = "audit",
        type = "audit.event",
        version = 1,
        actor = new { id = "service:wallet", kind = "service" },
        payload = new { action = "test.done", target_kind = "thing", target_id = e.Key, team_id = (string?)null, decision_id = (string?)null, details = new Dictionary<string, string>(StringComparer.Ordinal) },
        meta = new { team_id = (string?)null, trace_id = (string?)null, span_id = (string?)null, causation_id = (string?)null, sequence_key = e.Key },
    });
}
