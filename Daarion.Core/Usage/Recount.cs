using Daarion.Core.Data;
using Daarion.Core.Kernel;

namespace Daarion.Core.Usage;

/// <summary>Counts every unit again: the sums of what was counted and of what is held, against what the counters say, all as of one moment.</summary>
internal sealed class Recount(UsageDbContext db)
{
    private const int MaxDifferences = 1000;

    private const string Sql =
        """
        with
        counted as (
          select team_id, metric, window_start, subject_id, sum(units) as units from usage.usage_events
          where window_start is not null and ($1::timestamptz is null or window_start >= $1) group by 1, 2, 3, 4),
        held as (select team_id, metric, window_start, subject_id, sum(units) as units from usage.reservations where not expired group by 1, 2, 3, 4),
        counters as (select * from usage.usage_counters where $1::timestamptz is null or window_start >= $1),
        compared as (
          select coalesce(c.team_id, e.team_id) as team_id, coalesce(c.subject_id, e.subject_id) as subject_id, coalesce(c.metric, e.metric) as metric,
                 coalesce(c.window_start, e.window_start) as window_start,
                 coalesce(c.used, 0) as used, coalesce(e.units, 0) as used_again, coalesce(c.reserved, 0) as reserved, coalesce(h.units, 0) as reserved_again
          from counters c
          full join counted e on (e.team_id, e.metric, e.window_start, e.subject_id) = (c.team_id, c.metric, c.window_start, c.subject_id)
          left join held h on (h.team_id, h.metric, h.window_start, h.subject_id) = (c.team_id, c.metric, c.window_start, c.subject_id))
        select (select count(*) from compared), d.team_id, d.subject_id, d.metric, d.window_start, d.used, d.used_again, d.reserved, d.reserved_again
        from (select 1) as one left join (
          select * from compared where used <> used_again or reserved <> reserved_again order by window_start desc, team_id, metric, subject_id limit $2) as d on true
        """;

    /// <summary>Counts again.</summary>
    public async Task<Reconciled> Run(DateTimeOffset? from, CancellationToken ct)
    {
        await using var command = await db.Command(Sql, ct);
        command.CommandTimeout = 300;
        command.Parameters.Add(new() { Value = (object?)from?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = MaxDifferences });
        var counters = 0L;
        var differences = new List<UsageDifference>();
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            counters = reader.GetInt64(0);
            if (!await reader.IsDBNullAsync(1, ct))
            {
                differences.Add(new(
                    TeamId.Parse(reader.GetString(1)),
                    reader.GetString(2),
                    reader.GetString(3),
                    reader.GetFieldValue<DateTimeOffset>(4),
                    Quantity.Of(reader.GetDecimal(5)),
                    Quantity.Of(reader.GetDecimal(6)),
                    Quantity.Of(reader.GetDecimal(7)),
                    Quantity.Of(reader.GetDecimal(8))));
            }
        }

        return new(differences.Count == 0, counters, differences);
    }
}
