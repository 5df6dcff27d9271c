using System.Globalization;
using System.Text.Json;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Telemetry;

/// <inheritdoc cref="ITelemetryService"/>
internal sealed class TelemetryService(TelemetryDbContext db, TelemetryStore store, ReactionLags reactions, IAccess access) : ITelemetryService
{
    private const int MaxMinutes = 14 * 24 * 60;
    private const int MaxOverviewMinutes = 180;
    private static readonly TimeSpan NowSpan = TimeSpan.FromMinutes(5);

    public async Task<ServicesOverview> ListServices(Caller caller, ListServices request, CancellationToken ct)
    {
        await access.Require(caller, TelemetryModule.ReadTelemetry, ResourceRef.City, ct);
        Check(request.Minutes, MaxOverviewMinutes);
        return new ServicesOverview(db.Now, await Figures(ServiceName.All, request.Minutes, ct));
    }

    public async Task<ServiceFigures> GetService(Caller caller, GetService request, CancellationToken ct)
    {
        await access.Require(caller, TelemetryModule.ReadTelemetry, ResourceRef.City, ct);
        Check(request.Minutes, MaxMinutes);
        return ServiceName.All.Contains(request.Name, StringComparer.Ordinal)
            ? (await Figures([request.Name], request.Minutes, ct))[0]
            : throw CityException.NotFound("service");
    }

    public async Task<Trace> GetTrace(Caller caller, GetTrace request, CancellationToken ct)
    {
        await access.Require(caller, TelemetryModule.ReadTelemetry, ResourceRef.City, ct);
        if (request.TraceId.Length != 32 || !request.TraceId.All(char.IsAsciiHexDigitLower))
        {
            throw CityException.Invalid("trace_id", "A trace's id is 32 hex digits in lower case.");
        }

        var spans = await store.ReadTrace(request.TraceId, ct);
        if (spans.Count == 0)
        {
            throw CityException.NotFound("trace");
        }

        var start = spans[0].StartedAt;
        return new Trace(
            request.TraceId,
            start,
            spans.Max(span => (span.StartedAt + span.Duration - start).TotalMilliseconds),
            [.. spans.Select(span => new TraceSpan(
                span.SpanId, span.ParentId, span.Service, span.Name, span.Kind, span.StartedAt, (span.StartedAt - start).TotalMilliseconds, span.Duration.TotalMilliseconds, span.Failed,
                JsonSerializer.Deserialize<Dictionary<string, string>>(span.TagsJson, CityJson.Options)!))]);
    }

    public async Task<Page<AuditRecord>> ListAudit(Caller caller, ListAudit request, CancellationToken ct)
    {
        await access.Require(caller, TelemetryModule.ReadAudit, request.TeamId is { } asked ? ResourceRef.Team(asked) : ResourceRef.City, ct);
        var page = request.Page.Checked();
        var records = db.AuditRecords.AsNoTracking();
        if (PageCursor.Decode(page.Cursor, 1) is [var key])
        {
            var before = long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw CityException.Invalid("cursor", "This is not a cursor of this list; begin again without one.");
            records = records.Where(row => row.Number < before);
        }

        records = request.TeamId is { } team ? records.Where(row => row.TeamId == team) : records;
        records = request.TargetKind is { } kind ? records.Where(row => row.TargetKind == kind) : records;
        records = request.TargetId is { } target ? records.Where(row => row.TargetId == target) : records;
        records = request.ActorId is { } actor ? records.Where(row => row.ActorId == actor) : records;
        records = request.From is { } from ? records.Where(row => row.At >= from) : records;
        records = request.To is { } to ? records.Where(row => row.At < to) : records;
        records = request.Action switch
        {
            null => records,
            [.., '.'] prefix => records.Where(row => row.Action.StartsWith(prefix)),
            var action => records.Where(row => row.Action == action),
        };
        var rows = await records.OrderByDescending(row => row.Number).Take(page.Limit + 1).ToListAsync(ct);
        return Page<AuditRow>.From(rows, page, row => [row.Number.ToString(CultureInfo.InvariantCulture)]).Select(row => row.ToRecord());
    }

    public async Task<AuditRecord> GetAudit(Caller caller, GetAudit request, CancellationToken ct)
    {
        var row = await db.AuditRecords.AsNoTracking().FirstOrDefaultAsync(row => row.Id == request.Id, ct);
        var decision = await access.Ask(caller, TelemetryModule.ReadAudit, row?.TeamId is { } team ? ResourceRef.Team(team) : ResourceRef.City, ct);
        return row is not null && decision.Allow ? row.ToRecord() : throw CityException.NotFound("audit record");
    }

    public async Task<AuditVerification> VerifyAudit(Caller caller, VerifyAudit request, CancellationToken ct)
    {
        await access.Require(caller, TelemetryModule.ReadAudit, ResourceRef.City, ct);
        var (number, hash) = (0L, AuditRow.Genesis);
        await foreach (var row in db.AuditRecords.AsNoTracking().OrderBy(row => row.Number).AsAsyncEnumerable().WithCancellation(ct))
        {
            number++;
            if (row.Number != number)
            {
                return new AuditVerification(false, number - 1, number, $"Record {number} is missing.", null);
            }

            if (!row.Hash.AsSpan().SequenceEqual(row.HashAfter(hash)))
            {
                return new AuditVerification(false, number, number, $"Record {number} ({row.Id}) was changed after it was written.", null);
            }

            hash = row.Hash;
        }

        return new AuditVerification(true, number, null, number == 0 ? "The log is empty." : $"All {number} records are as they were written.", number == 0 ? null : Convert.ToHexStringLower(hash));
    }

    private async Task<IReadOnlyList<ServiceFigures>> Figures(IReadOnlyList<string> services, int minutes, CancellationToken ct)
    {
        var now = db.Now;
        var current = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        var first = current.AddMinutes(1 - minutes);
        var recent = current - NowSpan;
        var rows = (await store.Read(services, first < recent ? first : recent, ct)).ToLookup(row => row.Service, StringComparer.Ordinal);
        var lags = await reactions.ByService(db.Operation.Caller.CausationId, ct);
        return [.. services.Select(service => new ServiceFigures(
            service,
            rows[service].Where(row => row.At >= recent).Aggregate(new ServiceFiguresSum(), (sum, row) => sum.Add(row)).Over(now - recent),
            Points(rows[service].ToLookup(row => row.At)),
            [.. lags[service]]))];

        IReadOnlyList<ServicePoint> Points(ILookup<DateTimeOffset, MinuteFigures> byMinute) =>
            [.. Enumerable.Range(0, minutes).Select(i => first.AddMinutes(i)).Select(at => new ServicePoint(
                at, byMinute[at].Aggregate(new ServiceFiguresSum(), (sum, row) => sum.Add(row)).Over(at == current ? now - current : TimeSpan.FromMinutes(1))))];
    }

    private static void Check(int minutes, int max)
    {
        if (minutes < 1 || minutes > max)
        {
            throw CityException.Invalid("minutes", $"Give a number from 1 to {max}.");
        }
    }
}
