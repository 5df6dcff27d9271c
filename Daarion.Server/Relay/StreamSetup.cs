using Daarion.Core.Events;
using Daarion.Server.Settings;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace Daarion.Server.Relay;

/// <summary>Makes streams and durable consumers as the catalogue declares them, and changes those that declare it otherwise now. Repeating it is harmless.</summary>
internal sealed class StreamSetup(NatsLink nats, OutboxStore store, EventCatalogue catalogue, CitySettings settings, TimeProvider clock)
{
    /// <summary>In which time JetStream knows a message id again.</summary>
    public static readonly TimeSpan DuplicateWindow = TimeSpan.FromHours(2);

    /// <summary>How long a consumer may work on a message before it is brought again.</summary>
    public static readonly TimeSpan AckWait = TimeSpan.FromSeconds(30);

    /// <summary>How long the inbox knows what was handled; the oldest message that a durable made anew is brought.</summary>
    public static readonly TimeSpan InboxKept = TimeSpan.FromDays(120);

    // Servers learn within seconds that a reaction is wanted.
    private static readonly TimeSpan BeforeWanted = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan InboxReach = InboxKept - TimeSpan.FromDays(1);

    /// <summary>Makes or changes all streams and consumers, and takes away the durables of reactions that are no longer part of the city.</summary>
    public async Task Ensure(CancellationToken ct)
    {
        foreach (var stream in catalogue.Streams)
        {
            await EnsureStream(stream, ct);
        }

        foreach (var consumer in catalogue.Consumers.Where(consumer => consumer.IsWanted is null))
        {
            await EnsureConsumer(consumer, ct);
        }

        var declared = catalogue.Consumers.Select(consumer => consumer.Durable).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, stream) in (await store.Durables(ct)).Where(made => !declared.Contains(made.Name)))
        {
            await Delete(stream, name, ct);
            await store.ForgetDurable(name, ct);
        }
    }

    /// <summary>
    /// Makes or changes the stream and the durable of one reaction. Where the durable began cannot be changed, so that stays. One that JetStream has lost
    /// begins no earlier than the inbox reaches: streams keep their messages longer, and what was handled would be handled again.
    /// </summary>
    public async Task<INatsJSConsumer> EnsureConsumer(ConsumerDeclaration consumer, CancellationToken ct)
    {
        var stream = StreamOf(consumer);
        await EnsureStream(catalogue.StreamOf(EventCatalogue.DomainOf(consumer.Types[0])), ct);
        var config = Config(consumer);
        if (await Existing(stream, consumer.Durable, ct) is { } existing)
        {
            var begun = existing.Info.Config;
            if (begun.DeliverPolicy == ConsumerConfigDeliverPolicy.ByStartTime)
            {
                // Servers before 2.10 take any change of such a durable for one of its beginning, and refuse it.
                return existing;
            }

            (config.DeliverPolicy, config.OptStartSeq) = (begun.DeliverPolicy, begun.OptStartSeq);
        }
        else if (consumer.IsWanted is not null)
        {
            (config.DeliverPolicy, config.OptStartTime) = (ConsumerConfigDeliverPolicy.ByStartTime, clock.GetUtcNow() - BeforeWanted);
        }
        else if ((await store.Durables(ct)).Exists(made => string.Equals(made.Name, consumer.Durable, StringComparison.Ordinal)))
        {
            (config.DeliverPolicy, config.OptStartTime) = (ConsumerConfigDeliverPolicy.ByStartTime, clock.GetUtcNow() - InboxReach);
        }

        var durable = await nats.JetStream.CreateOrUpdateConsumerAsync(stream, config, ct);
        // Only what has stood can be lost.
        await store.RememberDurable(consumer.Durable, stream, ct);
        return durable;
    }

    /// <summary>Takes away the durable of a reaction that nobody wants now, so that it gathers nothing.</summary>
    public Task DropConsumer(ConsumerDeclaration consumer, CancellationToken ct) => Delete(StreamOf(consumer), consumer.Durable, ct);

    /// <summary>
    /// A stream that lost its end gives the same places to other messages, and a durable that was further would pass over them. It is made anew
    /// where everything before is handled for certain; what comes twice meets the inbox.
    /// </summary>
    public async Task StepBack(string stream, long last, CancellationToken ct)
    {
        foreach (var consumer in catalogue.Consumers.Where(consumer => string.Equals(StreamOf(consumer), stream, StringComparison.Ordinal)))
        {
            if (await Existing(stream, consumer.Durable, ct) is not { } existing || (long)existing.Info.Delivered.StreamSeq <= last)
            {
                continue;
            }

            var config = Config(consumer);
            config.DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence;
            config.OptStartSeq = (ulong)(Math.Min((long)existing.Info.AckFloor.StreamSeq, last) + 1);
            await Delete(stream, consumer.Durable, ct);
            await nats.JetStream.CreateOrUpdateConsumerAsync(stream, config, ct);
        }
    }

    private async Task EnsureStream(StreamDeclaration stream, CancellationToken ct) =>
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
            },
            ct);

    private async Task<INatsJSConsumer?> Existing(string stream, string durable, CancellationToken ct)
    {
        try
        {
            return await nats.JetStream.GetConsumerAsync(stream, durable, ct);
        }
        catch (NatsJSApiException e) when (e.Error.Code == StatusCodes.Status404NotFound)
        {
            return null;
        }
    }

    private async Task Delete(string stream, string durable, CancellationToken ct)
    {
        try
        {
            await nats.JetStream.DeleteConsumerAsync(stream, durable, ct);
        }
        catch (NatsJSApiException e) when (e.Error.Code == StatusCodes.Status404NotFound)
        {
            // Another process was first.
        }
    }

    private static ConsumerConfig Config(ConsumerDeclaration consumer) => new(consumer.Durable)
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
    };

    /// <summary>The stream of a reaction.</summary>
    public string StreamOf(ConsumerDeclaration consumer) => catalogue.StreamOf(EventCatalogue.DomainOf(consumer.Types[0])).Name;
}
