using System.Collections.Concurrent;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using NATS.Client.Core;

namespace Daarion.Server.Relay;

/// <summary>
/// Brings committed events from the outbox to their streams (events: from commit to stream). A few pipes, each with its own lanes, fetch, publish
/// and mark at the same time. Within a pipe the events of one key go one after another, each only after JetStream has the one before it; different
/// keys go side by side. What JetStream does not take blocks its own key alone.
/// </summary>
internal sealed class OutboxRelay(
    NatsLink nats, OutboxStore store, LaneLeases lanes, StreamSetup streams, Reconciliation reconciliation, OutboxSignal signal, EventCatalogue catalogue, ILogger<OutboxRelay> log)
    : BackgroundService
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BalancePause = TimeSpan.FromMilliseconds(250);
    private readonly Pipe[] pipes = [.. Enumerable.Range(0, RelayLimits.Pipes).Select(_ => new Pipe())];
    private readonly ConcurrentDictionary<string, string> sources = new(StringComparer.Ordinal);
    private PublishPipeline? publishing;
    private long openFor = -1;

    /// <summary>True while events flow: connected, streams set up, the tail reconciled.</summary>
    public bool IsFlowing => nats.IsUp && Interlocked.Read(ref openFor) == nats.Generation;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await nats.WaitUntilUp(stoppingToken);
        publishing = new PublishPipeline(nats.Connection);
        await publishing.Start(stoppingToken);
        try
        {
            await Task.WhenAll(
                [Guard(stoppingToken), Balance(stoppingToken), Wake(stoppingToken), .. pipes.Select((_, number) => Run(number, stoppingToken))]);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            log.LogDebug("The relay stops");
        }
        finally
        {
            await publishing.DisposeAsync();
            await lanes.DisposeAsync();
        }
    }

    // Nothing is published on a new connection before the streams stand and what the old server may have lost is back in line.
    private async Task Guard(CancellationToken ct)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        do
        {
            var generation = nats.Generation;
            if (!nats.IsUp || generation == Interlocked.Read(ref openFor))
            {
                continue;
            }

            try
            {
                await streams.Ensure(ct);
                var lost = await reconciliation.Reconcile(ct);
                if (lost > 0)
                {
                    log.LogWarning("{Lost} events were acknowledged by NATS and lost; they are published again", lost);
                }

                Interlocked.Exchange(ref openFor, generation);
                WakeAll();
            }
            catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                log.LogWarning("Events wait, the streams cannot be used yet: {Problem}", e.Message);
                await Task.Delay(BalancePause, ct);
            }
        }
        while (await pace.WaitForNextTickAsync(ct));
    }

    private async Task Balance(CancellationToken ct)
    {
        using var pace = new PeriodicTimer(BalancePause);
        do
        {
            var before = lanes.Count;
            await lanes.Balance(Quiet, ct);
            if (lanes.Count > before)
            {
                WakeAll();
            }
        }
        while (await pace.WaitForNextTickAsync(ct));
    }

    private async Task Wake(CancellationToken ct)
    {
        await foreach (var _ in signal.Wakes.ReadAllAsync(ct))
        {
            WakeAll();
        }
    }

    private async Task Run(int number, CancellationToken ct)
    {
        var pipe = pipes[number];
        while (!ct.IsCancellationRequested)
        {
            var full = false;
            try
            {
                if (IsFlowing)
                {
                    using var place = await pipe.Enter(ct);
                    full = await Drain(lanes.Of(number), ct);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                // Whatever it is, a pipe that ended would hold its lanes and leave their events where they are.
                log.LogWarning(e, "A pipe of the relay stopped and begins again");
                await Task.Delay(BalancePause, ct);
            }

            if (!full)
            {
                await pipe.Woken.WaitAsync(SafetyNet, ct);
            }
        }
    }

    /// <summary>Publishes one batch and marks it; true when there is probably more.</summary>
    private async Task<bool> Drain(short[] own, CancellationToken ct)
    {
        if (own.Length == 0)
        {
            return false;
        }

        var blocked = await store.BlockedKeys(own, ct);
        var perLane = RelayLimits.Batch / own.Length;
        var rows = await store.Waiting(own, blocked, perLane, ct);
        if (rows.Count == 0)
        {
            return false;
        }

        var outcome = new BatchOutcome(rows.Count);
        await Task.WhenAll(rows.GroupBy(row => row.SequenceKey, StringComparer.Ordinal).Select(key => PublishInOrder(key, outcome, ct)));

        if (outcome.Problem is { } problem && !ct.IsCancellationRequested)
        {
            log.LogWarning("Events wait, NATS does not take them: {Problem}", problem.Message);
        }

        // What was acknowledged is marked even while stopping.
        if (outcome.Accepted.Count > 0)
        {
            await store.MarkProcessed(outcome.Accepted, CancellationToken.None);
        }

        if (outcome.Refused.Count > 0)
        {
            await store.MarkRefused(outcome.Refused, CancellationToken.None);
        }

        return rows.Count >= perLane && !outcome.IsCut;
    }

    private async Task PublishInOrder(IEnumerable<OutboxRow> key, BatchOutcome outcome, CancellationToken ct)
    {
        foreach (var row in key)
        {
            if (ct.IsCancellationRequested || !IsFlowing)
            {
                outcome.Cut();
                return;
            }

            try
            {
                var answer = await publishing!.Publish(row.Topic, row.Payload, Headers(row, row.Id), ct);
                if (answer.IsDuplicate && row.Again > 0 && !await reconciliation.IsThere(row.Stream, answer.StreamSequence, row.Id, ct))
                {
                    // JetStream remembers the id of a message that it no longer has.
                    answer = await publishing.Publish(row.Topic, row.Payload, Headers(row, $"{row.Id}.{row.Again}"), ct);
                }

                if (!answer.IsAccepted)
                {
                    outcome.Refuse(row, answer.Refusal!, RelayLimits.IsForGood(answer.Refusal!));
                    return;
                }

                outcome.Accept(row, answer.StreamSequence);
            }
            catch (NatsPayloadTooLargeException e)
            {
                outcome.Refuse(row, e.Message, final: true);
                return;
            }
            catch (Exception e) when (e is NatsException or TimeoutException or OperationCanceledException or IOException)
            {
                // NATS is away or slow: nothing is held against the event, and its key waits with it.
                outcome.Cut(e);
                return;
            }
        }
    }

    private NatsHeaders Headers(OutboxRow row, string messageId)
    {
        var headers = new NatsHeaders(8)
        {
            ["Nats-Msg-Id"] = messageId,
            ["ce-specversion"] = "1.0",
            ["ce-id"] = row.Id,
            ["ce-source"] = sources.GetOrAdd(row.Topic, topic => $"/daarion/{catalogue.Find(topic)?.Service ?? "unknown"}"),
            ["ce-type"] = row.Topic,
            ["ce-time"] = Timestamps.Format(new DateTimeOffset(row.CreatedAt, TimeSpan.Zero)),
            ["ce-subject"] = Uri.EscapeDataString(row.SequenceKey),
        };
        if (row.TraceParent is not null)
        {
            headers["traceparent"] = row.TraceParent;
        }

        return headers;
    }

    private async Task<IAsyncDisposable> Quiet(short[] leaving, CancellationToken ct)
    {
        var silence = new Silence();
        foreach (var pipe in pipes.Where((_, number) => lanes.Of(number).Intersect(leaving).Any()))
        {
            silence.Add(await pipe.Enter(ct));
        }

        return silence;
    }

    private void WakeAll()
    {
        foreach (var pipe in pipes)
        {
            pipe.Woken.Set();
        }
    }

    /// <summary>What became of a batch; many keys report at once.</summary>
    private sealed class BatchOutcome(int size)
    {
        private readonly Lock gate = new();

        public List<(OutboxRow Row, long StreamSequence)> Accepted { get; } = new(size);

        public List<(OutboxRow Row, string Error, bool Final)> Refused { get; } = [];

        public bool IsCut { get; private set; }

        /// <summary>The first reason why events stayed where they are.</summary>
        public Exception? Problem { get; private set; }

        public void Accept(OutboxRow row, long sequence)
        {
            lock (gate)
            {
                Accepted.Add((row, sequence));
            }
        }

        public void Refuse(OutboxRow row, string error, bool final)
        {
            lock (gate)
            {
                Refused.Add((row, error, final));
            }
        }

        public void Cut(Exception? problem = null)
        {
            lock (gate)
            {
                IsCut = true;
                Problem ??= problem;
            }
        }
    }

    private sealed class Pipe : IDisposable
    {
        private readonly SemaphoreSlim busy = new(1);

        public WakeSignal Woken { get; } = new();

        public async Task<IDisposable> Enter(CancellationToken ct)
        {
            await busy.WaitAsync(ct);
            return new Place(busy);
        }

        public void Dispose() => busy.Dispose();

        private sealed class Place(SemaphoreSlim busy) : IDisposable
        {
            public void Dispose() => busy.Release();
        }
    }

    private sealed class Silence : IAsyncDisposable
    {
        private readonly List<IDisposable> places = [];

        public void Add(IDisposable place) => places.Add(place);

        public ValueTask DisposeAsync()
        {
            places.ForEach(place => place.Dispose());
            return ValueTask.CompletedTask;
        }
    }
}
