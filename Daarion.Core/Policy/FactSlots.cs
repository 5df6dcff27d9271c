namespace Daarion.Core.Policy;

/// <summary>
/// Where facts lie: in one array, each with its key beside it, so that a fact is found by looking at one place of memory and without a lock. A key has
/// <see cref="Reach"/> places it may lie in; where all of them are taken the oldest fact goes, which is then fetched again. Writers take turns: whoever
/// holds this sees to that.
/// </summary>
/// <remarks>
/// Each place has a version, odd while it is written (a sequence lock): what was read of a place is good where the version before and after is the same
/// even one. Whoever meets a place that is being written finds nothing there, which costs a fetch and is never wrong.
/// </remarks>
internal sealed class FactSlots<TKey, TFact>
    where TKey : notnull
{
    /// <summary>Places in which a key may lie, one after the other.</summary>
    public const int Reach = 8;

    private readonly int most;
    private Slot[] slots;
    private int count;

    /// <summary>No facts yet.</summary>
    /// <param name="first">Places at first; a power of two.</param>
    /// <param name="most">Places at most; a power of two.</param>
    public FactSlots(int first, int most) => (slots, this.most) = (new Slot[first + Reach - 1], most);

    /// <summary>The keys, while nobody writes.</summary>
    public IEnumerable<TKey> Keys => slots.Where(slot => slot.IsTaken).Select(slot => slot.Key);

    /// <summary>Finds a fact.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="fact">The fact; it may itself be that there is none.</param>
    /// <param name="at">When it was kept.</param>
    public bool TryGet(TKey key, out TFact? fact, out long at)
    {
        var all = Volatile.Read(ref slots);
        var hash = key.GetHashCode();
        var place = Start(all, hash);
        for (var last = place + Reach; place < last; place++)
        {
            ref var slot = ref all[place];
            var version = Volatile.Read(ref slot.Version);
            if (slot.Hash == hash && slot.IsTaken && EqualityComparer<TKey>.Default.Equals(slot.Key, key))
            {
                (fact, at) = (slot.Fact, slot.At);
                Volatile.ReadBarrier();
                if ((version & 1) == 0 && slot.Version == version)
                {
                    return true;
                }
            }
        }

        (fact, at) = (default, 0);
        return false;
    }

    /// <summary>Keeps a fact.</summary>
    public void Set(TKey key, TFact? fact, long at)
    {
        if (count >= (slots.Length - Reach + 1) / 2 && slots.Length <= most)
        {
            Grow();
        }

        count += Put(slots, key, key.GetHashCode(), fact, at) ? 1 : 0;
    }

    /// <summary>Lets a fact go.</summary>
    public void Remove(TKey key)
    {
        var hash = key.GetHashCode();
        var place = Start(slots, hash);
        for (var last = place + Reach; place < last; place++)
        {
            if (IsOf(slots[place], key, hash))
            {
                Write(ref slots[place], default!, 0, default, 0, isTaken: false);
                count--;
            }
        }
    }

    // Readers that are still in the smaller array find what they would have found.
    private void Grow()
    {
        var larger = new Slot[((slots.Length - Reach + 1) * 2) + Reach - 1];
        count = 0;
        foreach (var slot in slots)
        {
            if (slot.IsTaken)
            {
                count += Put(larger, slot.Key, slot.Hash, slot.Fact, slot.At) ? 1 : 0;
            }
        }

        Volatile.Write(ref slots, larger);
    }

    // True where it took a place that was free.
    private static bool Put(Slot[] into, TKey key, int hash, TFact? fact, long at)
    {
        var start = Start(into, hash);
        var best = start;
        for (var place = start; place < start + Reach; place++)
        {
            if (IsOf(into[place], key, hash))
            {
                Write(ref into[place], key, hash, fact, at, isTaken: true);
                return false;
            }

            if (into[best].IsTaken && (!into[place].IsTaken || into[place].At < into[best].At))
            {
                best = place;
            }
        }

        var wasFree = !into[best].IsTaken;
        Write(ref into[best], key, hash, fact, at, isTaken: true);
        return wasFree;
    }

    private static void Write(ref Slot slot, TKey key, int hash, TFact? fact, long at, bool isTaken)
    {
        slot.Version++;
        Volatile.WriteBarrier();
        (slot.IsTaken, slot.Key, slot.Hash, slot.Fact, slot.At) = (isTaken, key, hash, fact, at);
        Volatile.Write(ref slot.Version, slot.Version + 1);
    }

    private static bool IsOf(in Slot slot, TKey key, int hash) => slot.IsTaken && slot.Hash == hash && EqualityComparer<TKey>.Default.Equals(slot.Key, key);

    private static int Start(Slot[] all, int hash) => hash & (all.Length - Reach);

    private struct Slot
    {
        public int Version;
        public int Hash;
        public bool IsTaken;
        public TKey Key;
        public TFact? Fact;
        public long At;
    }
}
