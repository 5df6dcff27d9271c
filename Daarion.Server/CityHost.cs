using Daarion.Core;
using Daarion.Server.Api;
using Daarion.Server.Cli;
using Daarion.Server.Demo;
using Daarion.Server.Embedded;
using Daarion.Server.Gateway;
using Daarion.Server.Observability;
using Daarion.Server.Relay;
using Daarion.Server.Secrets;
using Daarion.Server.Settings;
using Daarion.Server.SignIn;

namespace Daarion.Server;

/// <summary>The building, in the order of its floors.</summary>
internal static class CityHost
{
    /// <summary>Puts the city together; nothing runs yet.</summary>
    /// <param name="settings">Checked settings.</param>
    /// <param name="configure">What a host of another kind (a test, a command beside the city) adds or leaves out.</param>
    public static WebApplication Build(CitySettings settings, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(CityHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.WebHost.UseStaticWebAssets();
        builder.AddFoundations(settings);
        builder.Services.AddCity();
        builder.AddGateway();
        builder.AddSignIn();
        builder.AddRelay();
        builder.AddSecrets();
        builder.AddObservability(settings);
        builder.AddDemo();
        builder.AddConsole();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseGateway();
        app.MapCityApi();
        app.MapSignIn();
        app.MapConsole();
        return app;
    }

    /// <summary>Settings, children, migrations: what stands before every other hosted service starts, so it is added first.</summary>
    private static void AddFoundations(this WebApplicationBuilder builder, CitySettings settings)
    {
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<NatsAddress>();
        builder.Services.AddSingleton<CityStartup>();
        builder.Services.AddHostedService(services => services.GetRequiredService<CityStartup>());
        builder.Services.AddCityCommands();
        // A start that fails is told in one sentence by the command line; the host would add its own page of stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        builder.Logging.AddFilter("NATS", LogLevel.Warning);
        // The exporter reads the standard variable; here it may also come from the file or the command line.
        builder.Configuration[SettingSources.Otlp] = settings.OtlpEndpoint?.ToString();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(4));
    }
}
