using System.Collections.Concurrent;

namespace Daarion.Core.Usage;

/// <summary>
/// Which counters moved, and at which somebody was refused, since it was told last: whoever was refused comes first, the others by how long they wait. What a
/// crash loses of it is told at the counter's next move.
/// </summary>
internal sealed class UsageNews
{
    private readonly ConcurrentDictionary<CounterKey, bool> moved = new();
    private readonly ConcurrentQueue<CounterKey> refusals = new();
    private readonly ConcurrentQueue<CounterKey> moves = new();

    /// <summary>A counter moved, or refused somebody. Called after the commit, so that whoever takes the news finds it in the database.</summary>
    public void Note(CounterKey counter, bool refused)
    {
        if (!refused)
        {
            if (moved.TryAdd(counter, false))
            {
                moves.Enqueue(counter);
            }
        }
        else if (moved.TryAdd(counter, true) || moved.TryUpdate(counter, true, false))
        {
            refusals.Enqueue(counter);
        }
    }

    /// <summary>Takes what there is, at most so much.</summary>
    public IReadOnlyList<KeyValuePair<CounterKey, bool>> Take(int most)
    {
        var taken = new List<KeyValuePair<CounterKey, bool>>();
        while (taken.Count < most && (refusals.TryDequeue(out var counter) || moves.TryDequeue(out counter)))
        {
            // One that moved and then refused stands in both lines.
            if (moved.TryRemove(counter, out var refused))
            {
                taken.Add(new(counter, refused));
            }
        }

        return taken;
    }

    /// <summary>Puts back what could not be told.</summary>
    public void PutBack(IEnumerable<KeyValuePair<CounterKey, bool>> untold)
    {
        foreach (var (counter, refused) in untold)
        {
            Note(counter, refused);
        }
    }
}
