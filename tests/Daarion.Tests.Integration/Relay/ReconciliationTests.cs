using Daarion.Core.Outbox;
using Daarion.Tests.Integration.Running;
using Microsoft.Extensions.DependencyInjection;
using NATS.Client.JetStream.Models;

namespace Daarion.Tests.Integration.Relay;

[Collection(RelayCollection.Name)]
public sealed class ReconciliationTests(RelayGround ground)
{
    [Fact]
    public async Task What_jetstream_acknowledged_and_lost_is_published_again_and_no_reaction_passes_over_it()
    {
        await using var world = await ground.NewWorld();
        await world.StartCity();
        var events = Enumerable.Range(0, 300).Select(i => new Happening($"key-{i % 20}", (i / 20) + 1)).ToArray();
        var audits = Enumerable.Range(0, 160).Select(i => new Happening($"thing-{i}", 1)).ToArray();
        await world.Append(events[..200]);
        await world.AppendAudit(audits[..100]);
        await world.UntilDrained();
        await world.UntilAudited(100);

        await world.Nats.Stop();
        world.Nats.Keep(RelayWorld.Wallet);
        world.Nats.Keep(RelayWorld.Audit);
        await world.Nats.Start();
        await world.Append(events[200..]);
        await world.AppendAudit(audits[100..150]);
        await world.UntilDrained();
        await world.UntilAudited(150);
        await world.Nats.Kill();
        world.Nats.TakeAwayWhatCameSince(RelayWorld.Wallet);
        world.Nats.TakeAwayWhatCameSince(RelayWorld.Audit);
        await world.Nats.Start();

        await Eventually.True(async () => (await world.Messages()).Count == events.Length, () => "what was lost is on the stream again", TimeSpan.FromSeconds(60));
        await world.AppendAudit(audits[150..]);
        await world.UntilDrained();
        await world.UntilAudited(160);
        RelayWorld.AssertOnceAndInOrder(events, await world.Messages());
        Assert.Equal(audits.Select(e => e.Id).Order(StringComparer.Ordinal), (await world.Messages(RelayWorld.Audit)).Where(e => e.Key.StartsWith("thing-", StringComparison.Ordinal)).Select(e => e.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_stream_that_is_gone_as_a_whole_is_filled_again_from_the_outbox()
    {
        await using var world = await ground.NewWorld();
        await world.StartCity();
        var events = Enumerable.Range(0, 100).Select(i => new Happening($"key-{i % 10}", (i / 10) + 1)).ToArray();
        await world.Append(events);
        await world.UntilDrained();
        Assert.Equal(0, await world.Ask<long>("select count(*) from outbox.outbox where again > 0"));

        await world.Meddle(async streams => await streams.DeleteStreamAsync(RelayWorld.Wallet));
        await world.Nats.Stop();
        await world.Nats.Start();

        await Eventually.Equal(events.Length, () => world.Ask<long>($"select count(*) from outbox.outbox_processed where stream = '{RelayWorld.Wallet}' and again > 0"));
        RelayWorld.AssertOnceAndInOrder(events, await world.Messages());
    }

    [Fact]
    public async Task A_replay_publishes_what_the_stream_does_not_have_even_where_jetstream_still_knows_its_id()
    {
        await using var world = await ground.NewWorld();
        var city = await world.StartCity();
        var outbox = city.GetRequiredService<IOutboxService>();
        var caller = await RelayWorld.Operator(city);
        var events = Enumerable.Range(1, 20).Select(i => new Happening("key", i)).ToArray();
        await world.Append(events);
        await world.UntilDrained();
        await world.Meddle(async streams => await streams.DeleteMessageAsync(RelayWorld.Wallet, new StreamMsgDeleteRequest { Seq = 20 }));
        var now = TimeProvider.System.GetUtcNow();
        var range = new Replay(RelayWorld.Wallet, now.AddHours(-1), now.AddHours(1));

        var looked = await outbox.Replay(caller, range, default);
        Assert.Equal((20, 1, 0), (looked.Compared, looked.Missing, looked.Published));
        Assert.Equal(19, (await world.Messages()).Count);

        var replayed = await outbox.Replay(caller, range with { DryRun = false }, default);
        await world.UntilDrained();

        Assert.Equal((20, 1, 1), (replayed.Compared, replayed.Missing, replayed.Published));
        RelayWorld.AssertOnceAndInOrder(events, await world.Messages());
        Assert.Equal(0, (await outbox.Replay(caller, range, default)).Missing);
    }
}
