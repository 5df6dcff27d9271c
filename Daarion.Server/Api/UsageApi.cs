using Daarion.Core.Kernel;
using Daarion.Core.Usage;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.Api;

/// <summary>The HTTP face of usage and quotas.</summary>
internal static class UsageApi
{
    private const string Read = "usage.read";
    private const string Write = "service.write.usage";
    private const string Csv = "text/csv";

    public static void Map(ApiFaces faces)
    {
        var usage = faces.Internal.MapGroup("/usage");
        usage.MapPost("/reserve", Reserve).Asks(Write);
        usage.MapPost("/settle", Settle).Asks(Write);
        usage.MapPost("/release", Release).Asks(Write);
        usage.MapPost("/increment", Increment).Asks(Write);
        usage.MapPost("/reconcile", Reconcile).Asks("city.usage.reconcile");
        usage.MapGet("/top", GetTop).Asks(Read).Produces<string>(StatusCodes.Status200OK, Csv);
        usage.MapGet("/anomalies", ListAnomalies).Asks(Read);
        usage.MapGet("/{team_id}", GetUsage).Asks(Read).Produces<string>(StatusCodes.Status200OK, Csv);
        usage.MapGet("/{team_id}/series", GetSeries).Asks(Read).Produces<string>(StatusCodes.Status200OK, Csv);

        faces.Public.MapGet("/me/usage", GetOwnUsage).Asks(Read).Produces<string>(StatusCodes.Status200OK, Csv);
        faces.Public.MapGet("/usage/top", GetTop).Asks(Read).Produces<string>(StatusCodes.Status200OK, Csv);
        faces.Public.MapGet("/usage/anomalies", ListAnomalies).Asks(Read);
        faces.Public.MapPost("/usage/reconcile", Reconcile).Asks("city.usage.reconcile");
        faces.Public.MapGet("/teams/{team_id}/usage", GetUsage).Asks(Read).Produces<string>(StatusCodes.Status200OK, Csv);
        faces.Public.MapGet("/teams/{team_id}/usage/series", GetSeries).Asks(Read).Produces<string>(StatusCodes.Status200OK, Csv);
    }

    private static async Task<Ok<Reserved>> Reserve(RequestCaller caller, Input<ReserveUnits> request, IUsageService usage, CancellationToken ct) =>
        TypedResults.Ok(await usage.Reserve(caller, request, ct));

    private static async Task<Ok<UnitsCounted>> Settle(RequestCaller caller, Input<SettleUnits> request, IUsageService usage, CancellationToken ct) =>
        TypedResults.Ok(await usage.Settle(caller, request, ct));

    private static async Task<Ok<UnitsCounted>> Release(RequestCaller caller, Input<ReservationRef> request, IUsageService usage, CancellationToken ct) =>
        TypedResults.Ok(await usage.Release(caller, request, ct));

    private static async Task<Ok<UnitsCounted>> Increment(RequestCaller caller, Input<IncrementUnits> request, IUsageService usage, CancellationToken ct) =>
        TypedResults.Ok(await usage.Increment(caller, request, ct));

    private static async Task<Ok<Reconciled>> Reconcile(RequestCaller caller, Input<ReconcileUsage> request, IUsageService usage, CancellationToken ct) =>
        TypedResults.Ok(await usage.Reconcile(caller, request, ct));

    private static async Task<Results<Ok<TeamUsage>, UsageCsv>> GetUsage(
        HttpRequest http, RequestCaller caller, Input<UsageQuery> request, IUsageService usage, CancellationToken ct)
    {
        var found = await usage.GetUsage(caller, request, ct);
        return UsageCsv.IsAsked(http) ? UsageCsv.Of(found) : TypedResults.Ok(found);
    }

    private static async Task<Results<Ok<TeamUsage>, UsageCsv>> GetOwnUsage(
        HttpRequest http, RequestCaller caller, Input<OwnUsageQuery> request, IUsageService usage, CancellationToken ct)
    {
        var found = await usage.GetOwnUsage(caller, request, ct);
        return UsageCsv.IsAsked(http) ? UsageCsv.Of(found) : TypedResults.Ok(found);
    }

    private static async Task<Results<Ok<UsageSeries>, UsageCsv>> GetSeries(
        HttpRequest http, RequestCaller caller, Input<SeriesQuery> request, IUsageService usage, CancellationToken ct)
    {
        var found = await usage.GetSeries(caller, request, ct);
        return UsageCsv.IsAsked(http) ? UsageCsv.Of(found) : TypedResults.Ok(found);
    }

    private static async Task<Results<Ok<UsageTop>, UsageCsv>> GetTop(
        HttpRequest http, RequestCaller caller, Input<TopQuery> request, IUsageService usage, CancellationToken ct)
    {
        var found = await usage.GetTop(caller, request, ct);
        return UsageCsv.IsAsked(http) ? UsageCsv.Of(found) : TypedResults.Ok(found);
    }

    private static async Task<Ok<Page<UsageAnomaly>>> ListAnomalies(RequestCaller caller, Input<AnomalyQuery> request, IUsageService usage, CancellationToken ct) =>
        TypedResults.Ok(await usage.ListAnomalies(caller, request, ct));
}
