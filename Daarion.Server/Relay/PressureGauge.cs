using Daarion.Core.Outbox;
using Npgsql;

namespace Daarion.Server.Relay;

/// <summary>Looks how many events wait and tells the producers of this process.</summary>
internal sealed class PressureGauge(OutboxStore store, OutboxPressure pressure, ILogger<PressureGauge> log) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(Pace);
        try
        {
            do
            {
                await Look(stoppingToken);
            }
            while (await pace.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            log.LogDebug("The gauge stops");
        }
    }

    private async Task Look(CancellationToken ct)
    {
        try
        {
            var wasHigh = pressure.IsHigh;
            pressure.Waiting = await store.CountWaiting(OutboxPressure.Limit + 1, ct);
            if (pressure.IsHigh != wasHigh)
            {
                log.LogWarning(
                    wasHigh ? "The outbox has room again" : "More than {Limit} events wait for their streams; requests that can come again are refused", OutboxPressure.Limit);
            }
        }
        catch (NpgsqlException e)
        {
            log.LogDebug("The outbox cannot be looked at: {Problem}", e.Message);
        }
    }
}
