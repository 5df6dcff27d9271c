using Daarion.Core.Events;

namespace Daarion.Server.Relay;

/// <summary>Runs the declared reactions: one worker each, with its own pace and its own back-off, so that one that fails leaves the others alone.</summary>
internal sealed class ConsumerHost(EventCatalogue catalogue, IServiceProvider services) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(catalogue.Consumers.Select(consumer => ActivatorUtilities.CreateInstance<ConsumerWorker>(services, consumer).Run(stoppingToken)));
}
