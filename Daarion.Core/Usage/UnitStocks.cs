using System.Collections.Concurrent;
using Daarion.Core.Kernel;

namespace Daarion.Core.Usage;

/// <summary>
/// Units taken ahead, for what is counted too often to go to the database each time: a block is counted as used, and those who come next are served from
/// it in memory. Near the limit the blocks become small, and where no block fits only what is asked for is taken, so that no quota is exceeded however many
/// replicas have a stock. What nobody asked for is given back after a moment; a process that dies leaves its stock counted.
/// </summary>
internal sealed class UnitStocks(Counters counters, TimeProvider clock) : IDisposable
{
    /// <summary>How long a stock is kept that nobody takes from.</summary>
    public static readonly TimeSpan KeptIdle = TimeSpan.FromSeconds(2);

    // Of what is left at the last look, the part that one process may have in stock.
    private const decimal Share = 64;
    private const decimal LargestBlock = 1_000;

    private readonly ConcurrentDictionary<CounterKey, Stock> stocks = new();
    private readonly ConcurrentQueue<Taking> owed = new();
    private readonly SemaphoreSlim givingBack = new(1);

    /// <summary>Takes units where they fit; <see cref="Standing.Used"/> is what is used of all, without what is in stock here.</summary>
    public async ValueTask<Standing> Take(CounterKey counter, decimal units, decimal? limit, CancellationToken ct)
    {
        while (true)
        {
            var stock = stocks.GetOrAdd(counter, static _ => new Stock());
            if (stock.TryTake(units, clock.GetTimestamp()) is { } served)
            {
                return served;
            }

            await stock.Filling.WaitAsync(ct);
            try
            {
                if (stock.IsClosed)
                {
                    continue;
                }

                if (stock.TryTake(units, clock.GetTimestamp()) is { } meanwhile)
                {
                    return meanwhile;
                }

                return await Fill(stock, counter, units, limit);
            }
            finally
            {
                stock.Filling.Release();
            }
        }
    }

    /// <summary>Puts back units that were not used after all.</summary>
    public void PutBack(CounterKey counter, decimal units)
    {
        if (!stocks.TryGetValue(counter, out var stock) || !stock.TryPutBack(units))
        {
            owed.Enqueue(Block(counter, -units, null));
        }
    }

    /// <summary>Gives back what has lain idle, and what could not be given back before.</summary>
    public Task GiveBackIdle(CancellationToken ct) => GiveBack(stock => clock.GetElapsedTime(stock.TakenAt) >= KeptIdle, ct);

    /// <summary>Gives back all there is, when the process ends.</summary>
    public Task GiveBackAll(CancellationToken ct) => GiveBack(static _ => true, ct);

    public void Dispose() => givingBack.Dispose();

    private async Task GiveBack(Func<Stock, bool> which, CancellationToken ct)
    {
        // One at a time, so that whoever asked for all to be given back knows that it was.
        await givingBack.WaitAsync(ct);
        try
        {
            foreach (var (counter, stock) in stocks)
            {
                if (which(stock))
                {
                    await stock.Filling.WaitAsync(ct);
                    Close(counter, stock);
                    stock.Filling.Release();
                }
            }

            await Task.WhenAll(Enumerable.Range(0, owed.Count).Select(_ => PayBack(ct)));
        }
        finally
        {
            givingBack.Release();
        }
    }

    private void Close(CounterKey counter, Stock stock)
    {
        if (stock.Close() is > 0 and var left)
        {
            owed.Enqueue(Block(counter, -left, null));
        }

        stocks.TryRemove(new(counter, stock));
    }

    // What fails is tried again under the same id, by which what was done after all is known.
    private async Task PayBack(CancellationToken ct)
    {
        if (!owed.TryDequeue(out var units))
        {
            return;
        }

        try
        {
            await counters.Take(units, CancellationToken.None).WaitAsync(ct);
        }
        catch (Exception)
        {
            owed.Enqueue(units);
            throw;
        }
    }

    private async Task<Standing> Fill(Stock stock, CounterKey counter, decimal units, decimal? limit)
    {
        var needed = units - stock.Left;
        var ahead = limit is null ? LargestBlock : Math.Min(LargestBlock, Math.Floor(stock.Room / Share));

        // Whoever asked may have gone; what is counted is in the stock all the same.
        if (ahead > needed && await counters.Take(Block(counter, ahead, limit), CancellationToken.None) is { Accepted: true } block)
        {
            return stock.Serve(units, ahead, block, limit, clock.GetTimestamp());
        }

        var exact = await counters.Take(Block(counter, needed, limit), CancellationToken.None);
        return exact.Accepted
            ? stock.Serve(units, needed, exact, limit, clock.GetTimestamp())
            : exact with { Used = exact.Used - stock.Left };
    }

    private Taking Block(CounterKey counter, decimal units, decimal? limit)
    {
        var now = Timestamps.Truncate(clock.GetUtcNow());
        return new($"block/{ReservationId.New(now).Value}", counter, units, limit, null, now);
    }

    private sealed class Stock
    {
        private readonly Lock gate = new();
        private decimal left;
        private decimal inUse;
        private decimal room;
        private long takenAt;
        private bool closed;

        /// <summary>One at a time goes to the database for it.</summary>
        public SemaphoreSlim Filling { get; } = new(1);

        public decimal Left => Read(() => left);

        /// <summary>What was left of the quota at the last look.</summary>
        public decimal Room => Read(() => room);

        public long TakenAt => Read(() => takenAt);

        public bool IsClosed => Read(() => closed);

        public Standing? TryTake(decimal units, long at)
        {
            lock (gate)
            {
                if (closed || left < units)
                {
                    return null;
                }

                (left, takenAt) = (left - units, at);
                return new(true, inUse - left, 0);
            }
        }

        public bool TryPutBack(decimal units)
        {
            lock (gate)
            {
                left += closed ? 0 : units;
                return !closed;
            }
        }

        public Standing Serve(decimal units, decimal brought, Standing total, decimal? limit, long at)
        {
            lock (gate)
            {
                left += brought - units;
                inUse = total.Used + total.Reserved;
                room = limit is { } most ? most - inUse : 0;
                takenAt = at;
                return new(true, inUse - left, 0);
            }
        }

        public decimal Close()
        {
            lock (gate)
            {
                closed = true;
                (var rest, left) = (left, 0);
                return rest;
            }
        }

        private T Read<T>(Func<T> field)
        {
            lock (gate)
            {
                return field();
            }
        }
    }
}
