using Daarion.Server.Gateway;
using Daarion.Server.Gateway.OpenApi;
using Daarion.Server.Observability;

namespace Daarion.Server.Api;

/// <summary>All HTTP faces of the services, one file a service.</summary>
internal static class CityApi
{
    public static void MapCityApi(this WebApplication app)
    {
        var faces = new ApiFaces(
            app,
            app.MapGroup("/api/v1").OnListener(Listener.Public),
            app.MapGroup("/internal/v1").OnListener(Listener.Internal));
        TeamsApi.Map(faces);
        AuthApi.Map(faces);
        TelemetryApi.Map(faces);
        OutboxApi.Map(faces);
        EventsApi.Map(faces);
        CapabilitiesApi.Map(faces);
        AccessKeysApi.Map(faces);
        PolicyApi.Map(faces);
        GovernanceApi.Map(faces);
        EmbassyApi.Map(faces);
        WebhookApi.Map(faces);
        OracleApi.Map(faces);
        RwaApi.Map(faces);
        WalletApi.Map(faces);
        PayoutApi.Map(faces);
        ChainApi.Map(faces);
        UsageApi.Map(faces);
        faces.MapObservability();
        app.MapCityOpenApi();
    }
}
