using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Usage;
using Daarion.Tests.Integration.Policy;
using Daarion.Tests.Integration.Running;
using Npgsql;

namespace Daarion.Tests.Integration.Usage;

/// <summary>Units taken ahead keep to the quota on any number of replicas, whatever breaks, and come back where nobody took them.</summary>
[Collection(CityCollection.Name)]
public sealed class UnitStocksTests(CityFixture city)
{
    private const int Quota = 3_000;
    private const int Callers = 64;
    private const int Attempts = 10_000;

    private readonly CounterKey counter = new(Payer.OfPlatform($"stock-{Guid.NewGuid():N}"), Metrics.EventsOf("energy"), new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
    private int unknown;

    [Fact]
    public async Task Two_replicas_let_in_what_the_quota_holds_and_one_that_dies_costs_no_more_than_its_block()
    {
        await using var first = await Replica.Start(city.Get<CityDatabase>().ConnectionString);
        await using var second = await Replica.Start(city.Get<CityDatabase>().ConnectionString);
        UnitStocks[] stocks = [first.Get<UnitStocks>(), second.Get<UnitStocks>()];
        var (taken, putBack, next) = (0, 0, 0);
        await using var killing = KilledConnections.Of(city, ServiceName.Usage);

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var attempt && attempt <= Attempts)
            {
                if (!await MayTake(stocks[caller % 2]))
                {
                    continue;
                }

                // Every tenth was a delivery that brought nothing new.
                if (attempt % 10 == 0)
                {
                    stocks[caller % 2].PutBack(counter, 1);
                    Interlocked.Increment(ref putBack);
                }
                else
                {
                    Interlocked.Increment(ref taken);
                }

            }
        })));
        Assert.True(await killing.Stop() > 0, "nothing was killed on the way");
        Assert.True(putBack > 0, "nothing was put back on the way");

        // The second dies: what it has in stock stays counted, and is no more than a block; so is what was asked for when the connection was killed twice in a row.
        Assert.InRange(taken, 0, Quota);
        await stocks[0].GiveBackAll(default);
        var lost = await Used() - taken;
        Assert.InRange(lost, 0, (1 + unknown) * Quota / 64);
        while ((await stocks[0].Take(counter, 1, Quota, default)).Accepted)
        {
            taken++;
        }

        Assert.Equal(Quota - lost, taken);
        Assert.Equal(Quota, await Used());
        var found = await city.Get<IUsageService>().Reconcile((await city.NewOperator()).Caller, new ReconcileUsage(), default);
        Assert.DoesNotContain(found.Differences, difference => difference.Metric == counter.Metric);
    }

    [Fact]
    public async Task What_could_not_be_given_back_while_the_database_was_away_is_given_back_once_later()
    {
        await using var line = new CuttableLine(city.Get<CityDatabase>().ConnectionString);
        await using var replica = await Replica.Start(line.Address);
        var stocks = replica.Get<UnitStocks>();
        for (var i = 0; i < 5; i++)
        {
            Assert.True((await stocks.Take(counter, 1, Quota, default)).Accepted);
        }

        Assert.True(await Used() > 5, "no block was taken ahead");
        await line.Cut();
        using (var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(300)))
        {
            await Assert.ThrowsAnyAsync<Exception>(() => stocks.GiveBackAll(limit.Token));
        }

        stocks.PutBack(counter, 2);
        line.Mend();
        await stocks.GiveBackAll(default);
        await stocks.GiveBackAll(default);

        Assert.Equal(3, await Used());
    }

    private async Task<bool> MayTake(UnitStocks stocks)
    {
        try
        {
            return (await stocks.Take(counter, 1, Quota, default)).Accepted;
        }
        catch (NpgsqlException)
        {
            Interlocked.Increment(ref unknown);
            return false;
        }
    }

    private async Task<int> Used()
    {
        await using var connection = await city.OpenDatabase();
        await using var sum = new NpgsqlCommand("select coalesce(sum(used), 0) from usage.usage_counters where subject_id = $1", connection) { Parameters = { new() { Value = counter.Payer.SubjectId } } };
        return (int)(decimal)(await sum.ExecuteScalarAsync())!;
    }
}
