using System.Collections.Concurrent;

namespace Daarion.Core.Policy;

/// <summary>
/// Facts of one kind, kept for a short time. A fact that is asked for by many at once is fetched once. Forgetting wins against a fetch that
/// began before it: what such a fetch brings is given to those who waited and is not kept.
/// </summary>
internal sealed class FactTable<TKey, TFact>(TimeProvider clock, Func<TKey, CancellationToken, Task<TFact?>> fetch)
    where TKey : notnull
{
    /// <summary>Places for facts at most; beyond that the oldest are let go and fetched again as they are needed.</summary>
    public const int Capacity = 131_072;

    private const int AtFirst = 64;

    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(5);
    private readonly FactSlots<TKey, TFact> kept = new(AtFirst, Capacity);
    private readonly ConcurrentDictionary<TKey, Lazy<Task<TFact?>>> underway = new();
    private readonly Lock change = new();
    private long generation;

    /// <summary>A fact that is kept and not older than asked; the fact itself may be that there is none.</summary>
    public bool TryGet(TKey key, TimeSpan maxAge, out TFact? fact)
    {
        if (kept.TryGet(key, out fact, out var at) && clock.GetElapsedTime(at) <= maxAge)
        {
            return true;
        }

        fact = default;
        return false;
    }

    /// <summary>A fact that is kept and not older than asked, or a fresh one.</summary>
    public ValueTask<TFact?> Get(TKey key, TimeSpan maxAge, CancellationToken ct) => TryGet(key, maxAge, out var known) ? new(known) : new(Fetch(key, ct));

    /// <summary>Fetches a fact, or joins a fetch that is underway.</summary>
    public Task<TFact?> Fetch(TKey key, CancellationToken ct)
    {
        Lazy<Task<TFact?>> mine = null!;
        mine = new(() => FetchOnce(key, mine));
        return underway.GetOrAdd(key, mine).Value.WaitAsync(ct);
    }

    /// <summary>Forgets one fact.</summary>
    public void Forget(TKey key)
    {
        lock (change)
        {
            generation++;
            underway.TryRemove(key, out _);
            kept.Remove(key);
        }
    }

    /// <summary>Forgets the facts that a condition names.</summary>
    public void Forget(Func<TKey, bool> which)
    {
        lock (change)
        {
            generation++;
            foreach (var key in underway.Keys.Concat(kept.Keys).Where(which).ToList())
            {
                underway.TryRemove(key, out _);
                kept.Remove(key);
            }
        }
    }

    private async Task<TFact?> FetchOnce(TKey key, Lazy<Task<TFact?>> mine)
    {
        // The fetch is shared, so it must not begin on the caller's own stack: the Lazy would otherwise run it under its lock.
        await Task.Yield();
        // A fact is as old as its question: what changed while the answer was under way is not in it.
        var asked = clock.GetTimestamp();
        long before;
        lock (change)
        {
            before = generation;
        }

        try
        {
            using var limit = new CancellationTokenSource(FetchLimit, clock);
            var fact = await fetch(key, limit.Token);
            Keep(key, fact, before, asked);
            return fact;
        }
        finally
        {
            underway.TryRemove(KeyValuePair.Create(key, mine));
        }
    }

    private void Keep(TKey key, TFact? fact, long before, long asked)
    {
        lock (change)
        {
            if (generation == before)
            {
                kept.Set(key, fact, asked);
            }
        }
    }
}
