using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Daarion.Core.Usage;

/// <summary>
/// The service's own work: tells of counters that moved, gives back what was taken ahead and not used and what reservations held that ran out, looks for the unusual, and counts everything
/// again each night. Any number of replicas may do it at once; each part is done by one of them at a time, or does no harm twice.
/// </summary>
internal sealed partial class UsageKeeper(OperationRunner runner, UsageNews news, Func<UnitStocks> stocks, TimeProvider clock, ILogger<UsageKeeper> log) : BackgroundService
{
    /// <summary>Counters told of in a second at most, by each process; the others follow in the next.</summary>
    public const int MaxToldAtOnce = 200;

    private const int NightHour = 3;
    private const string ExpireSql = "select usage.let_expire($1)";
    private const string ForgetRatesSql = "delete from usage.rates where second < $1";
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ExpireEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan KeepRates = TimeSpan.FromMinutes(5);

    // A city stops within ten seconds, also where its database is away.
    private static readonly TimeSpan GiveBackWithin = TimeSpan.FromSeconds(2);
    private DateTimeOffset reconciled;

    /// <summary>Tells the news there is, at most <see cref="MaxToldAtOnce"/> of them: telling never takes the city's breath away, however many counters move.</summary>
    public async Task Tell(CancellationToken ct)
    {
        if (news.Take(MaxToldAtOnce) is not { Count: > 0 } part)
        {
            return;
        }

        try
        {
            news.PutBack(await Run(nameof(Tell), UsageModule.Write, (services, token) => services.GetRequiredService<UsageNewsTeller>().Tell(part, token), ct));
        }
        catch (Exception)
        {
            news.PutBack(part);
            throw;
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(GiveBackWithin);
        await Attempt(_ => stocks().GiveBackAll(limit.Token), CancellationToken.None);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(Pace, clock);
        var (expired, looked) = (clock.GetTimestamp(), clock.GetTimestamp());
        reconciled = clock.GetUtcNow();
        while (await pace.WaitForNextTickAsync(stoppingToken))
        {
            await Attempt(token => stocks().GiveBackIdle(token), stoppingToken);
            await Attempt(Tell, stoppingToken);
            if (clock.GetElapsedTime(expired) > ExpireEvery)
            {
                expired = clock.GetTimestamp();
                await Attempt(Expire, stoppingToken);
            }

            if (clock.GetElapsedTime(looked) > LookEvery)
            {
                looked = clock.GetTimestamp();
                await Attempt(Look, stoppingToken);
                await Attempt(RollUp, stoppingToken);
                await Attempt(CountAgain, stoppingToken);
            }
        }
    }

    private Task Expire(CancellationToken ct) => Run(
        nameof(Expire),
        UsageModule.Write,
        async (services, token) =>
        {
            var db = services.GetRequiredService<UsageDbContext>();
            await using var expire = await db.Command(ExpireSql, token);
            expire.Parameters.AddTime(db.Now);
            await QueryMeter.Measured(expire.ExecuteScalarAsync(token));
            await using var forget = await db.Command(ForgetRatesSql, token);
            forget.Parameters.Add(new NpgsqlParameter { Value = (db.Now - KeepRates).ToUnixTimeSeconds() });
            return await QueryMeter.Measured(forget.ExecuteNonQueryAsync(token));
        },
        ct);

    private Task Look(CancellationToken ct) => Run(nameof(Look), UsageModule.Write, (services, token) => services.GetRequiredService<Anomalies>().Find(token), ct);

    private Task RollUp(CancellationToken ct) => Run(nameof(RollUp), UsageModule.Write, (services, token) => services.GetRequiredService<DailyRollups>().Run(token), ct);

    // Once each night, by each replica: it only reads.
    private async Task CountAgain(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (now.Hour != NightHour || reconciled.Date == now.Date)
        {
            return;
        }

        reconciled = now;
        var caller = Caller.ForService(ServiceName.Usage);
        var found = await Run(
            nameof(CountAgain), UsageModule.Reconcile, (services, token) => services.GetRequiredService<UsageService>().Reconcile(caller, new ReconcileUsage(), token), ct);
        if (!found.Ok)
        {
            CountersDiffer(log, found.Differences.Count, found.Counters, found.Differences[0]);
        }
    }

    private Task<T> Run<T>(string name, string capability, Func<IServiceProvider, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        var caller = Caller.ForService(ServiceName.Usage);
        return runner.Run(
            ServiceName.Usage,
            name,
            caller,
            OperationLimits.Consumer,
            async (services, token) =>
            {
                await services.GetRequiredService<IAccess>().Require(caller, capability, ResourceRef.City, token);
                return await work(services, token);
            },
            ct);
    }

    private async Task Attempt(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        try
        {
            await work(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            NotDone(log, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Differences} of {Counters} counters of usage are not what their units add up to; the first: {First}")]
    private static partial void CountersDiffer(ILogger log, int differences, long counters, UsageDifference first);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The usage service's own work could not be done: {Problem}")]
    private static partial void NotDone(ILogger log, string problem);
}
