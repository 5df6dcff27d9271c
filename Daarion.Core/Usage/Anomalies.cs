using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace Daarion.Core.Usage;

/// <summary>Finds what is unusual and tells it once.</summary>
internal sealed class Anomalies(UsageDbContext db)
{
    /// <summary>What has no quota and no counter: deliveries under a platform's name whose signature was wrong.</summary>
    public const string BadSignatures = "embassy_bad_signatures";

    /// <summary>Wrong signatures of an hour that are a burst.</summary>
    public const int BadSignaturesBurst = 20;

    // How often usual an hour has to be, of how many hours usual is known, and below how much nothing is worth telling.
    private const decimal Times = 10;
    private const int LeastHours = 3;
    private const decimal LeastValue = 20;

    private const string UnusualSql =
        """
        with hours as (
          select team_id, subject_id, metric, date_trunc('hour', at, 'UTC') as hour, sum(units) as value
          from usage.usage_events where metric = any ($1) and at >= $2 - interval '7 days' and at <= $2 and subject_id not like 'ak!_%' escape '!' group by 1, 2, 3, 4),
        usual as (
          select team_id, subject_id, metric, avg(value) as value from hours
          where hour < date_trunc('hour', $2, 'UTC') and value > 0 group by 1, 2, 3 having count(*) >= $4)
        select h.team_id, h.subject_id, h.metric, h.hour, h.value, round(u.value, 9), array(
          select e.key_id from usage.usage_events e
          where e.metric = h.metric and e.at >= h.hour and e.at <= $2 and e.team_id = h.team_id and e.subject_id = h.subject_id and e.key_id is not null
          group by e.key_id having sum(e.units) > h.value / 2)
        from hours h join usual u using (team_id, subject_id, metric)
        where h.hour = date_trunc('hour', $2, 'UTC') and h.value > u.value * $3 and h.value >= $5
          and not exists (
            select from usage.usage_anomalies a
            where (a.kind, a.team_id, a.subject_id, a.metric, a.hour) = ('above_usual', h.team_id, h.subject_id, h.metric, h.hour))
        limit 100
        """;

    private const string InsertSql =
        """
        insert into usage.usage_anomalies (id, kind, team_id, subject_id, metric, hour, value, usual, found_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing
        """;

    /// <summary>Looks at the hour that is passing.</summary>
    public Task<int> Find(CancellationToken ct) => db.Transact(
        async token =>
        {
            var found = await Unusual(token);
            foreach (var (payer, metric, hour, value, usual, keys) in found)
            {
                await Tell(UsageAnomalyKind.AboveUsual, payer, metric, hour, value, usual, token, keys);
            }

            return found.Count;
        },
        ct);

    /// <summary>Writes down an anomaly and tells it, where it is not known.</summary>
    public async Task Tell(UsageAnomalyKind kind, Payer payer, string metric, DateTimeOffset hour, decimal value, decimal usual, CancellationToken ct, string[]? keys = null)
    {
        var id = AnomalyId.New(db.Now);
        await using var command = await db.Command(InsertSql, ct);
        var parameters = command.Parameters;
        parameters.AddText(id.Value);
        parameters.AddText(Words.Of(kind));
        parameters.AddText(payer.TeamId.Value);
        parameters.AddText(payer.SubjectId);
        parameters.AddText(metric);
        parameters.AddTime(hour);
        parameters.Add(new NpgsqlParameter { Value = value });
        parameters.Add(new NpgsqlParameter { Value = usual });
        parameters.AddTime(db.Now);
        if (await QueryMeter.Measured(command.ExecuteNonQueryAsync(ct)) == 1)
        {
            db.Publish(
                new UsageAnomalyDetected(id, kind, payer.TeamId, payer.SubjectId is { Length: > 0 } subject ? subject : null, metric, hour, Quantity.Of(value), Quantity.Of(usual), keys is { Length: > 0 } ? keys : null),
                $"{payer.TeamId}/{payer.SubjectId}/{metric}",
                payer.TeamId);
        }
    }

    private async Task<List<(Payer Payer, string Metric, DateTimeOffset Hour, decimal Value, decimal Usual, string[] Keys)>> Unusual(CancellationToken ct)
    {
        var found = new List<(Payer, string, DateTimeOffset, decimal, decimal, string[])>();
        await using var command = await db.Command(UnusualSql, ct);
        command.Parameters.Add(new NpgsqlParameter { Value = Metrics.All.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.AddTime(db.Now);
        command.Parameters.Add(new NpgsqlParameter { Value = Times });
        command.Parameters.Add(new NpgsqlParameter { Value = LeastHours });
        command.Parameters.Add(new NpgsqlParameter { Value = LeastValue });
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            found.Add((
                new(TeamId.Parse(reader.GetString(0)), reader.GetString(1)),
                reader.GetString(2),
                reader.GetFieldValue<DateTimeOffset>(3),
                reader.GetDecimal(4),
                reader.GetDecimal(5),
                reader.GetFieldValue<string[]>(6)));
        }

        return found;
    }
}
