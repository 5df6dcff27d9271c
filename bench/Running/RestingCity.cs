using Daarion.Core.Usage;
using Daarion.Server;
using Daarion.Server.Settings;
using Daarion.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Daarion.Bench.Running;

/// <summary>A whole city in a folder of its own whose relay rests: what is measured is what a call itself does.</summary>
internal static class RestingCity
{
    public static async Task<WebApplication> Start(DirectoryInfo folder, UsageRates? rates = null)
    {
        var address = LoopbackPort.FreeAddress();
        var city = CityHost.Build(
            new CitySettings { DataFolder = folder.FullName, PublicUrl = address, Listen = address, InternalListen = LoopbackPort.FreeAddress() },
            builder =>
            {
                builder.Logging.ClearProviders();
                if (rates is not null)
                {
                    builder.Services.AddSingleton(rates);
                }

                foreach (var other in builder.Services.Where(service => service.ServiceType == typeof(IHostedService) && Kind(service)?.Namespace == "Daarion.Server.Relay").ToList())
                {
                    builder.Services.Remove(other);
                }
            });
        await city.StartAsync();
        return city;
    }

    // A service registered by a factory does not say its type, but the factory does.
    private static Type? Kind(ServiceDescriptor service) => service.ImplementationType ?? service.ImplementationFactory?.GetType().GenericTypeArguments[^1];
}
