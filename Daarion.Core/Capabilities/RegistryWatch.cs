using Daarion.Core.Policy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Daarion.Core.Capabilities;

/// <summary>
/// Looks at the registry's version all the time: swaps the snapshot when it has changed on another replica, and knows whether the database can be
/// reached at all. So a change is everywhere within a second even while the streams are away.
/// </summary>
internal sealed partial class RegistryWatch(RegistrySnapshots snapshots, RegistryReader reader, FactCache cache, TimeProvider clock, ILogger<RegistryWatch> log) : BackgroundService
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(750);

    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(4);
    private bool wasReachable;

    /// <summary>The city opens with its registry read; where that fails, it opens all the same and refuses until it can be read.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await Look(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            await Look(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task Look(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(LookLimit);
        try
        {
            await snapshots.Current(ct);
            if (await reader.Version(limit.Token) != snapshots.Version)
            {
                var snapshot = await snapshots.Reload(limit.Token);
                Swapped(log, snapshot.Version);
            }

            cache.Reachable = wasReachable = true;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The city stops.
        }
        catch (Exception e)
        {
            cache.Reachable = false;
            if (wasReachable)
            {
                OutOfReach(log, e.Message);
            }

            wasReachable = false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The registry is now at version {Version}")]
    private static partial void Swapped(ILogger log, long version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The registry is out of reach; nothing that changes state is allowed until it is back: {Problem}")]
    private static partial void OutOfReach(ILogger log, string problem);
}
