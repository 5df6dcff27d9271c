using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Oracles;

/// <inheritdoc cref="IOracleService"/>
internal sealed class OracleService(OracleDbContext db, IAccess access, ReadingRecorder recorder) : IOracleService
{
    private const int MaxPoints = 1000;
    private const int MaxRejections = 200;
    private const decimal MaxPieceWeight = 1_000_000;
    private static readonly TimeSpan DefaultSpan = TimeSpan.FromDays(7);
    private static readonly TimeSpan MaxSpan = TimeSpan.FromDays(3700);

    public async Task<Page<OracleReading>> ListReadings(Caller caller, ReadingQuery request, CancellationToken ct)
    {
        var team = await Visible(caller, request.TeamId, request.SiteId, ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var rows = PageCursor.Decode(page.Cursor, 1) is [var before]
            ? db.Readings.FromSql($"select * from oracles.oracles where id < {before}")
            : db.Readings;
        rows = request.SiteId is { } site ? rows.Where(r => r.SiteId == site) : rows;
        rows = request.Platform is { } platform ? rows.Where(r => r.Platform == platform) : rows;
        rows = team is { } one ? rows.Where(r => r.TeamId == one) : rows;
        rows = request.State is { } state ? rows.Where(r => r.State == state) : rows;
        rows = request.Rule is { } rule ? rows.Where(r => r.Rule == rule) : rows;
        rows = request.Domain is { } domain ? rows.Where(r => r.Domain == domain) : rows;
        rows = request.Ts is { } taken ? rows.Where(r => r.Ts == taken) : rows;
        var found = await rows.AsNoTracking().OrderByDescending(r => r.Id).Take(page.Limit + 1).ToListAsync(ct);
        return Page<OracleRow>.From(found, page, r => [r.Id.Value]).Select(r => r.View());
    }

    public async Task<OracleReading> GetReading(Caller caller, ReadingRef request, CancellationToken ct)
    {
        var row = await db.Readings.AsNoTracking().SingleOrDefaultAsync(r => r.Id == request.Id, ct);
        await access.Require(caller, OracleModule.Read, row is null ? ResourceRef.City : new ResourceRef("oracle", row.Id.Value, row.TeamId), ct);
        return row?.View() ?? throw CityException.NotFound("reading");
    }

    public async Task<SiteSeries> GetSeries(Caller caller, SeriesQuery request, CancellationToken ct)
    {
        var last = await db.Readings.AsNoTracking()
            .Where(r => r.SiteId == request.SiteId && (request.Platform == null || r.Platform == request.Platform) && (request.Domain == null || r.Domain == request.Domain))
            .OrderByDescending(r => r.Id)
            .FirstOrDefaultAsync(ct);
        await access.Require(caller, OracleModule.Read, last is null ? ResourceRef.City : new ResourceRef("site", last.SiteId, last.TeamId), ct);
        if (last is null)
        {
            throw CityException.NotFound("site");
        }

        var points = request.Points is >= 2 and <= MaxPoints ? request.Points : throw CityException.Invalid("points", $"Give a number from 2 to {MaxPoints}.");
        var to = request.To ?? db.Now;
        var from = request.From ?? to - DefaultSpan;
        if (from >= to || to - from > MaxSpan)
        {
            throw CityException.Invalid("from", "Give a time before to, at most ten years.");
        }

        var series = await db.Database.SqlQuery<Slice>($"""
            select max(ts) as ts,
                   (array_agg(normalized_value order by ts desc) filter (where compensates is null))[1] as value,
                   sum(delta) as delta,
                   (count(*) filter (where compensates is null))::integer as readings,
                   (array_agg(id order by ts desc) filter (where compensates is null))[1] as id
            from oracles.oracles
            where platform = {last.Platform} and site_id = {last.SiteId} and domain = {last.Domain} and state = 'published' and ts >= {from} and ts <= {to}
            group by width_bucket(extract(epoch from ts), extract(epoch from {from}), extract(epoch from {to}) + 0.001, {points})
            having count(*) filter (where compensates is null) > 0
            order by 1
            """).ToListAsync(ct);
        var rejected = await db.Readings.AsNoTracking()
            .Where(r => r.SiteId == last.SiteId && r.Platform == last.Platform && r.Domain == last.Domain && r.State == ReadingState.Rejected && r.Ts >= from && r.Ts <= to)
            .OrderByDescending(r => r.Ts)
            .Take(MaxRejections)
            .ToListAsync(ct);
        var changes = await db.MeterChanges.AsNoTracking()
            .Where(m => m.SiteId == last.SiteId && m.Platform == last.Platform && m.Domain == last.Domain && m.At >= from && m.At <= to)
            .Select(m => m.At)
            .Order()
            .ToListAsync(ct);
        var platforms = await db.Database.SqlQuery<string>($"""
            select platform as "Value" from oracles.oracle_sites where site_id = {last.SiteId} and domain = {last.Domain} and last_team = {last.TeamId.Value} order by rank
            """).ToListAsync(ct);
        return new(
            last.SiteId,
            last.Platform,
            last.TeamId,
            last.Domain,
            last.Unit,
            from,
            to,
            [.. series.Select(slice => new SeriesPoint(slice.Ts, Quantity.Of(slice.Value), Quantity.Of(slice.Delta), slice.Readings, OracleId.Parse(slice.Id)))],
            [.. rejected.Select(r => new RejectedPoint(r.Id, r.Ts, r.NormalizedValue, r.Rule!))],
            changes,
            platforms);
    }

    public Task<OracleReading> ApproveReading(Caller caller, ReadingRef request, CancellationToken ct) =>
        Decide(caller, request, "oracle.reading.approved", (held, token) => recorder.Approve(held, caller.Actor.Id, token), ct);

    public Task<OracleReading> RejectReading(Caller caller, ReadingRef request, CancellationToken ct) =>
        Decide(caller, request, "oracle.reading.refused", (held, token) => recorder.Reject(held, caller.Actor.Id, token), ct);

    private async Task<OracleReading> Decide(Caller caller, ReadingRef request, string what, Func<OracleRow, CancellationToken, Task<OracleRow?>> decide, CancellationToken ct)
    {
        await access.Require(caller, OracleModule.Manage, null, ct);
        var held = await db.Readings.AsNoTracking().SingleOrDefaultAsync(r => r.Id == request.Id, ct) ?? throw CityException.NotFound("reading");
        var row = held.State == ReadingState.Held
            ? await db.Transact(
                async token =>
                {
                    var decided = await decide(held, token);
                    db.Audit(what, "reading", held.Id.Value, held.TeamId, ("site", $"{held.Platform}/{held.SiteId}"), ("rule", held.Rule!), ("value", held.Value.ToString()), ("unit", held.SourceUnit));
                    return decided ?? throw NotHeld();
                },
                ct)
            : throw NotHeld();
        return (row with { DecidedBy = caller.Actor.Id, DecidedAt = db.Now }).View();
    }

    private static CityException NotHeld() => CityException.Conflict("This reading does not wait for a decision.", "not_held");

    public async Task<PieceWeight> SetPieceWeight(Caller caller, SetPieceWeight request, CancellationToken ct)
    {
        await access.Require(caller, OracleModule.Manage, null, ct);
        var (platform, site) = (PlatformRules.Name(request.Platform), PlatformRules.Site(request.SiteId));
        if (request.Weight is not { IsPositive: true, Value: <= MaxPieceWeight })
        {
            throw CityException.Invalid("weight", "Give kilograms above zero, at most a million.");
        }

        var row = await db.PieceWeights.SingleOrDefaultAsync(w => w.Platform == platform && w.SiteId == site && w.Domain == EmbassyDomain.Food, ct);
        if (row is null)
        {
            row = new PieceWeightRow { Platform = platform, Domain = EmbassyDomain.Food, SiteId = site, PieceWeighs = request.Weight, SetAt = db.Now, SetBy = caller.Actor.Id };
            db.Add(row);
        }
        else
        {
            (row.PieceWeighs, row.SetAt, row.SetBy) = (request.Weight, db.Now, caller.Actor.Id);
        }

        db.Audit("oracle.piece_weight.set", "site", $"{platform}/{site}", null, ("weight", request.Weight.ToString()));
        await db.SaveChangesAsync(ct);
        return new(platform, site, row.PieceWeighs, row.SetAt, row.SetBy);
    }

    public async Task<MeterChange> DeclareMeterChange(Caller caller, DeclareMeterChange request, CancellationToken ct)
    {
        await access.Require(caller, OracleModule.Manage, null, ct);
        var domain = (await db.Database.SqlQuery<string>($"""
            select distinct domain as "Value" from oracles.oracles where site_id = {request.SiteId} and platform = {request.Platform} and ({request.Domain}::text is null or domain = {request.Domain})
            """).ToListAsync(ct)) switch
        {
            [] => throw CityException.NotFound("site"),
            [var only] => only,
            var several => throw CityException.Invalid("domain", $"This site has several meters; use one of: {string.Join(", ", several.Order(StringComparer.Ordinal))}."),
        };
        var at = Timestamps.Truncate(request.At ?? db.Now);
        if (await db.MeterChanges.AnyAsync(m => m.Platform == request.Platform && m.SiteId == request.SiteId && m.Domain == domain && m.At == at, ct))
        {
            throw CityException.Conflict("A change of this meter at that time is declared already.", "duplicate");
        }

        var change = new MeterChangeRow
        {
            Platform = request.Platform,
            Domain = domain,
            SiteId = request.SiteId,
            At = at,
            DeclaredAt = db.Now,
            DeclaredBy = caller.Actor.Id,
        };
        db.Add(change);
        db.Audit("oracle.meter.changed", "site", $"{request.Platform}/{request.SiteId}", null, ("at", Timestamps.Format(at)), ("domain", domain));
        await db.SaveChangesAsync(ct);
        return new(change.Platform, change.SiteId, change.At, change.DeclaredAt, change.DeclaredBy, change.Domain);
    }

    public async Task<OracleReading> PublishReading(Caller caller, PublishReading request, CancellationToken ct)
    {
        await access.Require(caller, OracleModule.Write, ResourceRef.Team(request.TeamId), ct);
        var domain = request.Domain ?? EmbassyDomain.Energy;
        _ = Measures.Normalize(domain, request.Value, request.Unit.ToLowerInvariant());
        var reading = new ReadingToRecord(
            new SiteKey(PlatformRules.Name(request.Platform), domain, PlatformRules.Site(request.SiteId)),
            request.Value,
            request.Unit.ToLowerInvariant(),
            Timestamps.Truncate(request.Ts),
            request.TeamId,
            request.UserId,
            null,
            db.Now,
            null);
        var rows = await db.Transact(token => recorder.Record([reading], token), ct);
        return rows[0].View();
    }

    /// <summary>The team whose readings the caller may list; null for all. Operators and services see all, a team's people their team's.</summary>
    private async Task<TeamId?> Visible(Caller caller, TeamId? team, string? site, CancellationToken ct)
    {
        if (team is null && (await access.Ask(caller, OracleModule.Read, ResourceRef.City, ct)).Allow)
        {
            return null;
        }

        var asked = team ?? (site is null ? null : await db.Readings.Where(r => r.SiteId == site).OrderByDescending(r => r.Id).Select(r => (TeamId?)r.TeamId).FirstOrDefaultAsync(ct));
        await access.Require(caller, OracleModule.Read, asked is { } one ? ResourceRef.Team(one) : ResourceRef.City, ct);
        return asked;
    }

    private sealed record Slice(DateTimeOffset Ts, decimal Value, decimal Delta, int Readings, string Id);
}
