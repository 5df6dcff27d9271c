using Daarion.Core.Events;
using Npgsql;

namespace Daarion.Server.Relay;

/// <summary>
/// Tells relays of other processes that something was committed, and hears it from them: one NOTIFY for the commits of a few milliseconds
/// (decision 0004). A connection that breaks is opened again; meanwhile the relays' poll finds what was not announced.
/// </summary>
internal sealed class OutboxAnnouncer(OutboxStore store, OutboxSignal signal, ILogger<OutboxAnnouncer> log) : BackgroundService
{
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Repeat(Listen, stoppingToken), Repeat(Announce, stoppingToken));

    private async Task Repeat(Func<NpgsqlConnection, CancellationToken, Task> work, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await using var connection = await store.Source.OpenConnectionAsync(ct);
                await work(connection, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException or IOException)
            {
                log.LogDebug("Announcing begins again: {Problem}", e.Message);
                await Task.Delay(Pause, CancellationToken.None);
            }
        }
    }

    private async Task Listen(NpgsqlConnection connection, CancellationToken ct)
    {
        connection.Notification += (_, notification) =>
        {
            if (notification.PID != connection.ProcessID)
            {
                signal.WakeFromElsewhere();
            }
        };
        await using (var listen = new NpgsqlCommand($"listen {OutboxSignal.NotifyChannel}", connection))
        {
            await listen.ExecuteNonQueryAsync(ct);
        }

        while (true)
        {
            await connection.WaitAsync(ct);
        }
    }

    private async Task Announce(NpgsqlConnection connection, CancellationToken ct)
    {
        await foreach (var _ in signal.Announcements.ReadAllAsync(ct))
        {
            await using var notify = new NpgsqlCommand($"notify {OutboxSignal.NotifyChannel}", connection);
            await notify.ExecuteNonQueryAsync(ct);
            await Task.Delay(Gathering, ct);
        }
    }
}
