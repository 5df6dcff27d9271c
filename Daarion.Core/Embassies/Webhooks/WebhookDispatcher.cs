using System.Threading.Channels;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Daarion.Core.Embassies.Webhooks;

/// <summary>
/// Brings messages to their addresses. Any number of servers do it together: who takes a message holds a lease on it, and where a server ends in the middle
/// the lease runs out and the message is tried by another.
/// </summary>
internal sealed class WebhookDispatcher(OperationRunner runner, WebhookSender sender, TimeProvider clock, ILogger<WebhookDispatcher> log) : BackgroundService
{
    private const int AtOnce = 16;
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TidyEvery = TimeSpan.FromHours(1);
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>There is something to send.</summary>
    public void Wake() => wake.Writer.TryWrite(true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long? tidied = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var sent = await SendDue(stoppingToken);
                if (tidied is not { } at || clock.GetElapsedTime(at) > TidyEvery)
                {
                    await Run(nameof(DueMessages.Tidy), async (due, ct) => await due.Tidy(ct), stoppingToken);
                    tidied = clock.GetTimestamp();
                }

                if (sent < AtOnce)
                {
                    await Rest(stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogWarning("Webhooks wait: {Problem}", e.Message);
                await Rest(stoppingToken);
            }
        }
    }

    private async Task<int> SendDue(CancellationToken ct)
    {
        IReadOnlyList<DueMessage> due = [];
        await Run(nameof(DueMessages.Take), async (messages, token) => due = await messages.Take(AtOnce, token), ct);
        if (due.Count > 0)
        {
            var outcomes = await Task.WhenAll(due.Select(async message => (Message: message, Attempt: await sender.Send(message.Url, message.Id.Value, message.Body, message.Keys, ct))));
            await Run(nameof(DueMessages.Settle), (messages, token) => messages.Settle(outcomes, token), CancellationToken.None);
        }

        return due.Count;
    }

    private Task<bool> Run(string name, Func<DueMessages, CancellationToken, Task> work, CancellationToken ct)
    {
        var caller = Caller.ForService(ServiceName.Embassies);
        return runner.Run(
            ServiceName.Embassies,
            name,
            caller,
            OperationLimits.Consumer,
            async (services, token) =>
            {
                await services.GetRequiredService<IAccess>().Require(caller, EmbassyModule.Tell, ResourceRef.City, token);
                await work(services.GetRequiredService<DueMessages>(), token);
                return true;
            },
            ct);
    }

    private async Task Rest(CancellationToken ct)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(ct);
        pause.CancelAfter(Pace);
        try
        {
            await wake.Reader.ReadAsync(pause.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Nobody woke it.
        }
    }
}
