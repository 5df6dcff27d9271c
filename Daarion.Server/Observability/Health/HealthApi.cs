using Daarion.Core.Kernel;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.Observability.Health;

/// <summary><c>/health/live</c> and <c>/health/ready</c>, on both listeners (contracts §6).</summary>
internal static class HealthApi
{
    public static void Map(ApiFaces faces)
    {
        var health = faces.Root.MapGroup("/health").Unmetered();
        health.MapGet("/live", Live).WithSummary("The process answers.");
        health.MapGet("/ready", Ready).WithSummary("The city can do its work: database, migrations, NATS, file store.").Produces<ReadinessReport>().Produces<ReadinessReport>(StatusCodes.Status503ServiceUnavailable);
    }

    private static Ok<LiveReport> Live() => TypedResults.Ok(new LiveReport("live"));

    private static async Task<JsonHttpResult<ReadinessReport>> Ready(Readiness readiness, CancellationToken ct)
    {
        var report = await readiness.Report(ct);
        return TypedResults.Json(report, CityJson.Options, statusCode: report.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>That it answers.</summary>
    internal sealed record LiveReport(string Status);
}
