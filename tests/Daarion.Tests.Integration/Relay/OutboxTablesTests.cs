using Npgsql;

namespace Daarion.Tests.Integration.Relay;

/// <summary>The outbox as tables: a log that never changes, its months, and what is dropped when (events: from commit to stream).</summary>
[Collection(RelayCollection.Name)]
public sealed class OutboxTablesTests(RelayGround ground)
{
    private const string ThisMonth = "to_char(date_trunc('month', now() at time zone 'utc'), 'YYYYMM')";

    [Theory]
    [InlineData("update outbox.outbox_events set topic = 'wallet.tx.failed'")]
    [InlineData("delete from outbox.outbox_events")]
    public async Task The_log_cannot_be_changed(string sql)
    {
        await using var world = await ground.NewWorld();
        await world.Append(new Happening("key", 1));

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => world.Execute(sql));

        Assert.Equal(PostgresErrorCodes.RestrictViolation, refusal.SqlState);
    }

    [Fact]
    public async Task An_event_waits_or_is_on_its_stream_and_never_both()
    {
        await using var world = await ground.NewWorld();
        await world.StartCity();
        var events = Enumerable.Range(0, 300).Select(i => new Happening($"key-{i % 30}", (i / 30) + 1)).ToArray();

        await world.Append(events[..150]);
        await world.Append(events[150..]);
        await world.UntilDrained();

        Assert.Equal(300, await world.Ask<long>("select count(*) from outbox.outbox where processed and stream_sequence is not null and stream = 'STREAM_WALLET'"));
        Assert.Equal(0, await world.Ask<long>("select count(*) from outbox.outbox_queue q join outbox.outbox_processed p using (sequence)"));
    }

    [Fact]
    public async Task Events_of_a_month_that_was_not_made_move_into_it_when_it_is()
    {
        await using var world = await ground.NewWorld();
        await world.Execute($"do $$ begin execute 'drop table outbox.outbox_events_' || {ThisMonth}; execute 'drop table outbox.outbox_processed_' || {ThisMonth}; end $$");
        var events = Enumerable.Range(1, 20).Select(i => new Happening("key", i)).ToArray();
        await world.Append(events);
        Assert.Equal(20, await world.Ask<long>("select count(*) from outbox.outbox_events_default"));

        await world.Execute("select outbox.ensure_partitions(2)");

        Assert.Equal(0, await world.Ask<long>("select count(*) from outbox.outbox_events_default"));
        await world.StartCity();
        await world.UntilDrained();
        RelayWorld.AssertOnceAndInOrder(events, await world.Messages());
    }

    [Fact]
    public async Task Old_months_are_dropped_unless_something_of_them_waits()
    {
        await using var world = await ground.NewWorld();
        await world.Execute("""
            create table outbox.outbox_events_202501 partition of outbox.outbox_events for values from ('2025-01-01+00') to ('2025-02-01+00');
            create table outbox.outbox_processed_202501 partition of outbox.outbox_processed for values from ('2025-01-01+00') to ('2025-02-01+00');
            create table outbox.outbox_events_202502 partition of outbox.outbox_events for values from ('2025-02-01+00') to ('2025-03-01+00');
            create table outbox.outbox_processed_202502 partition of outbox.outbox_processed for values from ('2025-02-01+00') to ('2025-03-01+00');
            insert into outbox.outbox_queue (lane, sequence, id, created_at, sequence_key) values (0, 1, 'evt_waits', '2025-02-03+00', 'key');
            """);
        var months = "select string_agg(relname, ' ' order by relname) from pg_class where relname ~ '^outbox_(events|processed)_2025'  and relkind = 'r'";

        Assert.Equal(1, await world.Ask<int>("select outbox.drop_partitions(interval '90 days')"));
        Assert.Equal("outbox_events_202502 outbox_processed_202502", await world.Ask<string>(months));

        await world.Execute("delete from outbox.outbox_queue where id = 'evt_waits'");
        Assert.Equal(1, await world.Ask<int>("select outbox.drop_partitions(interval '90 days')"));
        Assert.True(await world.Ask<bool>($"select to_regclass('outbox.outbox_events_' || {ThisMonth}) is not null"));
    }
}
