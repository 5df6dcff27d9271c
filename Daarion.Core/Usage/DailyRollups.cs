using Daarion.Core.Data;
using Npgsql;

namespace Daarion.Core.Usage;

/// <summary>Adds up the days that are over, once and for good, so that figures over long times read a few sums.</summary>
internal sealed class DailyRollups(UsageDbContext db)
{
    private const string Sql = "select usage.roll_up($1, $2)";

    // Replicas whose clocks differ a little still write of the day before.
    private static readonly TimeSpan UntilADayIsOver = TimeSpan.FromMinutes(10);

    /// <summary>Adds up what is not yet, at most a month at once; answers how many days.</summary>
    public Task<int> Run(CancellationToken ct) => db.Transact(
        async token =>
        {
            await using var command = await db.Command(Sql, token);
            command.Parameters.Add(new NpgsqlParameter { Value = DateOnly.FromDateTime((db.Now - UntilADayIsOver).UtcDateTime) });
            command.Parameters.AddTime(db.Now);
            return (int)(await QueryMeter.Measured(command.ExecuteScalarAsync(token)))!;
        },
        ct);
}
