using Daarion.Core;
using Daarion.Server.Api;
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

        var app = builder.Build();
        app.MapCityApi();
        return app;
    }
}
