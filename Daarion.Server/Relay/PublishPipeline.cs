using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Threading.Tasks.Sources;
using NATS.Client.Core;

namespace Daarion.Server.Relay;

/// <summary>
/// Publishes to JetStream with many acknowledgements in flight. All acknowledgements come to one inbox; the last word of their subject
/// says which publication they are for, so that nothing is subscribed or looked up for each message.
/// </summary>
internal sealed class PublishPipeline : IAsyncDisposable
{
    /// <summary>Publications in flight at once.</summary>
    public const int Window = 1024;

    private static readonly TimeSpan AckLimit = TimeSpan.FromSeconds(5);
    private readonly NatsConnection connection;
    private readonly string inbox;
    private readonly Slot[] slots;
    private readonly ConcurrentQueue<Slot> free = new();
    private readonly SemaphoreSlim places = new(Window);
    private readonly CancellationTokenSource stop = new();
    private Task receiving = Task.CompletedTask;
    private Task watching = Task.CompletedTask;

    public PublishPipeline(NatsConnection connection)
    {
        this.connection = connection;
        // Not one of the connection's own inboxes: those share a subscription that knows whole subjects only.
        inbox = $"{connection.Opts.InboxPrefix}.{Guid.NewGuid():N}";
        slots = [.. Enumerable.Range(0, Window).Select(number => new Slot(this, number))];
        foreach (var slot in slots)
        {
            free.Enqueue(slot);
        }
    }

    /// <summary>Begins to listen for acknowledgements.</summary>
    public async Task Start(CancellationToken ct)
    {
        var subscription = await connection.SubscribeCoreAsync<NatsMemoryOwner<byte>>($"{inbox}.*", cancellationToken: ct);
        receiving = Receive(subscription);
        watching = Watch();
    }

    /// <summary>Publishes one message and waits for its acknowledgement.</summary>
    /// <exception cref="TimeoutException">None came in time: the message may or may not be on the stream.</exception>
    /// <exception cref="NatsException">It could not be sent.</exception>
    public async ValueTask<PublishOutcome> Publish(string subject, byte[] payload, NatsHeaders headers, CancellationToken ct)
    {
        await places.WaitAsync(ct);
        free.TryDequeue(out var slot);
        try
        {
            var answer = slot!.Begin();
            await connection.PublishAsync(subject, payload, headers, slot.ReplySubject, NatsRawSerializer<byte[]>.Default, cancellationToken: ct);
            return await answer;
        }
        finally
        {
            slot!.End();
            free.Enqueue(slot);
            places.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(receiving, watching);
        stop.Dispose();
        places.Dispose();
    }

    private async Task Receive(INatsSub<NatsMemoryOwner<byte>> subscription)
    {
        try
        {
            await foreach (var message in subscription.Msgs.ReadAllAsync(stop.Token))
            {
                using var data = message.Data;
                if (TryReadTicket(message.Subject, out var number, out var ticket))
                {
                    slots[number].Complete(ticket, Read(message.HasNoResponders, data.Span));
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The relay stops.
        }
        finally
        {
            await subscription.DisposeAsync();
        }
    }

    private async Task Watch()
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        try
        {
            while (await pace.WaitForNextTickAsync(stop.Token))
            {
                foreach (var slot in slots)
                {
                    slot.FailWhenOlderThan(AckLimit);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            foreach (var slot in slots)
            {
                slot.FailWhenOlderThan(TimeSpan.Zero);
            }
        }
    }

    // "<inbox>.<slot>-<ticket>": the ticket tells an acknowledgement that comes too late from that of the slot's next message.
    private bool TryReadTicket(string subject, out int slot, out long ticket)
    {
        (slot, ticket) = (0, 0);
        var tail = subject.AsSpan(inbox.Length + 1);
        var dash = tail.IndexOf('-');
        return dash > 0
            && int.TryParse(tail[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out slot)
            && long.TryParse(tail[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ticket)
            && slot < Window;
    }

    private static PublishOutcome Read(bool noResponders, ReadOnlySpan<byte> ack)
    {
        if (noResponders)
        {
            return new(0, "no stream takes this subject");
        }

        // {"stream":"STREAM_TEAM","seq":41,…}: the usual answer is read without a parser.
        var seq = ack.IndexOf("\"seq\":"u8);
        if (seq >= 0 && ack.IndexOf("\"error\""u8) < 0)
        {
            var digits = ack[(seq + 6)..].TrimStart((byte)' ');
            if (Utf8Parser.TryParse(digits, out long sequence, out _) && sequence > 0)
            {
                return new(sequence, null, ack.IndexOf("\"duplicate\""u8) >= 0);
            }
        }

        return new(0, Refusal(ack));
    }

    private static string Refusal(ReadOnlySpan<byte> ack)
    {
        try
        {
            var reader = new Utf8JsonReader(ack);
            using var json = JsonDocument.ParseValue(ref reader);
            return json.RootElement.TryGetProperty("error", out var error) && error.TryGetProperty("description", out var description)
                ? description.GetString() ?? "refused"
                : "the acknowledgement has no sequence";
        }
        catch (JsonException)
        {
            return "the acknowledgement cannot be read";
        }
    }

    /// <summary>A place in the window, used again and again without allocation.</summary>
    private sealed class Slot(PublishPipeline pipeline, int number) : IValueTaskSource<PublishOutcome>
    {
        private readonly Lock gate = new();
        private ManualResetValueTaskSourceCore<PublishOutcome> source = new() { RunContinuationsAsynchronously = false };
        private long ticket;
        private long began;
        private bool waiting;

        public string ReplySubject { get; private set; } = string.Empty;

        public ValueTask<PublishOutcome> Begin()
        {
            lock (gate)
            {
                source.Reset();
                ticket++;
                waiting = true;
                began = Stopwatch.GetTimestamp();
                ReplySubject = string.Create(CultureInfo.InvariantCulture, $"{pipeline.inbox}.{number}-{ticket}");
                return new(this, source.Version);
            }
        }

        public void End()
        {
            lock (gate)
            {
                waiting = false;
            }
        }

        public void Complete(long of, PublishOutcome outcome)
        {
            lock (gate)
            {
                if (!waiting || of != ticket)
                {
                    return;
                }

                waiting = false;
            }

            source.SetResult(outcome);
        }

        public void FailWhenOlderThan(TimeSpan limit)
        {
            lock (gate)
            {
                if (!waiting || Stopwatch.GetElapsedTime(began) < limit)
                {
                    return;
                }

                waiting = false;
            }

            source.SetException(new TimeoutException("JetStream did not acknowledge in time."));
        }

        PublishOutcome IValueTaskSource<PublishOutcome>.GetResult(short token) => source.GetResult(token);

        ValueTaskSourceStatus IValueTaskSource<PublishOutcome>.GetStatus(short token) => source.GetStatus(token);

        void IValueTaskSource<PublishOutcome>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            source.OnCompleted(continuation, state, token, flags);
    }
}
