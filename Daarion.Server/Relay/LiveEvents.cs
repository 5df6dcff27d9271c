using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Daarion.Core.Events;
using NATS.Client.Core;

namespace Daarion.Server.Relay;

/// <summary>
/// Events as they go to the streams, for screens and caches of this process: one subscription for the whole process, handed on to whoever listens.
/// A listener that is too slow loses the oldest.
/// </summary>
internal sealed class LiveEvents(NatsLink nats, EventCatalogue catalogue, ILogger<LiveEvents> log) : BackgroundService, ILiveEvents
{
    private readonly ConcurrentDictionary<Channel<EventEnvelope>, LiveFilter> listeners = new();

    /// <inheritdoc/>
    public async IAsyncEnumerable<EventEnvelope> Subscribe(LiveFilter filter, [EnumeratorCancellation] CancellationToken ct)
    {
        var channel = Channel.CreateBounded<EventEnvelope>(new BoundedChannelOptions(ILiveEvents.Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        listeners[channel] = filter;
        try
        {
            await foreach (var e in channel.Reader.ReadAllAsync(ct))
            {
                yield return e;
            }
        }
        finally
        {
            listeners.TryRemove(channel, out _);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await nats.WaitUntilUp(stoppingToken);
            await Task.WhenAll(catalogue.Streams.SelectMany(stream => stream.Subjects).Select(subject => Listen(subject, stoppingToken)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            log.LogDebug("Live events stop");
        }
    }

    private async Task Listen(string subject, CancellationToken ct)
    {
        await using var subscription = await nats.Connection.SubscribeCoreAsync<NatsMemoryOwner<byte>>(subject, cancellationToken: ct);
        await foreach (var message in subscription.Msgs.ReadAllAsync(ct))
        {
            using var data = message.Data;
            if (!listeners.IsEmpty && listeners.Values.Any(filter => filter.MatchesType(message.Subject)))
            {
                HandOn(data.Span);
            }
        }
    }

    private void HandOn(ReadOnlySpan<byte> json)
    {
        try
        {
            var e = JsonSerializer.Deserialize<EventEnvelope>(json, EventJson.Options)!;
            foreach (var (channel, filter) in listeners)
            {
                if (filter.Matches(e))
                {
                    channel.Writer.TryWrite(e);
                }
            }
        }
        catch (JsonException problem)
        {
            log.LogWarning("A message on a stream is not an event: {Problem}", problem.Message);
        }
    }
}
