using System.Data;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Daarion.Core.Wallets;

/// <summary>
/// Looks through what was written into the ledger, each minute, by one replica at a time, and through the whole of it each night; raises the alarm where something is
/// not as the ledger writes it.
/// </summary>
internal sealed partial class LedgerWatch(OperationRunner runner, TimeProvider clock, ILogger<LedgerWatch> log) : BackgroundService
{
    private const string Audit = "city.wallet.audit";
    private const int NightHour = 4;
    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(1);

    /// <summary>Looks through what came since the last time; answers what is broken.</summary>
    public Task<IReadOnlyList<LedgerBreach>> Look(CancellationToken ct) => Run(nameof(Look), whole: false, ct);

    private async Task<IReadOnlyList<LedgerBreach>> Run(string name, bool whole, CancellationToken ct)
    {
        var caller = Caller.ForService(ServiceName.Wallets);
        var breaches = await runner.Run(
            ServiceName.Wallets,
            name,
            caller,
            OperationLimits.Consumer,
            async (services, token) =>
            {
                await services.GetRequiredService<IAccess>().Require(caller, Audit, ResourceRef.City, token);
                return await services.GetRequiredService<LedgerAlarm>().Run(whole, token);
            },
            ct);
        foreach (var breach in breaches)
        {
            Broken(log, breach.Check, breach.At);
        }

        return breaches;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(Pace, clock);
        var night = clock.GetUtcNow().Date;
        while (await pace.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Look(stoppingToken);
                if (clock.GetUtcNow() is { Hour: NightHour } now && now.Date != night)
                {
                    night = now.Date;
                    await Run("LookThroughAll", whole: true, stoppingToken);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                NotLooked(log, e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The ledger is not as it was written: {Check} does not hold at {At}. Look at /invariants; nothing repairs it by itself")]
    private static partial void Broken(ILogger log, string check, string at);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger could not be looked through: {Problem}")]
    private static partial void NotLooked(ILogger log, string problem);
}

/// <summary>Something in the ledger that is not as the ledger writes it.</summary>
/// <param name="Check">The invariant.</param>
/// <param name="At">The first transaction where it does not hold.</param>
internal sealed record LedgerBreach(string Check, string At);

/// <summary>Looks through the ledger and tells of each breach by <c>wallet.audit.failed</c>.</summary>
internal sealed class LedgerAlarm(WalletDbContext db)
{
    private const string WholeSql = "select name, broken from wallet.audit() where broken is not null";
    private const string Sql = "select name, broken from wallet.audit_in_passing($1, $2) where broken is not null";

    // Whoever wrote at a time before this has committed: an operation takes at most half of it.
    private static readonly TimeSpan Past = TimeSpan.FromMinutes(1);

    /// <summary>Looks through all of it, or through what came since the last time.</summary>
    public Task<IReadOnlyList<LedgerBreach>> Run(bool whole, CancellationToken ct) => db.Transact(
        async token =>
        {
            var breaches = await Read(whole, token);
            foreach (var breach in breaches)
            {
                db.Publish(new WalletAuditFailed(breach.Check, breach.At), breach.At);
            }

            return breaches;
        },
        ct,
        whole ? IsolationLevel.RepeatableRead : IsolationLevel.ReadCommitted);

    private async Task<IReadOnlyList<LedgerBreach>> Read(bool whole, CancellationToken ct)
    {
        await using var command = await db.Command(whole ? WholeSql : Sql, ct);
        if (!whole)
        {
            command.Parameters.AddTime(db.Now - Past);
            command.Parameters.AddTime(db.Now);
        }

        var breaches = new List<LedgerBreach>();
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            breaches.Add(new(reader.GetString(0), reader.GetString(1)));
        }

        return breaches;
    }
}
