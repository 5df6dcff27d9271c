using System.Net;
using Daarion.Core.Kernel;
using Daarion.Server.Gateway.OpenApi;
using Daarion.Server.Settings;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Daarion.Server.Gateway;

/// <summary>The gateway: the floors a request passes between the wire and the service's face, in their order.</summary>
internal static class GatewayRegistration
{
    public static WebApplicationBuilder AddGateway(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel((_, kestrel) => Bind(kestrel, kestrel.ApplicationServices.GetRequiredService<CitySettings>()));
        builder.Services.AddSingleton<IUnauthenticatedBudget, UnauthenticatedBudget>();
        builder.Services.AddSingleton<GlobalBudget>();
        builder.Services.AddHostedService<IdempotencyKeyUpkeep>();
        builder.Services.AddCors();
        builder.Services.AddOptions<CorsOptions>().Configure<CitySettings>(AllowOrigins);
        builder.Services.AddOptions<ForwardedHeadersOptions>().Configure<CitySettings>(BelieveProxies);
        builder.Services.AddCityOpenApi();
        builder.Services.AddAuthentication();
        builder.Services.AddAuthorization();
        builder.Services.Configure<JsonOptions>(options => CityJson.Configure(options.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        return builder;
    }

    public static WebApplication UseGateway(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseCityHeaders();
        app.UseMiddleware<ProblemDoor>();
        app.UseSchemeDoor();
        app.UseListenerDoor();
        app.UseMiddleware<GlobalBudgetDoor>();
        app.UseMethodDoor();
        app.UseMiddleware<WholeAnswerDoor>();
        app.UseCors();
        app.UseRouting();
        app.UseListenerMarks();
        app.UseOidcDoor();
        app.UseMiddleware<CallerDoor>();
        app.UseMiddleware<UsageDoor>();
        app.UseAuthorization();
        app.UseMiddleware<IdempotencyDoor>();
        return app;
    }

    // Other sites' pages may call the public API where the operator says so; without the session cookie, which is for our own pages.
    private static void AllowOrigins(CorsOptions cors, CitySettings settings) => cors.AddDefaultPolicy(policy => policy
        .WithOrigins([.. settings.CorsOrigins])
        .WithMethods("GET", "POST", "PUT", "PATCH", "DELETE")
        .WithHeaders("Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "traceparent")
        .WithExposedHeaders("ETag", "Idempotency-Replayed", "Location", "RateLimit", "Retry-After", "X-Request-Id", UsageDoor.WarningHeader)
        .SetPreflightMaxAge(TimeSpan.FromMinutes(10)));

    private static void BelieveProxies(ForwardedHeadersOptions forwarded, CitySettings settings)
    {
        forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        forwarded.ForwardLimit = null;
        foreach (var network in settings.TrustedProxies)
        {
            forwarded.KnownIPNetworks.Add(network);
        }
    }

    private static void Bind(KestrelServerOptions kestrel, CitySettings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = GatewaySettings.MaxBodyBytes;
        kestrel.Limits.MaxRequestLineSize = GatewaySettings.MaxRequestLineBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = GatewaySettings.MaxHeaderBytes;
        kestrel.Limits.MaxRequestHeaderCount = GatewaySettings.MaxHeaders;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        Listen(kestrel, settings.Listen, Listener.Public);
        Listen(kestrel, settings.InternalListen, Listener.Internal);
    }

    private static void Listen(KestrelServerOptions kestrel, Uri address, Listener listener)
    {
        if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip))
        {
            kestrel.Listen(ip, address.Port, Mark);
        }
        else
        {
            kestrel.ListenLocalhost(address.Port, Mark);
        }

        void Mark(ListenOptions options)
        {
            var feature = new ListenerFeature(listener);
            options.Protocols = HttpProtocols.Http1;
            options.Use(next => connection =>
            {
                connection.Features.Set(feature);
                return next(connection);
            });
        }
    }
}
