using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace Daarion.Core.Usage;

/// <summary>Publishes what became of counters: how far they moved, and once in a window that a quota is nearly and that it is wholly used up.</summary>
internal sealed class UsageNewsTeller(UsageDbContext db, QuotaTable quotas)
{
    private const string Sql =
        "select team_id, metric, window_start, subject_id, used, reserved, moved, max, told, warns, exceeds, later from usage.tell($1, $2, $3, $4, $5, $6, $8, $7)";

    /// <summary>Tells the news; answers what has to wait because its counter was told of a moment ago.</summary>
    public Task<IReadOnlyList<KeyValuePair<CounterKey, bool>>> Tell(IReadOnlyList<KeyValuePair<CounterKey, bool>> news, CancellationToken ct) => db.Transact(
        async token =>
        {
            var limits = new decimal?[news.Count];
            for (var i = 0; i < limits.Length; i++)
            {
                limits[i] = news[i].Key.Payer.IsKey ? null : (await quotas.Of(news[i].Key.Payer, news[i].Key.Metric, token)).Effective;
            }

            return await Write(news, limits, token);
        },
        ct);

    private async Task<IReadOnlyList<KeyValuePair<CounterKey, bool>>> Write(IReadOnlyList<KeyValuePair<CounterKey, bool>> news, decimal?[] limits, CancellationToken ct)
    {
        var later = new List<KeyValuePair<CounterKey, bool>>();
        await using var command = await db.Command(Sql, ct);
        var parameters = command.Parameters;
        parameters.AddTexts([.. news.Select(one => one.Key.Payer.TeamId.Value)]);
        parameters.AddTexts([.. news.Select(one => one.Key.Metric)]);
        parameters.AddTimes([.. news.Select(one => one.Key.WindowStart)]);
        parameters.AddTexts([.. news.Select(one => one.Key.Payer.SubjectId)]);
        parameters.Add(new NpgsqlParameter { Value = news.Select(one => one.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean });
        parameters.Add(new NpgsqlParameter { Value = limits, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Numeric });
        parameters.AddTime(db.Now);
        parameters.Add(new NpgsqlParameter { Value = Policy.QuotaStanding.WarningFrom });
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            var counter = new CounterKey(new(TeamId.Parse(reader.GetString(0)), reader.GetString(3)), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2));
            Publish(counter, reader);
            if (reader.GetBoolean(11))
            {
                later.Add(new(counter, false));
            }
        }

        return later;
    }

    private void Publish(CounterKey counter, NpgsqlDataReader reader)
    {
        var (team, subject) = (counter.Payer.TeamId, counter.Payer.SubjectId is { Length: > 0 } named ? named : null);
        var key = $"{team}/{subject}/{counter.Metric}";
        var (used, inUse) = (reader.GetDecimal(4), Quantity.Of(reader.GetDecimal(4) + reader.GetDecimal(5)));
        if (reader.GetBoolean(8) && !counter.Payer.IsKey)
        {
            db.Publish(
                new UsageIncrement(team, subject, counter.Metric, Quantity.Of(reader.GetDecimal(6)), counter.WindowStart, Quantity.Of(used)),
                key,
                team,
                type: UsageModule.IncrementOf(counter.Metric));
        }

        if (reader.GetBoolean(9))
        {
            db.Publish(new UsageQuotaWarning(team, subject, counter.Metric, counter.WindowStart, inUse, Quantity.Of(reader.GetDecimal(7))), key, team);
        }

        if (reader.GetBoolean(10))
        {
            db.Publish(new UsageQuotaExceeded(team, subject, counter.Metric, counter.WindowStart, inUse, Quantity.Of(reader.IsDBNull(7) ? used : reader.GetDecimal(7))), key, team);
        }
    }
}
