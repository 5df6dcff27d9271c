using Daarion.Core.Kernel;
using Daarion.Core.Telemetry;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.Api;

/// <summary>The HTTP face of the telemetry service: figures, traces, the audit log.</summary>
internal static class TelemetryApi
{
    public static void Map(ApiFaces faces)
    {
        var telemetry = faces.Internal.MapGroup("/telemetry");
        telemetry.MapGet("/services", ListServices).Asks("city.telemetry.read");
        telemetry.MapGet("/services/{name}", GetService).Asks("city.telemetry.read");
        telemetry.MapGet("/trace/{trace_id}", GetTrace).Asks("city.telemetry.read");

        foreach (var face in (RouteGroupBuilder[])[faces.Internal, faces.Public])
        {
            face.MapGet("/audit", ListAudit).Asks("audit.read");
            face.MapGet("/audit.csv", ExportAudit).Asks("audit.read").Produces<string>(StatusCodes.Status200OK, "text/csv");
            face.MapGet("/audit/verification", VerifyAudit).Asks("audit.read");
            face.MapGet("/audit/{id}", GetAudit).Asks("audit.read");
        }
    }

    private static async Task<Ok<ServicesOverview>> ListServices(RequestCaller caller, Input<ListServices> request, ITelemetryService telemetry, CancellationToken ct) =>
        TypedResults.Ok(await telemetry.ListServices(caller, request, ct));

    private static async Task<Ok<ServiceFigures>> GetService(RequestCaller caller, Input<GetService> request, ITelemetryService telemetry, CancellationToken ct) =>
        TypedResults.Ok(await telemetry.GetService(caller, request, ct));

    private static async Task<Ok<Trace>> GetTrace(RequestCaller caller, Input<GetTrace> request, ITelemetryService telemetry, CancellationToken ct) =>
        TypedResults.Ok(await telemetry.GetTrace(caller, request, ct));

    private static async Task<Ok<Page<AuditRecord>>> ListAudit(RequestCaller caller, Input<ListAudit> request, ITelemetryService telemetry, CancellationToken ct) =>
        TypedResults.Ok(await telemetry.ListAudit(caller, request, ct));

    private static async Task<AuditCsv> ExportAudit(RequestCaller caller, Input<ListAudit> request, ITelemetryService telemetry, CancellationToken ct) =>
        new(await telemetry.ListAudit(caller, request, ct), page => telemetry.ListAudit(caller, request.Value with { Page = page }, ct));

    private static async Task<Ok<AuditVerification>> VerifyAudit(RequestCaller caller, Input<VerifyAudit> request, ITelemetryService telemetry, CancellationToken ct) =>
        TypedResults.Ok(await telemetry.VerifyAudit(caller, request, ct));

    private static async Task<Ok<AuditRecord>> GetAudit(RequestCaller caller, Input<GetAudit> request, ITelemetryService telemetry, CancellationToken ct) =>
        TypedResults.Ok(await telemetry.GetAudit(caller, request, ct));
}
