using System.Text.Json;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Outbox;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace Daarion.Server.Relay;

/// <summary>NATS as the outbox service sees it: JetStream's own figures and messages.</summary>
internal sealed class StreamGate(NatsLink nats, EventCatalogue catalogue, Reconciliation reconciliation, DeadLetters deadLetters) : IStreamGate
{
    private const int Examples = 20;
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(2);

    public Task<IReadOnlyList<StreamFigures>> Streams(CancellationToken ct) => Asked(async () =>
    {
        var declared = catalogue.Streams.ToDictionary(stream => stream.Name, StringComparer.Ordinal);
        var figures = new List<StreamFigures>();
        await foreach (var stream in nats.JetStream.ListStreamsAsync(cancellationToken: ct))
        {
            if (!declared.TryGetValue(stream.Info.Config.Name!, out var declaration))
            {
                continue;
            }

            long pending = 0;
            await foreach (var consumer in stream.ListConsumersAsync(ct))
            {
                pending = Math.Max(pending, (long)consumer.Info.NumPending);
            }

            var state = stream.Info.State;
            figures.Add(new(
                declaration.Name,
                declaration.Subjects,
                state.Messages,
                state.Bytes,
                (int)state.ConsumerCount,
                (long)state.FirstSeq,
                (long)state.LastSeq,
                state.Messages == 0 ? null : LastAt(state),
                declaration.MaxAge?.TotalDays,
                pending));
        }

        return (IReadOnlyList<StreamFigures>)[.. figures.OrderBy(stream => stream.Name, StringComparer.Ordinal)];
    });

    public Task<IReadOnlyList<ConsumerFigures>> Consumers(string stream, CancellationToken ct) => Asked(async () =>
    {
        var declared = catalogue.Consumers.ToDictionary(consumer => consumer.Durable, StringComparer.Ordinal);
        var figures = new List<ConsumerFigures>();
        await foreach (var consumer in nats.JetStream.ListConsumersAsync(stream, ct))
        {
            var info = consumer.Info;
            var declaration = declared.GetValueOrDefault(info.Name);
            figures.Add(new(
                info.Name,
                stream,
                declaration?.Service,
                declaration?.Types ?? [],
                (long)info.Delivered.StreamSeq,
                (long)info.AckFloor.StreamSeq,
                (long)info.NumPending,
                info.NumAckPending,
                info.NumRedelivered));
        }

        return (IReadOnlyList<ConsumerFigures>)[.. figures.OrderBy(consumer => consumer.Name, StringComparer.Ordinal)];
    });

    public Task<IReadOnlyList<StreamMessage>> Messages(string stream, long? from, int limit, CancellationToken ct) => Asked(async () =>
    {
        var state = (await nats.JetStream.GetStreamAsync(stream, cancellationToken: ct)).Info.State;
        var (first, last) = ((long)state.FirstSeq, (long)state.LastSeq);
        var start = Math.Max(first, from ?? (last - limit + 1));
        var messages = new List<StreamMessage>();
        if (state.Messages == 0 || start > last)
        {
            return (IReadOnlyList<StreamMessage>)messages;
        }

        var consumer = await nats.JetStream.CreateOrderedConsumerAsync(
            stream, new NatsJSOrderedConsumerOpts { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence, OptStartSeq = (ulong)start }, ct);
        await foreach (var message in consumer.FetchAsync<byte[]>(new NatsJSFetchOpts { MaxMsgs = limit, Expires = FetchLimit }, cancellationToken: ct))
        {
            var sequence = (long)(message.Metadata?.Sequence.Stream ?? 0);
            messages.Add(new(
                sequence,
                message.Metadata?.Timestamp ?? default,
                message.Subject,
                Header(message.Headers, "ce-id") ?? Header(message.Headers, "Nats-Msg-Id") ?? string.Empty,
                message.Data?.Length ?? 0,
                message.Headers?.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.Ordinal) ?? [],
                Envelope(message.Data)));
            if (messages.Count == limit || sequence >= last)
            {
                break;
            }
        }

        return messages;
    });

    public Task<ReplayReport> Replay(Replay request, CancellationToken ct) => Asked(async () =>
    {
        var comparison = await reconciliation.Compare(request.Stream, request.From, request.To, ct);
        var published = request.DryRun ? 0 : await reconciliation.PublishAgain(comparison.Missing, ct);
        return new ReplayReport(request.Stream, comparison.Compared, comparison.Missing.Count, published, [.. comparison.Missing.Take(Examples).Select(id => EventId.Parse(id))]);
    });

    public Task React(string consumer, EventEnvelope e, CancellationToken ct) => deadLetters.Retry(consumer, e, ct);

    private async Task<T> Asked<T>(Func<Task<T>> ask)
    {
        if (!nats.IsUp)
        {
            throw CityException.Unavailable("NATS is away; events wait in the outbox.");
        }

        try
        {
            return await ask();
        }
        catch (NatsException e)
        {
            throw CityException.Unavailable("NATS does not answer; events wait in the outbox.", cause: e);
        }
    }

    private static DateTimeOffset? LastAt(StreamState state) =>
        DateTimeOffset.TryParse(state.LastTs, System.Globalization.CultureInfo.InvariantCulture, out var at) ? at : null;

    private static string? Header(NatsHeaders? headers, string name) => headers is not null && headers.TryGetValue(name, out var value) ? value.ToString() : null;

    private static JsonElement? Envelope(byte[]? data)
    {
        try
        {
            return data is null ? null : JsonSerializer.Deserialize<JsonElement>(data);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
