using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Daarion.Core.Embassies;

/// <summary>Goes on with releases that broke off: the server ended, or whoever assigned a site left, before all its held readings had flowed on.</summary>
internal sealed class HeldReadingsKeeper(OperationRunner runner, TimeProvider clock, ILogger<HeldReadingsKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(Pace, clock);
        try
        {
            do
            {
                await Attempt(stoppingToken);
            }
            while (await pace.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            log.LogDebug("Held readings are left for the next start.");
        }
    }

    private async Task Attempt(CancellationToken ct)
    {
        var caller = Caller.ForService(ServiceName.Embassies);
        try
        {
            await runner.Run(
                ServiceName.Embassies,
                nameof(HeldReadings.ReleaseForgotten),
                caller,
                OperationLimits.Consumer,
                async (services, token) =>
                {
                    await services.GetRequiredService<IAccess>().Require(caller, EmbassyModule.Release, ResourceRef.City, token);
                    await services.GetRequiredService<HeldReadings>().ReleaseForgotten(token);
                    return true;
                },
                ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            log.LogWarning("Held readings wait: {Problem}", e.Message);
        }
    }
}
