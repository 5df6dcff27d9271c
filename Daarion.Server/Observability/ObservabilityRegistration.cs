using Daarion.Core.Kernel;
using Daarion.Core.Telemetry;
using Daarion.Server.Gateway;
using Daarion.Server.Observability.Health;
using Daarion.Server.Settings;
using Microsoft.Extensions.Logging.Console;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Daarion.Server.Observability;

/// <summary>Metrics, traces, logs, health.</summary>
internal static class ObservabilityRegistration
{
    public const string Json = "json";

    public static WebApplicationBuilder AddObservability(this WebApplicationBuilder builder, CitySettings settings)
    {
        builder.AddLogs(settings);
        builder.Services.AddSingleton<CitySampler>();
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("daarion", serviceVersion: typeof(CityHost).Assembly.GetName().Version?.ToString(3)))
            .WithTracing(traces => traces
                .SetSampler(services => services.GetRequiredService<CitySampler>())
                .AddSource($"{ServiceMeters.Prefix}*")
                .AddAspNetCoreInstrumentation(options => options.Filter = IsWorthATrace)
                .AddNpgsql()
                .AddProcessor(services => new SpanProcessor(services.GetRequiredService<SpanCollector>())))
            .WithMetrics(metrics => metrics
                .AddMeter($"{ServiceMeters.Prefix}*", "Npgsql", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());
        if (settings.OtlpEndpoint is not null)
        {
            telemetry.UseOtlpExporter();
        }

        builder.Services.AddSingleton<IReadinessCheck, DatabaseCheck>();
        builder.Services.AddSingleton<IReadinessCheck, MigrationsCheck>();
        builder.Services.AddSingleton<IReadinessCheck, NatsCheck>();
        builder.Services.AddSingleton<IReadinessCheck, FileStoreCheck>();
        builder.Services.AddSingleton<Readiness>();
        return builder;
    }

    public static void MapObservability(this ApiFaces faces)
    {
        faces.Root.MapPrometheusScrapingEndpoint("/metrics").OnListener(Listener.Internal).Unmetered();
        HealthApi.Map(faces);
    }

    private static void AddLogs(this WebApplicationBuilder builder, CitySettings settings)
    {
        builder.Logging.AddConsole(console => console.FormatterName = settings.LogFormat == Json ? ConsoleFormatterNames.Json : CityConsoleFormatter.Key);
        builder.Logging.AddConsoleFormatter<CityConsoleFormatter, ConsoleFormatterOptions>();
        builder.Logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        builder.Services.Configure<JsonConsoleFormatterOptions>(json =>
        {
            json.IncludeScopes = true;
            json.UseUtcTimestamp = true;
            json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        builder.Logging.AddFilter("OpenIddict", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.Error);
        // Whoever began a transaction is told of its failure, and says more about it.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Database.Transaction", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Update", LogLevel.None);
        builder.Logging.AddFilter("Npgsql", LogLevel.Warning);
    }

    private static bool IsWorthATrace(HttpContext http) =>
        !(http.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase)
            || http.Request.Path.StartsWithSegments("/metrics", StringComparison.OrdinalIgnoreCase)
            || http.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase)
            || http.Request.Path.StartsWithSegments("/_framework", StringComparison.OrdinalIgnoreCase)
            || http.Request.Path.StartsWithSegments("/_content", StringComparison.OrdinalIgnoreCase));
}
