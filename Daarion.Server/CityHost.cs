using Daarion.Core;
using Daarion.Server.Api;
using Daarion.Server.Gateway;
using Daarion.Server.Settings;

namespace Daarion.Server;

/// <summary>The building, in the order of its floors.</summary>
internal static class CityHost
{
    public static WebApplication Build(CitySettings settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddSingleton(settings);
        builder.Services.AddCity();
        builder.AddGateway();

        var app = builder.Build();
        app.UseGateway();
        app.MapCityApi();
        return app;
    }
}
