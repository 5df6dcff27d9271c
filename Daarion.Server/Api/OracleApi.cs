using Daarion.Core.Kernel;
using Daarion.Core.Oracles;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.Api;

/// <summary>The HTTP face of the oracles.</summary>
internal static class OracleApi
{
    private const string Read = "oracle.read";
    private const string Manage = "oracle.manage";
    private const string Write = "service.write.oracles";

    public static void Map(ApiFaces faces)
    {
        faces.Internal.MapGet("/oracle", ListReadings).Asks(Read);
        faces.Internal.MapGet("/oracle/{id}", GetReading).Asks(Read);
        faces.Internal.MapGet("/oracle/site/{site_id}/series", GetSeries).Asks(Read);
        faces.Internal.MapPost("/oracle/site/{site_id}/meter-change", DeclareMeterChange).Asks(Manage);
        faces.Internal.MapPost("/oracle", PublishReading).Asks(Write);
        foreach (var face in (RouteGroupBuilder[])[faces.Internal, faces.Public])
        {
            face.MapPost("/oracle/{id}/approve", ApproveReading).Asks(Manage);
            face.MapPost("/oracle/{id}/reject", RejectReading).Asks(Manage);
            face.MapPost("/oracle/site/{site_id}/piece-weight", SetPieceWeight).Asks(Manage);
        }

        faces.Public.MapGet("/oracle", ListReadings).Asks(Read);
        faces.Public.MapGet("/oracle/{id}", GetReading).Asks(Read);
        faces.Public.MapGet("/oracle/site/{site_id}/series", GetSeries).Asks(Read);
        faces.Public.MapPost("/oracle/site/{site_id}/meter-change", DeclareMeterChange).Asks(Manage);
        faces.Public.MapGet("/teams/{team_id}/oracle", ListReadings).Asks(Read);
    }

    private static async Task<Ok<Page<OracleReading>>> ListReadings(RequestCaller caller, Input<ReadingQuery> request, IOracleService oracles, CancellationToken ct) =>
        TypedResults.Ok(await oracles.ListReadings(caller, request, ct));

    private static async Task<Ok<OracleReading>> GetReading(RequestCaller caller, Input<ReadingRef> request, IOracleService oracles, CancellationToken ct) =>
        TypedResults.Ok(await oracles.GetReading(caller, request, ct));

    private static async Task<Ok<SiteSeries>> GetSeries(RequestCaller caller, Input<SeriesQuery> request, IOracleService oracles, CancellationToken ct) =>
        TypedResults.Ok(await oracles.GetSeries(caller, request, ct));

    private static async Task<Ok<OracleReading>> ApproveReading(RequestCaller caller, Input<ReadingRef> request, IOracleService oracles, CancellationToken ct) =>
        TypedResults.Ok(await oracles.ApproveReading(caller, request, ct));

    private static async Task<Ok<OracleReading>> RejectReading(RequestCaller caller, Input<ReadingRef> request, IOracleService oracles, CancellationToken ct) =>
        TypedResults.Ok(await oracles.RejectReading(caller, request, ct));

    private static async Task<Ok<PieceWeight>> SetPieceWeight(RequestCaller caller, Input<SetPieceWeight> request, IOracleService oracles, CancellationToken ct) =>
        TypedResults.Ok(await oracles.SetPieceWeight(caller, request, ct));

    private static async Task<Created<MeterChange>> DeclareMeterChange(RequestCaller caller, Input<DeclareMeterChange> request, IOracleService oracles, CancellationToken ct) =>
        TypedResults.Created((string?)null, await oracles.DeclareMeterChange(caller, request, ct));

    private static async Task<Created<OracleReading>> PublishReading(RequestCaller caller, Input<PublishReading> request, IOracleService oracles, CancellationToken ct)
    {
        var reading = await oracles.PublishReading(caller, request, ct);
        return TypedResults.Created($"/api/v1/oracle/{reading.Id}", reading);
    }
}
