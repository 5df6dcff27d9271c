using System.Collections.Concurrent;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Usage;
using Daarion.Tests.Integration.Policy;
using Daarion.Tests.Integration.Running;
using Npgsql;

namespace Daarion.Tests.Integration.Usage;

/// <summary>A quota is exact: whoever asks, from wherever, whatever breaks on the way.</summary>
[Collection(CityCollection.Name)]
public sealed class ExactnessTests(CityFixture city)
{
    private const int Callers = 64;
    private const int Attempts = 10_000;
    private const int Quota = 1_000;

    private static readonly Caller Service = Caller.ForService(ServiceName.Usage);

    [Fact]
    public async Task Of_ten_thousand_attempts_at_a_quota_of_a_thousand_on_two_replicas_a_thousand_are_let_in_whatever_is_killed()
    {
        var team = (await city.NewTeam()).Team.Id;
        await using var there = await Replica.Start(city.Get<CityDatabase>().ConnectionString);
        IUsageService[] replicas = [city.Get<IUsageService>(), there.Get<IUsageService>()];
        var let = new ConcurrentBag<ReservationId>();
        var next = 0;
        await using var killing = KilledConnections.Of(city, ServiceName.Usage);

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) <= Attempts)
            {
                if (await MayReserve(replicas[caller % 2], team) is { } reservation)
                {
                    let.Add(reservation);
                }
            }
        })));
        var killed = await killing.Stop();

        Assert.Equal(Quota, let.Count);
        Assert.True(killed > 0, "nothing was killed on the way");
        await Task.WhenAll(let.Select((reservation, i) => replicas[i % 2].Settle(Service, new SettleUnits(reservation, Quantity.Of(1)), default)));
        var usage = (await replicas[1].GetUsage(await Operator(), new UsageQuery(team), default)).Metrics.Single(metric => metric.Metric == Metrics.Messages);
        Assert.Equal((Quota, 0m, 0m), ((int)usage.Used.Value, usage.Reserved.Value, usage.Remaining!.Value.Value));
        await AssertAddsUp(team);
    }

    private async Task<Caller> Operator() => (await city.NewOperator()).Caller;

    private static async Task<ReservationId?> MayReserve(IUsageService usage, TeamId team)
    {
        try
        {
            return (await usage.Reserve(Service, new ReserveUnits(team, Metrics.Messages, Quantity.Of(1), ReserveUnits.MaxTtl), default)).Reservation;
        }
        catch (CityException e) when (e is { Code: ErrorCode.Forbidden, Reason: Reasons.QuotaExceeded })
        {
            return null;
        }
        catch (NpgsqlException)
        {
            // What was killed was a look at the team's stake: nothing was reserved.
            return null;
        }
    }

    private async Task AssertAddsUp(TeamId team)
    {
        var found = await city.Get<IUsageService>().Reconcile(await Operator(), new ReconcileUsage(), default);
        Assert.DoesNotContain(found.Differences, difference => difference.TeamId == team);
    }
}
