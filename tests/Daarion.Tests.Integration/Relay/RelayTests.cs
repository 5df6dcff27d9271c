using Daarion.Core.Kernel;
using Daarion.Core.Outbox;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Tests.Integration.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Tests.Integration.Relay;

[Collection(RelayCollection.Name)]
public sealed class RelayTests(RelayGround ground)
{
    [Fact]
    public async Task An_event_that_is_committed_after_a_younger_one_is_not_passed_over()
    {
        await using var world = await ground.NewWorld();
        await world.StartCity();
        var (late, early) = (new Happening("late", 1), new Happening("early", 1));
        await using var connection = await world.Open();
        await using var transaction = await connection.BeginTransactionAsync();
        await RelayWorld.Append(connection, late);
        await world.Append(early);
        await Eventually.True(async () => await world.Processed() == 1, () => $"the early one is published\n{world.Log}");

        await transaction.CommitAsync();

        await world.UntilDrained();
        Assert.Equal([early.Id, late.Id], (await world.Messages()).Select(message => message.Id));
    }

    [Fact]
    public async Task Events_wait_while_nats_is_away_and_reach_their_stream_when_it_is_back()
    {
        await using var world = await ground.NewWorld();
        var city = await world.StartCity();
        var operatorCaller = await RelayWorld.Operator(city);
        var events = Enumerable.Range(0, 600).Select(i => new Happening($"key-{i % 40}", (i / 40) + 1)).ToArray();
        await world.Append(events[..200]);
        await Eventually.Equal(200, () => world.Processed());

        await world.Nats.Kill();
        foreach (var some in events[200..].Chunk(100))
        {
            await world.Append(some);
        }

        var stats = await city.GetRequiredService<IOutboxService>().GetStats(operatorCaller, new OutboxStatsRequest(), default);
        Assert.True(stats.Unprocessed >= 400, $"{stats.Unprocessed} wait");
        Assert.Equal(0, stats.Dead);

        await world.Nats.Start();
        await world.UntilDrained();
        RelayWorld.AssertOnceAndInOrder(events, await world.Messages());
    }

    [Fact]
    public async Task While_too_many_events_wait_requests_that_can_come_again_are_asked_to_and_the_others_go_on()
    {
        await using var world = await ground.NewWorld();
        var city = await world.StartCity();
        var @operator = await RelayWorld.Operator(city);
        await world.UntilDrained();
        await world.Nats.Kill();
        await world.Execute("""
            select outbox.append(array_agg('evt_' || n), array_agg('STREAM_WALLET'::text), array_agg('wallet.tx.sent'::text), array_agg('key-' || n % 500), array_agg('{}'::json), array_agg(null::text))
            from generate_series(1, 100100) as n
            """);

        var refusal = default(CityException);
        await Eventually.True(
            async () =>
            {
                refusal = await Record.ExceptionAsync(() => city.GetRequiredService<ITeamService>().Create(@operator, new CreateTeam($"Сад {Guid.NewGuid():N}", TeamMode.Public), default)) as CityException;
                return refusal is not null;
            },
            () => $"a new team has to wait\n{world.Log}");

        Assert.Equal(ErrorCode.Unavailable, refusal!.Code);
        Assert.NotNull(refusal.RetryAfter);
        await RelayWorld.Operator(city);
    }

    [Fact]
    public async Task A_message_that_is_too_large_dies_blocks_its_own_key_only_and_goes_when_it_is_given_up()
    {
        await using var world = await ground.NewWorld();
        var city = await world.StartCity();
        var outbox = city.GetRequiredService<IOutboxService>();
        var caller = await RelayWorld.Operator(city);
        var (large, behind, other) = (new Happening("heavy", 1, NatsProcess.MaxPayload), new Happening("heavy", 2), new Happening("light", 1));
        var id = EventId.Parse(large.Id);

        await world.Append(large, behind, other);

        await Eventually.Equal(OutboxState.Dead, async () => (await outbox.GetEvent(caller, new OutboxEventRef(id), default)).Event.State);
        var dead = await outbox.GetEvent(caller, new OutboxEventRef(id), default);
        Assert.Equal(8, dead.Event.Attempts);
        Assert.Equal([other.Id], (await world.Messages()).Select(message => message.Id));
        Assert.Equal([id], (await outbox.ListEvents(caller, new OutboxQuery(State: OutboxState.Dead), default)).Items.Select(e => e.Id));
        Assert.Equal(1, (await outbox.GetStats(caller, new OutboxStatsRequest(), default)).Dead);

        await outbox.RetryEvent(caller, new OutboxEventRef(id), default);
        await Eventually.Equal(OutboxState.Dead, async () => (await outbox.GetEvent(caller, new OutboxEventRef(id), default)).Event.State);
        await outbox.DiscardEvent(caller, new DiscardEvent(id, "It can never fit."), default);

        await world.UntilDrained();
        Assert.Equal([other.Id, behind.Id], (await world.Messages()).Select(message => message.Id));
        Assert.Equal(OutboxState.Discarded, (await outbox.GetEvent(caller, new OutboxEventRef(id), default)).Event.State);
        await Eventually.Equal(1, () => world.Ask<long>("select count(*) from telemetry.audit_records where action = 'outbox.event.discarded'"));
    }

    [Fact]
    public async Task Only_a_dead_event_can_be_given_up_and_only_with_a_reason()
    {
        await using var world = await ground.NewWorld();
        var city = await world.StartCity();
        var outbox = city.GetRequiredService<IOutboxService>();
        var caller = await RelayWorld.Operator(city);
        var e = new Happening("fine", 1);
        await world.Append(e);
        await world.UntilDrained();

        var discard = await Assert.ThrowsAsync<CityException>(() => outbox.DiscardEvent(caller, new DiscardEvent(EventId.Parse(e.Id), "No longer wanted"), default));
        var silent = await Assert.ThrowsAsync<CityException>(() => outbox.DiscardEvent(caller, new DiscardEvent(EventId.Parse(e.Id), "  "), default));
        var retry = await Assert.ThrowsAsync<CityException>(() => outbox.RetryEvent(caller, new OutboxEventRef(EventId.Parse(e.Id)), default));

        Assert.Equal([ErrorCode.Conflict, ErrorCode.InvalidPayload, ErrorCode.Conflict], new[] { discard.Code, silent.Code, retry.Code });
    }
}
