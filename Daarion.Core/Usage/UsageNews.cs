using System.Collections.Concurrent;

namespace Daarion.Core.Usage;

/// <summary>Which counters moved, and at which somebody was refused, since it was told last. What a crash loses of it is told at the counter's next move.</summary>
internal sealed class UsageNews
{
    private readonly ConcurrentDictionary<CounterKey, bool> moved = new();

    /// <summary>A counter moved, or refused somebody. Called after the commit, so that whoever takes the news finds it in the database.</summary>
    public void Note(CounterKey counter, bool refused)
    {
        if (refused)
        {
            moved[counter] = true;
        }
        else
        {
            moved.TryAdd(counter, false);
        }
    }

    /// <summary>Takes what there is.</summary>
    public IReadOnlyList<KeyValuePair<CounterKey, bool>> TakeAll()
    {
        var taken = new List<KeyValuePair<CounterKey, bool>>();
        foreach (var counter in moved.Keys)
        {
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
