using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Outbox;
using Daarion.Tests.Integration.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Tests.Integration.Relay;

[Collection(RelayCollection.Name)]
public sealed class ReactionTests(RelayGround ground)
{
    private const string Reaction = "telemetry-chain-audit-record-when-audit-event";

    [Fact]
    public async Task An_event_that_cannot_be_handled_holds_up_only_itself_and_waits_among_the_dead_letters_until_it_can()
    {
        await using var world = await ground.NewWorld();
        var city = await world.StartCity();
        var outbox = city.GetRequiredService<IOutboxService>();
        var caller = await RelayWorld.Operator(city);
        await world.Execute("alter table telemetry.audit_records add constraint nothing_bad check (target_id not like 'bad%') not valid");
        var bad = new Happening("bad", 1);
        var worse = new Happening("bad-too", 1);

        await world.AppendAudit(new Happening("good-1", 1), bad, new Happening("good-2", 1), worse, new Happening("good-3", 1));

        await world.UntilAudited(3);
        await Eventually.Equal(2, async () => (await outbox.ListDeadLetters(caller, new DeadLetterQuery(Reaction, DeadLetterState.Dead), default)).Items.Count, TimeSpan.FromSeconds(60));
        Assert.All((await outbox.ListDeadLetters(caller, new DeadLetterQuery(Reaction), default)).Items, letter => Assert.Equal(10, letter.Attempts));
        var stillBad = await Assert.ThrowsAsync<CityException>(() => outbox.RetryDeadLetter(caller, new DeadLetterRef(Reaction, bad.Id), default));
        Assert.Equal(ErrorCode.Conflict, stillBad.Code);

        await world.Execute("alter table telemetry.audit_records drop constraint nothing_bad");
        var handled = await outbox.RetryDeadLetter(caller, new DeadLetterRef(Reaction, bad.Id), default);
        var discarded = await outbox.DiscardDeadLetter(caller, new DiscardDeadLetter(Reaction, worse.Id, "Nobody needs it."), default);

        await world.UntilAudited(4);
        Assert.Equal((DeadLetterState.Handled, DeadLetterState.Discarded), (handled.State, discarded.State));
    }

    [Fact]
    public async Task A_reaction_that_is_brought_everything_again_does_nothing_twice()
    {
        await using var world = await ground.NewWorld();
        var city = await world.StartCity();
        await world.AppendAudit([.. Enumerable.Range(0, 50).Select(i => new Happening($"thing-{i}", 1))]);
        await world.UntilAudited(50);

        await world.Meddle(async streams => await streams.DeleteConsumerAsync(RelayWorld.Audit, Reaction));
        await world.AppendAudit(new Happening("one-more", 1));

        await world.UntilAudited(51);
        var consumers = city.GetRequiredService<IEventStreamService>();
        var caller = await RelayWorld.Operator(city);
        await Eventually.True(
            async () => (await consumers.GetConsumer(caller, new ConsumerRef(RelayWorld.Audit, Reaction), default)) is { Pending: 0, AckPending: 0 },
            () => "everything is acknowledged");
        Assert.Equal(51, await world.Ask<long>("select count(*) from telemetry.audit_records where action = 'test.done'"));
    }

    [Fact]
    public async Task A_listener_hears_of_events_that_another_process_published()
    {
        await using var world = await ground.NewWorld();
        var (writer, listener) = (await world.StartCity(), await world.StartCity());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var heard = listener.GetRequiredService<ILiveEvents>().Subscribe(new LiveFilter("wallet."), limit.Token).GetAsyncEnumerator(limit.Token);
        var next = heard.MoveNextAsync().AsTask();

        // A listener hears from its subscription on, so an event of each attempt is enough.
        await Eventually.True(
            async () =>
            {
                await world.Append(new Happening("key", 1));
                return next.IsCompleted;
            },
            () => "the listener hears of an event");

        Assert.True(await next);
        Assert.Equal("wallet.tx.sent", heard.Current.Type);
        Assert.NotNull(writer);
    }
}
