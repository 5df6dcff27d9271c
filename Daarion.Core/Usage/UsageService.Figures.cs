using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Daarion.Core.Usage;

/// <content>What is shown of it.</content>
internal sealed partial class UsageService
{
    private const string StandingSql =
        """
        select c.metric, c.subject_id, c.window_start, c.used, c.reserved - coalesce((
          select sum(r.units) from usage.reservations r
          where (r.team_id, r.metric, r.window_start, r.subject_id) = (c.team_id, c.metric, c.window_start, c.subject_id) and not r.expired and r.expires_at <= $3), 0)
        from usage.usage_counters c
        where c.team_id = $1 and c.window_start = any ($2) and ($4::text is null and (c.subject_id = '' or c.subject_id like 'embassy:%') or c.subject_id = $4)
        """;

    private const string SeriesSql =
        """
        select date_trunc($5, e.at, 'UTC') as step, sum(e.units) from usage.figures($2, $3, $4, $5 = 'hour') e
        where e.team_id = $1 and not (e.team_id = 't_city' and e.subject_id like 'u!_%' escape '!') and e.subject_id not like 'ak!_%' escape '!'
        group by step
        """;

    private const string TopSql =
        """
        select case $4 when 'agent' then e.agent when 'model' then e.model when 'key' then e.key_id else e.team_id end as id, sum(e.units) as value
        from usage.figures($1, $2, $3, false) e
        where ($5::text is null or e.team_id = $5) and e.subject_id not like 'ak!_%' escape '!'
        group by 1 having case $4 when 'agent' then e.agent when 'model' then e.model when 'key' then e.key_id else e.team_id end is not null
        order by value desc, id limit $6
        """;

    private static readonly TimeSpan UsualSpan = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestSpan = TimeSpan.FromDays(3660);

    public async Task<TeamUsage> GetUsage(Caller caller, UsageQuery request, CancellationToken ct)
    {
        await access.Require(caller, UsageModule.Read, ResourceRef.Team(request.TeamId), ct);
        return await Usage(Payer.Of(request.TeamId), ct);
    }

    public async Task<TeamUsage> GetOwnUsage(Caller caller, OwnUsageQuery request, CancellationToken ct)
    {
        await access.Require(caller, UsageModule.Read, caller.User is { } asker ? ResourceRef.Own("usage", asker.Value, asker) : ResourceRef.City, ct);
        return caller.User is { } person ? await Usage(Payer.Of(person), ct) : throw CityException.Invalid("Daarion-Subject", "Say in this header for which person you act: u_….");
    }

    public async Task<UsageSeries> GetSeries(Caller caller, SeriesQuery request, CancellationToken ct)
    {
        await access.Require(caller, UsageModule.Read, ResourceRef.Team(request.TeamId), ct);
        var metric = Metrics.Checked(request.Metric);
        var (from, to) = Span(request.From, request.To);
        var steps = Steps(request.Step, from, to);
        await using var command = await Db.Command(SeriesSql, ct);
        command.Parameters.AddText(request.TeamId.Value);
        command.Parameters.AddText(metric);
        command.Parameters.AddTime(from);
        command.Parameters.AddTime(to);
        command.Parameters.AddText(Words.Of(request.Step));
        var values = new Dictionary<DateTimeOffset, decimal>();
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            values[reader.GetFieldValue<DateTimeOffset>(0)] = reader.GetDecimal(1);
        }

        return new(request.TeamId, metric, request.Step, from, to, [.. steps.Select(at => new UsagePoint(at, Quantity.Of(values.GetValueOrDefault(at))))]);
    }

    public async Task<UsageTop> GetTop(Caller caller, TopQuery request, CancellationToken ct)
    {
        await access.Require(caller, UsageModule.Read, request.TeamId is { } team ? ResourceRef.Team(team) : ResourceRef.City, ct);
        var metric = Metrics.Checked(request.Metric);
        var (from, to) = Span(request.From, request.To);
        var page = new PageRequest(request.Limit).Checked();
        await using var command = await Db.Command(TopSql, ct);
        command.Parameters.AddText(metric);
        command.Parameters.AddTime(from);
        command.Parameters.AddTime(to);
        command.Parameters.AddText(Words.Of(request.By));
        command.Parameters.AddText(request.TeamId?.Value);
        command.Parameters.Add(new NpgsqlParameter { Value = page.Limit });
        var items = new List<TopUser>();
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            items.Add(new(reader.GetString(0), Quantity.Of(reader.GetDecimal(1))));
        }

        return new(metric, request.By, from, to, items);
    }

    public async Task<Page<UsageAnomaly>> ListAnomalies(Caller caller, AnomalyQuery request, CancellationToken ct)
    {
        await access.Require(caller, UsageModule.Read, request.TeamId is { } about ? ResourceRef.Team(about) : ResourceRef.City, ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var rows = PageCursor.Decode(page.Cursor, 1) is [var after]
            ? Db.Anomalies.FromSql($"select * from usage.usage_anomalies where id < {after}")
            : Db.Anomalies;
        rows = request.TeamId is { } team ? rows.Where(anomaly => anomaly.TeamId == team) : rows;
        return Page<UsageAnomaly>.From(
            await rows.AsNoTracking().OrderByDescending(anomaly => anomaly.Id).Take(page.Limit + 1).ToListAsync(ct), page, anomaly => [anomaly.Id.Value]);
    }

    private async Task<TeamUsage> Usage(Payer payer, CancellationToken ct)
    {
        var now = Now;
        var all = new Dictionary<string, (Quota Quota, DateTimeOffset Start)>(StringComparer.Ordinal);
        foreach (var metric in Metrics.All)
        {
            var quota = await quotas.Of(payer, metric, ct);
            all[metric] = (quota, Metrics.StartOf(quota.Window, now));
        }

        var standings = await Standings(payer, [.. all.Values.Select(one => one.Start).Distinct()], now, ct);
        var platforms = standings.Keys.Where(key => key.Subject.Length > 0 && !payer.IsPerson).ToList();
        var metrics = all.Keys.Select(metric => (Metric: metric, Subject: payer.SubjectId)).Concat(platforms.Select(key => (key.Metric, key.Subject))).Distinct();
        return new(
            payer.TeamId,
            payer.IsPerson ? UserId.Parse(payer.SubjectId) : null,
            now,
            [.. metrics.Where(one => all.ContainsKey(one.Metric)).Select(one => View(one.Metric, payer.IsPerson ? string.Empty : one.Subject, all[one.Metric], standings.GetValueOrDefault((one.Metric, one.Subject, all[one.Metric].Start)), now))]);
    }

    private async Task<Dictionary<(string Metric, string Subject, DateTimeOffset Start), (decimal Used, decimal Reserved)>> Standings(
        Payer payer, DateTimeOffset[] starts, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = await Db.Command(StandingSql, ct);
        command.Parameters.AddText(payer.TeamId.Value);
        command.Parameters.AddTimes(starts);
        command.Parameters.AddTime(now);
        command.Parameters.AddText(payer.SubjectId is { Length: > 0 } subject ? subject : null);
        var found = new Dictionary<(string, string, DateTimeOffset), (decimal, decimal)>();
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            found[(reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2))] = (reader.GetDecimal(3), reader.GetDecimal(4));
        }

        return found;
    }

    private static MetricUsage View(string metric, string subject, (Quota Quota, DateTimeOffset Start) of, (decimal Used, decimal Reserved) standing, DateTimeOffset now)
    {
        var (quota, start) = of;
        var end = Metrics.EndOf(quota.Window, start);
        return new(
            metric,
            subject.Length > 0 ? subject : null,
            quota.Window,
            end is null ? null : start,
            end,
            Quantity.Of(standing.Used),
            Quantity.Of(standing.Reserved),
            quota.Base is { } given ? Quantity.Of(given) : null,
            Quantity.Of(quota.Multiplier),
            quota.Effective is { } effective ? Quantity.Of(effective) : null,
            Left(quota, standing.Used, standing.Reserved),
            Quantity.Of(Metrics.Forecast(quota.Window, start, now, standing.Used)));
    }

    private (DateTimeOffset From, DateTimeOffset To) Span(DateTimeOffset? from, DateTimeOffset? to)
    {
        var end = Timestamps.Truncate(to ?? Now);
        if (end < DateTimeOffset.UnixEpoch || end.Year > 9000)
        {
            throw CityException.Invalid("to", "Give a time of this age.");
        }

        var begin = Timestamps.Truncate(from ?? end - UsualSpan);
        return begin < end && end - begin <= LongestSpan ? (begin, end) : throw CityException.Invalid("from", "Give a time before the end, at most ten years.");
    }

    private static List<DateTimeOffset> Steps(SeriesStep step, DateTimeOffset from, DateTimeOffset to)
    {
        var window = step switch { SeriesStep.Hour => UsageWindow.Hour, SeriesStep.Day => UsageWindow.Day, _ => UsageWindow.Month };
        var steps = new List<DateTimeOffset>();
        for (var at = Metrics.StartOf(window, from); at < to; at = Metrics.EndOf(window, at)!.Value)
        {
            if (steps.Count == SeriesQuery.MaxPoints)
            {
                throw CityException.Invalid("step", $"Give a longer step: a series has at most {SeriesQuery.MaxPoints} points.");
            }

            steps.Add(at);
        }

        return steps;
    }
}
