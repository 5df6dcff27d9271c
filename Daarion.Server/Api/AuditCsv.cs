using System.Globalization;
using System.Text.Json;
using Daarion.Core.Kernel;
using Daarion.Core.Telemetry;

namespace Daarion.Server.Api;

/// <summary>The audit log as a file for a spreadsheet, written page by page as it is read.</summary>
/// <param name="first">The first page; a refusal has already been told by now.</param>
/// <param name="next">Reads a further page.</param>
internal sealed class AuditCsv(Page<AuditRecord> first, Func<PageRequest, Task<Page<AuditRecord>>> next) : IResult
{
    private const int PageSize = 200;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = "attachment; filename=\"audit.csv\"";
        await response.WriteAsync("number,id,at,actor_kind,actor_id,action,target_kind,target_id,team_id,decision_id,event_id,trace_id,causation_id,details,hash\r\n");
        for (var page = first; ; page = await next(new PageRequest(PageSize, page.NextCursor)))
        {
            foreach (var record in page.Items)
            {
                await response.WriteAsync(Line(record));
            }

            if (page.NextCursor is null)
            {
                return;
            }
        }
    }

    private static string Line(AuditRecord r) => Csv.Line(
        r.Number.ToString(CultureInfo.InvariantCulture),
        r.Id.Value,
        Timestamps.Format(r.At),
        r.ActorKind,
        r.ActorId,
        r.Action,
        r.TargetKind,
        r.TargetId,
        r.TeamId?.Value,
        r.DecisionId,
        r.EventId,
        r.TraceId,
        r.CausationId,
        JsonSerializer.Serialize(r.Details, CityJson.Options),
        r.Hash);
}
