using System.Threading.Channels;
using Daarion.Core.Auth;
using Daarion.Core.Data;
using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Server.Settings;

namespace Daarion.Server.Demo;

/// <summary>
/// Does for the console what <c>daarion demo</c> does at a terminal, in the server's own time: one run at once, whoever looks. It enters by the
/// city's own listeners with a key of its own, which is revoked as soon as the filling is over: the meter signs, and needs none.
/// </summary>
internal sealed class DemoRunner(IServiceKeyService keys, CityDatabase database, CitySettings settings, TimeProvider clock, ILogger<DemoRunner> log) : BackgroundService, IDemoRunner, IProgress<DemoProgress>
{
    private static readonly TimeSpan RevokeLimit = TimeSpan.FromSeconds(2);
    private readonly Channel<Work> begun = Channel.CreateBounded<Work>(1);
    private readonly Lock gate = new();
    private DemoRun now = new(DemoActivity.Idle);
    private CancellationTokenSource? meterEnds;
    private TaskCompletionSource ended = new();

    public DemoRun Now
    {
        get
        {
            lock (gate)
            {
                return now;
            }
        }
    }

    public DemoOutline Outline => DemoScript.Outline;

    public async Task Begin(Caller caller, CancellationToken ct)
    {
        lock (gate)
        {
            if (now.Activity != DemoActivity.Idle)
            {
                return;
            }

            now = new DemoRun(DemoActivity.Filling);
            ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        var place = default(FillingPlace);
        try
        {
            place = await FillingPlace.Take(database, ct);
            // The person's own right to make keys is what counts: the demonstration lends nobody one.
            var key = await keys.Create(caller, new CreateServiceKey(DemoAccess.KeyName, DemoAccess.Capabilities, clock.GetUtcNow() + DemoAccess.KeyLife), ct);
            begun.Writer.TryWrite(new Work(key, place));
        }
        catch (Exception)
        {
            await (place?.DisposeAsync() ?? ValueTask.CompletedTask);
            End(null);
            throw;
        }
    }

    public Task StopMeter(CancellationToken ct)
    {
        lock (gate)
        {
            if (now.Activity != DemoActivity.Sending)
            {
                return Task.CompletedTask;
            }

            meterEnds?.Cancel();
            return ended.Task.WaitAsync(ct);
        }
    }

    public void Report(DemoProgress value)
    {
        lock (gate)
        {
            now = now with { Progress = value };
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var work in begun.Reader.ReadAllAsync(stoppingToken))
        {
            End(await Run(work, stoppingToken));
        }
    }

    private async Task<DemoFailure?> Run(Work work, CancellationToken stopping)
    {
        var kind = DemoTrouble.BrokeOff;
        try
        {
            using var demo = new DemoCity(DemoAccess.To(settings, work.Key.ClientId.Value, work.Key.ClientSecret), clock, this);
            try
            {
                await demo.Fill(stopping);
            }
            finally
            {
                await Revoke(work.Key.ClientId);
                await work.Place.DisposeAsync();
            }

            kind = DemoTrouble.MeterRefused;
            await Send(demo, stopping);
            return null;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            // Whatever it was, the city goes on; the screen says it and offers to go on too.
            log.LogWarning(e, "The demonstration ended");
            return new DemoFailure(kind, e is CityException or DemoFailedException ? e.Message : "The log of the server says what went wrong.");
        }
    }

    private async Task Send(DemoCity demo, CancellationToken stopping)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        lock (gate)
        {
            now = new DemoRun(DemoActivity.Sending);
            meterEnds = ends;
        }

        try
        {
            await demo.Live(Sent, why => log.LogDebug("The demonstration's meter tries again: {Why}", why), ends.Token);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            log.LogInformation("The demonstration's meter is quiet");
        }
        finally
        {
            lock (gate)
            {
                meterEnds = null;
            }
        }
    }

    private void Sent(DemoReading reading)
    {
        lock (gate)
        {
            now = now with { Last = new DemoMeterValue(reading.Ts, reading.Total) };
        }
    }

    private void End(DemoFailure? failure)
    {
        lock (gate)
        {
            now = new DemoRun(DemoActivity.Idle, Failure: failure);
            ended.TrySetResult();
        }
    }

    // Also while the server stops. What fails here ends by itself: the key was made for half an hour.
    private async Task Revoke(AccessKeyId key)
    {
        using var limit = new CancellationTokenSource(RevokeLimit);
        try
        {
            await keys.Revoke(Caller.ForService(ServiceName.Auth, "demo"), new RevokeServiceKey(key), limit.Token);
        }
        catch (Exception e) when (e is CityException or OperationCanceledException)
        {
            log.LogWarning(e, "The demonstration's key {Key} could not be revoked; it ends by itself within {Minutes} minutes", key, DemoAccess.KeyLife.TotalMinutes);
        }
    }

    /// <summary>What was begun: with which key, at the place that only one server has.</summary>
    private sealed record Work(ServiceKeySecret Key, FillingPlace Place);
}
