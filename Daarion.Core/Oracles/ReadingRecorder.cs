using Daarion.Core.Data;
using Daarion.Core.Embassies;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;
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
internal sealed class ReadingRecorder(OracleDbContext db, IPolicySnapshots registry)
{
    private const string OpenTimelines = """
        select place, first_ts, first_value, last_id, last_ts, last_value, last_team, last_user, readings, appended, spacing, peak, changes, rank, piece_weighs, others
        from oracles.open_sites($1, $2, $3)
        """;

    private const string Neighbours = "select place, id, ts, value, team_id, user_id from oracles.neighbours($1, $2, $3, $4, $5)";

    private const string Insert = """
        insert into oracles.oracles (id, platform, domain, site_id, team_id, user_id, value, source_unit, normalized_value, delta, unit, ts, received_at, state, rule, kind, compensates, webhook_event_id, trace_id)
        select id, platform, domain, site_id, team_id, user_id, value, source_unit, normalized_value, delta, unit, ts, $12, state, rule, kind, compensates, webhook_event_id, trace_id
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $13, $14, $15, $16, $17, $18, $19)
             as r (id, platform, domain, site_id, team_id, user_id, value, source_unit, normalized_value, delta, ts, rule, kind, compensates, webhook_event_id, trace_id, unit, state)
        """;

    private const string Keep = """
        insert into oracles.oracle_sites (platform, domain, site_id, first_ts, first_value, last_id, last_ts, last_value, last_team, last_user, readings, appended, spacing, peak, rank)
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        on conflict (platform, site_id, domain) do update set
          first_ts = excluded.first_ts, first_value = excluded.first_value, last_id = excluded.last_id, last_ts = excluded.last_ts, last_value = excluded.last_value,
          last_team = excluded.last_team, last_user = excluded.last_user, readings = excluded.readings, appended = excluded.appended, spacing = excluded.spacing, peak = excluded.peak
        """;

    // A reading that waited gets what it was judged to be, and nothing else of it changes.
    private const string Decide = """
        update oracles.oracles set state = $2, rule = $3, delta = $4, kind = $5, normalized_value = $6, team_id = $7, user_id = $8, decided_by = $9, decided_at = $10
        where id = $1 and state = 'held'
        """;

    /// <summary>Records readings in the order they came; answers their rows in the same order, each followed by the row that compensates its neighbour where it is late.</summary>
    public async Task<IReadOnlyList<OracleRow>> Record(IReadOnlyList<ReadingToRecord> readings, CancellationToken ct)
    {
        var sites = await Open(readings, ct);
        var judge = new ReadingJudge(db.Now, OracleLimits.Of(await registry.Current(ct)), readings.Count * 2);
        foreach (var reading in readings)
        {
            judge.Judge(reading, sites[reading.Site], sites.Others(reading.Site));
        }

        await Write(judge.Rows, ct);
        await WriteHistories(sites.Changed, ct);
        PublishAll(judge);
        return judge.Rows;
    }

    /// <summary>
    /// Judges a reading that waited as if it came now, but for what made it wait; answers its row as it is then. Nothing where somebody else has decided meanwhile.
    /// </summary>
    /// <exception cref="CityException"><c>conflict</c> where another rule refuses it, or it would still wait.</exception>
    public async Task<OracleRow?> Approve(OracleRow held, string by, CancellationToken ct)
    {
        var reading = new ReadingToRecord(
            new SiteKey(held.Platform, held.Domain, held.SiteId),
            held.Value,
            held.SourceUnit,
            held.Ts,
            held.TeamId,
            held.UserId,
            held.WebhookEventId,
            held.WebhookEventId is { } hook ? ReadingIds.TimeOf(hook) : held.ReceivedAt,
            null);
        var sites = await Open([reading], ct);

        // The site is locked now: whoever decided before is done, and the reading is judged as one that still waits.
        if (!await db.Readings.AnyAsync(one => one.Id == held.Id && one.State == ReadingState.Held, ct))
        {
            return null;
        }

        var judge = new ReadingJudge(db.Now, OracleLimits.Of(await registry.Current(ct)));
        judge.Judge(reading, sites[reading.Site], sites.Others(reading.Site), held);
        var row = judge.Rows[0] with { TraceId = held.TraceId };
        if (row.Rule is { } rule)
        {
            throw CityException.Conflict(
                row.State == ReadingState.Held ? "Say what a piece of this site weighs first." : $"It cannot count any more: the rule {rule} refuses it.", row.State == ReadingState.Held ? rule : "refused");
        }

        if (!await Settle(row, by, ct))
        {
            return null;
        }

        await Write([.. judge.Rows.Skip(1)], ct);
        await WriteHistories(sites.Changed, ct);
        PublishAll(judge);
        return row;
    }

    /// <summary>Says that a reading that waited does not count. Answers its row; nothing where somebody else has decided meanwhile.</summary>
    public async Task<OracleRow?> Reject(OracleRow held, string by, CancellationToken ct)
    {
        var row = held with { State = ReadingState.Rejected };
        if (!await Settle(row, by, ct))
        {
            return null;
        }

        Publish(row, null);
        return row;
    }

    private async Task<bool> Settle(OracleRow row, string by, CancellationToken ct)
    {
        await using var command = await db.Command(Decide, ct);
        command.Parameters.AddText(row.Id.Value);
        command.Parameters.AddText(Words.Of(row.State));
        command.Parameters.AddText(row.Rule);
        command.Parameters.Add(new() { Value = row.Delta.Value, NpgsqlDbType = NpgsqlDbType.Numeric });
        command.Parameters.AddText(Words.Of(row.Kind));
        command.Parameters.Add(new() { Value = row.NormalizedValue.Value, NpgsqlDbType = NpgsqlDbType.Numeric });
        command.Parameters.AddText(row.TeamId.Value);
        command.Parameters.AddText(row.UserId?.Value);
        command.Parameters.AddText(by);
        command.Parameters.AddTime(db.Now);
        return await QueryMeter.Measured(command.ExecuteNonQueryAsync(ct)) == 1;
    }

    private void PublishAll(ReadingJudge judge)
    {
        foreach (var (row, cause) in judge.Rows.Zip(judge.Causes))
        {
            Publish(row, cause.Cause);
        }
    }

    private async Task<OpenSites> Open(IReadOnlyList<ReadingToRecord> readings, CancellationToken ct)
    {
        var sites = new OpenSites();
        var asked = readings.Select(reading => reading.Site).Distinct().ToArray();
        var beside = await Load(asked, sites, ct);

        // What other platforms tell of the same sites.
        if (beside.Except(asked).ToArray() is { Length: > 0 } others)
        {
            await Load(others, sites, ct);
        }

        await KnowNeighbours([.. readings.Where(reading => sites[reading.Site].History is { } history && reading.Ts <= history.LastTs).Select(reading => (reading.Site, reading.Ts))], sites, ct);
        await KnowNeighbours([.. sites.Compared(readings)], sites, ct);
        return sites;
    }

    // Answers the sites that are the same as others tell them.
    private async Task<HashSet<SiteKey>> Load(SiteKey[] keys, OpenSites sites, CancellationToken ct)
    {
        var beside = new HashSet<SiteKey>();
        await using var command = await db.Command(OpenTimelines, ct);
        command.Parameters.AddTexts(Array.ConvertAll(keys, site => site.Platform));
        command.Parameters.AddTexts(Array.ConvertAll(keys, site => site.Domain));
        command.Parameters.AddTexts(Array.ConvertAll(keys, site => site.SiteId));
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            var site = keys[reader.GetInt64(0) - 1];
            var last = await reader.IsDBNullAsync(3, ct) ? null : new TimelinePoint(
                OracleId.Parse(reader.GetString(3)),
                await reader.GetFieldValueAsync<DateTimeOffset>(4, ct),
                reader.GetDecimal(5),
                TeamId.Parse(reader.GetString(6)),
                await reader.IsDBNullAsync(7, ct) ? null : UserId.Parse(reader.GetString(7)));
            var history = last is null ? null : new SiteHistory(
                await reader.GetFieldValueAsync<DateTimeOffset>(1, ct), reader.GetDecimal(2), last, reader.GetInt64(8), reader.GetInt64(9), reader.GetDecimal(10), reader.GetDecimal(11));
            var changes = await reader.IsDBNullAsync(12, ct) ? [] : await reader.GetFieldValueAsync<DateTimeOffset[]>(12, ct);
            var timeline = new SiteTimeline(
                site,
                history,
                changes,
                await reader.IsDBNullAsync(13, ct) ? null : reader.GetInt32(13),
                await reader.IsDBNullAsync(14, ct) ? null : reader.GetDecimal(14));
            if (last is not null)
            {
                timeline.Know(last);
            }

            sites.Add(timeline);
            if (!await reader.IsDBNullAsync(15, ct))
            {
                beside.UnionWith((await reader.GetFieldValueAsync<string[]>(15, ct)).Select(platform => site with { Platform = platform }));
            }
        }

        return beside;
    }

    private async Task KnowNeighbours((SiteKey Site, DateTimeOffset Ts)[] times, OpenSites sites, CancellationToken ct)
    {
        if (times.Length == 0)
        {
            return;
        }

        await using var command = await db.Command(Neighbours, ct);
        command.Parameters.Add(new() { Value = Enumerable.Range(0, times.Length).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.AddTexts(Array.ConvertAll(times, time => time.Site.Platform));
        command.Parameters.AddTexts(Array.ConvertAll(times, time => time.Site.Domain));
        command.Parameters.AddTexts(Array.ConvertAll(times, time => time.Site.SiteId));
        command.Parameters.AddTimes(Array.ConvertAll(times, time => time.Ts));
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            sites[times[reader.GetInt32(0)].Site].Know(new TimelinePoint(
                OracleId.Parse(reader.GetString(1)),
                await reader.GetFieldValueAsync<DateTimeOffset>(2, ct),
                reader.GetDecimal(3),
                TeamId.Parse(reader.GetString(4)),
                await reader.IsDBNullAsync(5, ct) ? null : UserId.Parse(reader.GetString(5))));
        }
    }

    private async Task Write(List<OracleRow> rows, CancellationToken ct)
    {
        if (rows.Count == 0)
        {
            return;
        }

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
        parameters.AddTexts(Array.ConvertAll(all, row => row.Unit));
        parameters.AddTexts(Array.ConvertAll(all, row => Words.Of(row.State)));
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
        parameters.Add(new() { Value = Array.ConvertAll(sites, site => site.Rank!.Value), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        await QueryMeter.Measured(command.ExecuteNonQueryAsync(ct));
    }

    private void Publish(OracleRow row, EventCause? cause)
    {
        var key = $"{row.Platform}/{row.SiteId}";
        switch (row.State)
        {
            case ReadingState.Held:
                db.Publish(new OracleReadingHeld(row.Id, row.Platform, row.Domain, row.SiteId, row.TeamId, row.Rule!, row.Value, row.WebhookEventId), key, row.TeamId, cause);
                break;
            case ReadingState.Rejected:
                db.Publish(new OracleReadingRejected(row.Id, row.Platform, row.Domain, row.SiteId, row.TeamId, row.Rule!, row.Value, row.WebhookEventId), key, row.TeamId, cause);
                break;
            default:
                db.Publish(
                    new OracleReadingPublished(
                        row.Id, row.Domain, row.SiteId, row.Platform, row.TeamId, row.NormalizedValue, row.Delta, row.Unit, row.Ts, row.Kind, row.WebhookEventId, row.UserId),
                    key,
                    row.TeamId,
                    cause);
                break;
        }
    }
}
