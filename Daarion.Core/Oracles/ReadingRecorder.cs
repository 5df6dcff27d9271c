using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using NpgsqlTypes;

namespace Daarion.Core.Oracles;

/// <summary>A reading to judge and record.</summary>
/// <param name="Site">Of which site.</param>
/// <param name="Value">The counter as sent.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Ts">Its time.</param>
/// <param name="Team">Whom it counts for.</param>
/// <param name="Beneficiary">Who is paid instead.</param>
/// <param name="WebhookEvent">The embassy's event it came in.</param>
/// <param name="ReceivedAt">When it came to the city.</param>
/// <param name="Cause">The event that brought it, for the trace.</param>
internal sealed record ReadingToRecord(
    SiteKey Site, Quantity Value, string Unit, DateTimeOffset Ts, TeamId Team, UserId? Beneficiary, EmbassyId? WebhookEvent, DateTimeOffset ReceivedAt, EventCause? Cause);

/// <summary>
/// Judges readings and records them, set by set: where the sites stand is loaded once, the rules are applied in memory in the order of arrival,
/// the rows are written at once. Runs inside its caller's transaction.
/// </summary>
internal sealed class ReadingRecorder(OracleDbContext db)
{
    private const string Open = """
        select place, first_ts, first_value, last_id, last_ts, last_value, last_team, last_user, readings, appended, spacing, peak, changes
        from oracles.open_sites($1, $2, $3)
        """;

    private const string Neighbours = "select place, id, ts, value, team_id, user_id from oracles.neighbours($1, $2, $3, $4, $5)";

    private const string Insert = """
        insert into oracles.oracles (id, platform, domain, site_id, team_id, user_id, value, source_unit, normalized_value, delta, unit, ts, received_at, state, rule, kind, compensates, webhook_event_id, trace_id)
        select id, platform, domain, site_id, team_id, user_id, value, source_unit, normalized_value, delta, 'kwh', ts, $12, case when rule is null then 'published' else 'rejected' end, rule, kind, compensates, webhook_event_id, trace_id
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $13, $14, $15, $16, $17)
             as r (id, platform, domain, site_id, team_id, user_id, value, source_unit, normalized_value, delta, ts, rule, kind, compensates, webhook_event_id, trace_id)
        """;

    private const string Keep = """
        insert into oracles.oracle_sites (platform, domain, site_id, first_ts, first_value, last_id, last_ts, last_value, last_team, last_user, readings, appended, spacing, peak)
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        on conflict (platform, site_id, domain) do update set
          first_ts = excluded.first_ts, first_value = excluded.first_value, last_id = excluded.last_id, last_ts = excluded.last_ts, last_value = excluded.last_value,
          last_team = excluded.last_team, last_user = excluded.last_user, readings = excluded.readings, appended = excluded.appended, spacing = excluded.spacing, peak = excluded.peak
        """;

    /// <summary>Records readings in the order they came; answers their rows in the same order, each followed by the row that compensates its neighbour where it is late.</summary>
    public async Task<IReadOnlyList<OracleRow>> Record(IReadOnlyList<ReadingToRecord> readings, CancellationToken ct)
    {
        var timelines = await Timelines(readings, ct);
        var judge = new ReadingJudge(db.Now, readings.Count * 2);
        foreach (var reading in readings)
        {
            judge.Judge(reading, timelines[reading.Site]);
        }

        await Write(judge.Rows, ct);
        await WriteHistories([.. timelines.Values.Where(timeline => timeline.Changed)], ct);
        foreach (var (row, cause) in judge.Rows.Zip(judge.Causes))
        {
            Publish(row, cause);
        }

        return judge.Rows;
    }

    private async Task<Dictionary<SiteKey, SiteTimeline>> Timelines(IReadOnlyList<ReadingToRecord> readings, CancellationToken ct)
    {
        var sites = readings.Select(reading => reading.Site).Distinct().ToArray();
        var timelines = new Dictionary<SiteKey, SiteTimeline>(sites.Length);
        await using (var command = await db.Command(Open, ct))
        {
            command.Parameters.AddTexts(Array.ConvertAll(sites, site => site.Platform));
            command.Parameters.AddTexts(Array.ConvertAll(sites, site => site.Domain));
            command.Parameters.AddTexts(Array.ConvertAll(sites, site => site.SiteId));
            await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
            while (await reader.ReadAsync(ct))
            {
                var site = sites[reader.GetInt64(0) - 1];
                var last = await reader.IsDBNullAsync(3, ct) ? null : new TimelinePoint(
                    OracleId.Parse(reader.GetString(3)),
                    await reader.GetFieldValueAsync<DateTimeOffset>(4, ct),
                    reader.GetDecimal(5),
                    TeamId.Parse(reader.GetString(6)),
                    await reader.IsDBNullAsync(7, ct) ? null : UserId.Parse(reader.GetString(7)));
                var history = last is null ? null : new SiteHistory(
                    await reader.GetFieldValueAsync<DateTimeOffset>(1, ct), reader.GetDecimal(2), last, reader.GetInt64(8), reader.GetInt64(9), reader.GetDecimal(10), reader.GetDecimal(11));
                var changes = await reader.IsDBNullAsync(12, ct) ? [] : await reader.GetFieldValueAsync<DateTimeOffset[]>(12, ct);
                var timeline = new SiteTimeline(site, history, changes);
                if (last is not null)
                {
                    timeline.Know(last);
                }

                timelines.Add(site, timeline);
            }
        }

        await KnowNeighbours([.. readings.Where(reading => timelines[reading.Site].History is { } history && reading.Ts <= history.LastTs)], timelines, ct);
        return timelines;
    }

    private async Task KnowNeighbours(ReadingToRecord[] late, Dictionary<SiteKey, SiteTimeline> timelines, CancellationToken ct)
    {
        if (late.Length == 0)
        {
            return;
        }

        await using var command = await db.Command(Neighbours, ct);
        command.Parameters.Add(new() { Value = Enumerable.Range(0, late.Length).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.AddTexts(Array.ConvertAll(late, reading => reading.Site.Platform));
        command.Parameters.AddTexts(Array.ConvertAll(late, reading => reading.Site.Domain));
        command.Parameters.AddTexts(Array.ConvertAll(late, reading => reading.Site.SiteId));
        command.Parameters.AddTimes(Array.ConvertAll(late, reading => reading.Ts));
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            timelines[late[reader.GetInt32(0)].Site].Know(new TimelinePoint(
                OracleId.Parse(reader.GetString(1)),
                await reader.GetFieldValueAsync<DateTimeOffset>(2, ct),
                reader.GetDecimal(3),
                TeamId.Parse(reader.GetString(4)),
                await reader.IsDBNullAsync(5, ct) ? null : UserId.Parse(reader.GetString(5))));
        }
    }

    private async Task Write(List<OracleRow> rows, CancellationToken ct)
    {
        await using var command = await db.Command(Insert, ct);
        var (parameters, all) = (command.Parameters, rows.ToArray());
        parameters.AddTexts(Array.ConvertAll(all, row => row.Id.Value));
        parameters.AddTexts(Array.ConvertAll(all, row => row.Platform));
        parameters.AddTexts(Array.ConvertAll(all, row => row.Domain));
        parameters.AddTexts(Array.ConvertAll(all, row => row.SiteId));
        parameters.AddTexts(Array.ConvertAll(all, row => row.TeamId.Value));
        parameters.AddTexts(Array.ConvertAll(all, row => row.UserId?.Value));
        parameters.AddNumbers(Array.ConvertAll(all, row => row.Value.Value));
        parameters.AddTexts(Array.ConvertAll(all, row => row.SourceUnit));
        parameters.AddNumbers(Array.ConvertAll(all, row => row.NormalizedValue.Value));
        parameters.AddNumbers(Array.ConvertAll(all, row => row.Delta.Value));
        parameters.AddTimes(Array.ConvertAll(all, row => row.Ts));
        parameters.AddTime(db.Now);
        parameters.AddTexts(Array.ConvertAll(all, row => row.Rule));
        parameters.AddTexts(Array.ConvertAll(all, row => Words.Of(row.Kind)));
        parameters.AddTexts(Array.ConvertAll(all, row => row.Compensates?.Value));
        parameters.AddTexts(Array.ConvertAll(all, row => row.WebhookEventId?.Value));
        parameters.AddTexts(Array.ConvertAll(all, row => row.TraceId));
        await QueryMeter.Measured(command.ExecuteNonQueryAsync(ct));
    }

    private async Task WriteHistories(SiteTimeline[] sites, CancellationToken ct)
    {
        if (sites.Length == 0)
        {
            return;
        }

        await using var command = await db.Command(Keep, ct);
        var parameters = command.Parameters;
        parameters.AddTexts(Array.ConvertAll(sites, site => site.Site.Platform));
        parameters.AddTexts(Array.ConvertAll(sites, site => site.Site.Domain));
        parameters.AddTexts(Array.ConvertAll(sites, site => site.Site.SiteId));
        parameters.AddTimes(Array.ConvertAll(sites, site => site.History!.FirstTs));
        parameters.AddNumbers(Array.ConvertAll(sites, site => site.History!.FirstValue));
        parameters.AddTexts(Array.ConvertAll(sites, site => site.History!.Last.Id.Value));
        parameters.AddTimes(Array.ConvertAll(sites, site => site.History!.LastTs));
        parameters.AddNumbers(Array.ConvertAll(sites, site => site.History!.Last.Value));
        parameters.AddTexts(Array.ConvertAll(sites, site => site.History!.Last.Team.Value));
        parameters.AddTexts(Array.ConvertAll(sites, site => site.History!.Last.Beneficiary?.Value));
        parameters.Add(new() { Value = Array.ConvertAll(sites, site => site.History!.Readings), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        parameters.Add(new() { Value = Array.ConvertAll(sites, site => site.History!.Appended), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        parameters.AddNumbers(Array.ConvertAll(sites, site => site.History!.Spacing));
        parameters.AddNumbers(Array.ConvertAll(sites, site => Math.Min(site.History!.Peak, Quantity.Limit)));
        await QueryMeter.Measured(command.ExecuteNonQueryAsync(ct));
    }

    private void Publish(OracleRow row, ReadingToRecord cause)
    {
        var key = $"{row.Platform}/{row.SiteId}";
        if (row.Rule is { } rule)
        {
            db.Publish(new OracleReadingRejected(row.Id, row.Platform, row.Domain, row.SiteId, row.TeamId, rule, row.Value, row.WebhookEventId), key, row.TeamId, cause.Cause);
            return;
        }

        db.Publish(
            new OracleReadingPublished(
                row.Id, row.Domain, row.SiteId, row.Platform, row.TeamId, row.NormalizedValue, row.Delta, row.Unit, row.Ts, row.Kind, row.WebhookEventId, row.UserId),
            key,
            row.TeamId,
            cause.Cause);
    }
}
