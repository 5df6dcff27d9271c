using System.Net;
using Daarion.Core.Kernel;
using Daarion.Server.Settings;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Daarion.Server.Gateway;

/// <summary>The gateway: the floors a request passes between the wire and the service's face, in their order.</summary>
internal static class GatewayRegistration
{
    public static WebApplicationBuilder AddGateway(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel((_, kestrel) => Bind(kestrel, kestrel.ApplicationServices.GetRequiredService<CitySettings>()));
        builder.Services.AddSingleton<IUnauthenticatedBudget, UnauthenticatedBudget>();
        builder.Services.AddAuthentication();
        builder.Services.AddAuthorization();
        builder.Services.Configure<JsonOptions>(options => CityJson.Configure(options.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        return builder;
    }

    public static WebApplication UseGateway(this WebApplication app)
    {
        app.UseCityHeaders();
        app.UseMiddleware<ProblemDoor>();
        app.UseListenerDoor();
        app.UseMethodDoor();
        app.UseRouting();
        app.UseListenerMarks();
        app.UseAuthentication();
        app.UseMiddleware<CallerDoor>();
        app.UseAuthorization();
        return app;
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
            options.Protocols = HttpProtocols.Http1AndHttp2;
            options.Use(next => connection =>
            {
                connection.Features.Set(feature);
                return next(connection);
            });
        }
    }
}
