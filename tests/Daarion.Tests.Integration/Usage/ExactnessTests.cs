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
        using var over = new CancellationTokenSource();
        var killing = KillNowAndThen(over.Token);

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
        await over.CancelAsync();
        var killed = await killing;

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

    // Connections of the service on which statements are on their way at this moment, on both replicas.
    private async Task<int> KillNowAndThen(CancellationToken over)
    {
        var killed = 0;
        await using var connection = await city.OpenDatabase();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(40));
        try
        {
            while (await pace.WaitForNextTickAsync(over))
            {
                await using var kill = new NpgsqlCommand(
                    "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'daarion-usage' and state = 'active' and datname = current_database()", connection);
                killed += (int)(long)(await kill.ExecuteScalarAsync(over))!;
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // All attempts are over.
        }

        return killed;
    }

    private async Task AssertAddsUp(TeamId team)
    {
        var found = await city.Get<IUsageService>().Reconcile(await Operator(), new ReconcileUsage(), default);
        Assert.DoesNotContain(found.Differences, difference => difference.TeamId == team);
    }
}
