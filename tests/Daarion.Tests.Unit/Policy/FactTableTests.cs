using Daarion.Core.Policy;

namespace Daarion.Tests.Unit.Policy;

public sealed class FactTableTests
{
    private static readonly TimeSpan FiveSeconds = TimeSpan.FromSeconds(5);
    private readonly Clock clock = new();

    [Fact]
    public async Task A_fact_is_kept_as_long_as_asked()
    {
        var table = new FactTable<string, string>(clock, (key, _) => Task.FromResult<string?>($"{key} is open"));
        await table.Fetch("Kyiv", default);

        Assert.True(table.TryGet("Kyiv", FiveSeconds, out var fact));
        Assert.Equal("Kyiv is open", fact);
        clock.Pass(TimeSpan.FromSeconds(6));
        Assert.False(table.TryGet("Kyiv", FiveSeconds, out _));
        Assert.True(table.TryGet("Kyiv", TimeSpan.FromSeconds(60), out _));
    }

    [Fact]
    public async Task That_there_is_no_such_thing_is_a_fact_too()
    {
        var table = new FactTable<string, string>(clock, (_, _) => Task.FromResult<string?>(null));
        await table.Fetch("nowhere", default);

        Assert.True(table.TryGet("nowhere", FiveSeconds, out var fact));
        Assert.Null(fact);
    }

    [Fact]
    public async Task Many_who_ask_at_once_fetch_once()
    {
        var gate = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var fetches = 0;
        var table = new FactTable<string, string>(clock, (_, _) =>
        {
            Interlocked.Increment(ref fetches);
            return gate.Task;
        });

        var asking = Enumerable.Range(0, 50).Select(_ => table.Fetch("Kyiv", default)).ToList();
        gate.SetResult("open");
        await Task.WhenAll(asking);

        Assert.Equal(1, fetches);
    }

    [Fact]
    public async Task A_fetch_that_began_before_the_change_is_not_kept()
    {
        var old = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var table = new FactTable<string, string>(clock, (_, _) =>
        {
            begun.SetResult();
            return old.Task;
        });
        var asking = table.Fetch("Kyiv", default);
        await begun.Task;

        table.Forget("Kyiv");
        old.SetResult("open");
        await asking;

        Assert.False(table.TryGet("Kyiv", FiveSeconds, out _));
    }

    [Fact]
    public async Task Whoever_asks_after_the_change_does_not_join_a_fetch_from_before()
    {
        var old = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var fetches = 0;
        var table = new FactTable<string, string>(clock, (_, _) =>
        {
            begun.TrySetResult();
            return Interlocked.Increment(ref fetches) == 1 ? old.Task : Task.FromResult<string?>("locked");
        });
        var before = table.Fetch("Kyiv", default);
        await begun.Task;

        table.Forget("Kyiv");

        Assert.Equal("locked", await table.Fetch("Kyiv", default));
        old.SetResult("open");
        await before;
        Assert.True(!table.TryGet("Kyiv", FiveSeconds, out var kept) || kept == "locked");
    }

    [Fact]
    public async Task A_fetch_that_fails_is_tried_again()
    {
        var fetches = 0;
        var table = new FactTable<string, string>(clock, (_, _) => Interlocked.Increment(ref fetches) == 1 ? throw new TimeoutException() : Task.FromResult<string?>("open"));

        await Assert.ThrowsAsync<TimeoutException>(() => table.Fetch("Kyiv", default));

        Assert.Equal("open", await table.Fetch("Kyiv", default));
    }

    private sealed class Clock : TimeProvider
    {
        private long ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        public void Pass(TimeSpan time) => ticks += time.Ticks;
    }
}
