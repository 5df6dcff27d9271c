using Daarion.Core.Events;
using Daarion.Server.Settings;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace Daarion.Server.Relay;

/// <summary>Makes streams and durable consumers as the catalogue declares them, and changes those that declare it otherwise now. Repeating it is harmless.</summary>
internal sealed class StreamSetup(NatsLink nats, EventCatalogue catalogue, CitySettings settings)
{
    /// <summary>In which time JetStream knows a message id again.</summary>
    public static readonly TimeSpan DuplicateWindow = TimeSpan.FromHours(2);

    /// <summary>How long a consumer may work on a message before it is brought again.</summary>
    public static readonly TimeSpan AckWait = TimeSpan.FromSeconds(30);

    /// <summary>Makes or changes all streams and consumers.</summary>
    public async Task Ensure(CancellationToken ct)
    {
        foreach (var stream in catalogue.Streams)
        {
            await nats.JetStream.CreateOrUpdateStreamAsync(
                new StreamConfig(stream.Name, [.. stream.Subjects])
                {
                    Storage = StreamConfigStorage.File,
                    Retention = StreamConfigRetention.Limits,
                    Discard = StreamConfigDiscard.Old,
                    MaxAge = stream.MaxAge ?? TimeSpan.Zero,
                    DuplicateWindow = DuplicateWindow,
                    NumReplicas = settings.NatsReplicas,
                    AllowDirect = true,
                    DenyDelete = false,
                },
                ct);
        }

        foreach (var consumer in catalogue.Consumers)
        {
            await EnsureConsumer(consumer, ct);
        }
    }

    /// <summary>Makes or changes the durable of one reaction.</summary>
    public ValueTask<INatsJSConsumer> EnsureConsumer(ConsumerDeclaration consumer, CancellationToken ct) =>
        nats.JetStream.CreateOrUpdateConsumerAsync(
            StreamOf(consumer),
            new ConsumerConfig(consumer.Durable)
            {
                DurableName = consumer.Durable,
                AckPolicy = ConsumerConfigAckPolicy.Explicit,
                AckWait = AckWait,
                // The host counts failures of handling itself: a message must not be given up because the city was down ten times.
                MaxDeliver = -1,
                MaxAckPending = consumer.BatchSize * 8,
                DeliverPolicy = ConsumerConfigDeliverPolicy.All,
                // Servers before 2.10 know one filter; where a reaction takes several types it passes over the others itself.
                FilterSubject = consumer.Types is [var single] ? single : null,
            },
            ct);

    /// <summary>The stream of a reaction.</summary>
    public string StreamOf(ConsumerDeclaration consumer) => catalogue.StreamOf(EventCatalogue.DomainOf(consumer.Types[0])).Name;
}
