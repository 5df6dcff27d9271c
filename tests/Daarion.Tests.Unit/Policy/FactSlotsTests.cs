using Daarion.Core.Policy;

namespace Daarion.Tests.Unit.Policy;

/// <summary>Where facts lie: what is found is what was kept last, whatever goes on beside it.</summary>
public sealed class FactSlotsTests
{
    private const int Most = 64;

    [Fact]
    public void Whatever_is_found_is_what_was_kept_last_under_that_key()
    {
        var chance = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var (slots, model) = (new FactSlots<int, string>(first: 8, Most), new Dictionary<int, string>());
            for (var step = 1; step < 300; step++)
            {
                var key = chance.Next(100);
                if (chance.Next(4) == 0)
                {
                    slots.Remove(key);
                    model.Remove(key);
                }
                else
                {
                    slots.Set(key, model[key] = $"{key} at {step}", step);
                }

                Assert.Equal(model.ContainsKey(key), slots.TryGet(key, out _, out _));
                foreach (var asked in Enumerable.Range(0, 100).Where(asked => slots.TryGet(asked, out _, out _)))
                {
                    slots.TryGet(asked, out var fact, out _);
                    Assert.Equal(model[asked], fact);
                }
            }
        }
    }

    [Fact]
    public void With_room_for_all_nothing_is_let_go()
    {
        var slots = new FactSlots<int, string>(first: 8, most: 131_072);
        for (var key = 0; key < 20_000; key++)
        {
            slots.Set(key, $"{key}", key);
        }

        Assert.All(Enumerable.Range(0, 20_000), key => Assert.True(slots.TryGet(key, out var fact, out var at) && fact == $"{key}" && at == key));
        Assert.Equal(Enumerable.Range(0, 20_000), slots.Keys.Order());
    }

    [Fact]
    public void Where_there_is_no_room_the_oldest_of_those_that_could_lie_there_goes()
    {
        var slots = new FactSlots<int, string>(first: Most, Most);
        var rivals = Enumerable.Range(0, FactSlots<int, string>.Reach + 1).Select(number => number * Most).ToList();
        foreach (var key in rivals)
        {
            slots.Set(key, "kept", at: key == rivals[3] ? -1 : key);
        }

        Assert.Equal(rivals.Where(key => key != rivals[3]), slots.Keys.Order());
    }

    [Fact]
    public async Task Nobody_reads_half_of_one_fact_and_half_of_another()
    {
        // Rivals for the same places, so that each write overwrites a place that somebody reads.
        var rivals = Enumerable.Range(1, 2 * FactSlots<Key, Value>.Reach).Select(number => new Key(number, number, number)).ToList();
        var slots = new FactSlots<Key, Value>(first: Most, Most);
        using var over = new CancellationTokenSource();
        var (found, torn) = (0L, 0L);
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            while (!over.IsCancellationRequested)
            {
                foreach (var key in rivals)
                {
                    if (slots.TryGet(key, out var value, out var at))
                    {
                        Interlocked.Increment(ref found);
                        if (value.Key != key.First || value.First != at || value.Second != at || value.Third != at)
                        {
                            Interlocked.Increment(ref torn);
                        }
                    }
                }
            }
        })).ToList();

        for (var write = 1L; write < 300_000 || Interlocked.Read(ref found) < 1_000; write++)
        {
            var key = rivals[(int)(write * 7 % rivals.Count)];
            slots.Set(key, new Value(key.First, write, write, write), write);
            if (write % 5 == 0)
            {
                slots.Remove(rivals[(int)(write % rivals.Count)]);
            }
        }

        await over.CancelAsync();
        await Task.WhenAll(readers);
        Assert.Equal(0, torn);
    }

    private readonly record struct Key(long First, long Second, long Third)
    {
        public override int GetHashCode() => 5;
    }

    private readonly record struct Value(long Key, long First, long Second, long Third);
}
