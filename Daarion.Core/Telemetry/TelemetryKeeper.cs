using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Daarion.Core.Telemetry;

/// <summary>Writes down figures and spans every few seconds and forgets what is too old. The service's own work, so it asks the PDP like any other.</summary>
internal sealed class TelemetryKeeper(OperationRunner runner, MinuteCollector minutes, SpanCollector spans, TimeProvider clock, ILogger<TelemetryKeeper> log) : BackgroundService
{
    private const int MaxSpansAtOnce = 2000;
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan KeepMinutes = TimeSpan.FromDays(14);
    private static readonly TimeSpan KeepSpans = TimeSpan.FromDays(3);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await Attempt(Keep, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            log.LogInformation("The last figures were not written: there was no time left.");
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(Pace, clock);
        var forgotten = clock.GetTimestamp();
        while (await pace.WaitForNextTickAsync(stoppingToken))
        {
            await Attempt(Keep, stoppingToken);
            if (clock.GetElapsedTime(forgotten) > ForgetEvery)
            {
                forgotten = clock.GetTimestamp();
                await Attempt(Forget, stoppingToken);
            }
        }
    }

    private async Task Keep(CancellationToken ct)
    {
        var taken = minutes.TakeChanged();
        var batch = new List<FinishedSpan>();
        while (batch.Count < MaxSpansAtOnce && spans.Waiting.TryRead(out var span))
        {
            batch.Add(span);
        }

        if (taken.Count == 0 && batch.Count == 0)
        {
            return;
        }

        try
        {
            await Run(
                nameof(Keep),
                async (store, token) =>
                {
                    await store.Write(taken, minutes.Replica, token);
                    if (batch.Count > 0)
                    {
                        await store.Write(batch, token);
                    }
                },
                ct);
        }
        catch (Exception)
        {
            // Figures add up again with the next write; spans of that moment are lost, which a sample may be.
            MinuteCollector.GiveBack(taken);
            throw;
        }
    }

    private Task Forget(CancellationToken ct) => Run(
        nameof(Forget),
        async (store, token) =>
        {
            var now = clock.GetUtcNow();
            while (await store.Forget(now - KeepMinutes, now - KeepSpans, token))
            {
                token.ThrowIfCancellationRequested();
            }
        },
        ct);

    private Task<bool> Run(string name, Func<TelemetryStore, CancellationToken, Task> work, CancellationToken ct)
    {
        var caller = Caller.ForService(ServiceName.Telemetry);
        return runner.Run(
            ServiceName.Telemetry,
            name,
            caller,
            OperationLimits.Consumer,
            async (services, token) =>
            {
                await services.GetRequiredService<IAccess>().Require(caller, TelemetryModule.WriteTelemetry, ResourceRef.City, token);
                await work(services.GetRequiredService<TelemetryStore>(), token);
                return true;
            },
            ct);
    }

    private async Task Attempt(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        try
        {
            await work(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            log.LogWarning("Telemetry could not be written: {Problem}", e.Message);
        }
    }
}
