using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using NATS.Client.Core;
using NATS.Client.JetStream;
using Npgsql;

namespace Daarion.Server.Relay;

/// <summary>
/// Brings one reaction its events, in stream order and in batches. A batch that fails is tried event by event, so that a bad one holds up
/// only itself; while the city is unwell (no database, a full bulkhead) the same batch waits, however long, and nothing is held against it.
/// </summary>
internal sealed class ConsumerWorker(ConsumerDeclaration consumer, NatsLink nats, StreamSetup streams, Reaction reaction, DeadLetters deadLetters, RetryPace pace, IServiceProvider services, ILogger<ConsumerWorker> log)
{
    /// <summary>Failures of handling after which an event is a dead letter.</summary>
    public const int MaxFailures = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WantedPace = TimeSpan.FromSeconds(1);

    /// <summary>Works until stopped.</summary>
    public async Task Run(CancellationToken ct)
    {
        var pause = Pause;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await nats.WaitUntilUp(ct);
                await WaitUntilWanted(ct);
                await Consume(ct);
                pause = Pause;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogWarning("{Consumer} begins again: {Problem}", consumer.Durable, e.Message);
                pause = pause * 2 < MaxPause ? pause * 2 : MaxPause;
            }

            try
            {
                await Task.Delay(pause, ct);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task WaitUntilWanted(CancellationToken ct)
    {
        if (consumer.IsWanted is not { } isWanted || await isWanted(services, ct))
        {
            return;
        }

        await streams.DropConsumer(consumer, ct);
        using var ticks = new PeriodicTimer(WantedPace);
        while (!await isWanted(services, ct))
        {
            await ticks.WaitForNextTickAsync(ct);
        }
    }

    // One connection, one subscription: after a reconnect the durable is made sure of and read anew.
    private async Task Consume(CancellationToken ct)
    {
        var generation = nats.Generation;
        var durable = await streams.EnsureConsumer(consumer, ct);
        using var connected = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var messages = Channel.CreateBounded<INatsJSMsg<byte[]>>(new BoundedChannelOptions(consumer.BatchSize) { SingleReader = true, SingleWriter = true });
        var pump = Pump(durable, messages.Writer, connected.Token);
        var watch = WatchConnection(generation, connected);
        try
        {
            while (await messages.Reader.WaitToReadAsync(ct))
            {
                var batch = new List<INatsJSMsg<byte[]>>(consumer.BatchSize);
                while (batch.Count < consumer.BatchSize && messages.Reader.TryRead(out var message))
                {
                    batch.Add(message);
                }

                await Handle(batch, ct);
            }
        }
        finally
        {
            await connected.CancelAsync();
            await Task.WhenAll(pump, watch);
        }
    }

    private async Task Pump(INatsJSConsumer durable, ChannelWriter<INatsJSMsg<byte[]>> writer, CancellationToken ct)
    {
        var failure = default(Exception);
        try
        {
            var options = new NatsJSConsumeOpts { MaxMsgs = consumer.BatchSize * 2, ThresholdMsgs = consumer.BatchSize, Expires = TimeSpan.FromSeconds(30), IdleHeartbeat = TimeSpan.FromSeconds(5) };
            await foreach (var message in durable.ConsumeAsync<byte[]>(opts: options, cancellationToken: ct))
            {
                await writer.WriteAsync(message, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            failure = null;
        }
        catch (Exception e)
        {
            failure = e;
        }
        finally
        {
            writer.TryComplete(failure);
        }
    }

    private async Task WatchConnection(long generation, CancellationTokenSource connected)
    {
        using var ticks = new PeriodicTimer(Pause);
        try
        {
            while (await ticks.WaitForNextTickAsync(connected.Token))
            {
                if (nats.Generation != generation || (consumer.IsWanted is { } isWanted && !await isWanted(services, connected.Token)))
                {
                    await connected.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // This connection is done with.
        }
    }

    private async Task Handle(List<INatsJSMsg<byte[]>> messages, CancellationToken ct)
    {
        var wanted = new List<(INatsJSMsg<byte[]> Message, EventEnvelope Event)>(messages.Count);
        foreach (var message in messages)
        {
            if (!consumer.Takes(message.Subject))
            {
                await message.AckAsync(cancellationToken: ct);
            }
            else if (await Read(message, ct) is { } e)
            {
                wanted.Add((message, e));
            }
        }

        if (wanted.Count > 0 && await Try(wanted, ct) is { } failure)
        {
            await OneByOne(wanted, failure, ct);
        }
    }

    private async Task OneByOne(List<(INatsJSMsg<byte[]> Message, EventEnvelope Event)> events, Exception failure, CancellationToken ct)
    {
        foreach (var e in events)
        {
            var problem = events.Count == 1 ? failure : await Try([e], ct);
            if (problem is not null)
            {
                await Fail(e.Message, e.Event.EventId.Value, problem, ct);
            }
        }
    }

    /// <summary>Handles and acknowledges; answers the failure that is the event's own. While the city is unwell it waits and tries again.</summary>
    private async Task<Exception?> Try(List<(INatsJSMsg<byte[]> Message, EventEnvelope Event)> events, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await reaction.React(consumer, [.. events.Select(e => e.Event)], ct);
                foreach (var (message, _) in events)
                {
                    await message.AckAsync(cancellationToken: ct);
                }

                return null;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception e) when (IsUnwell(e))
            {
                log.LogInformation("{Consumer} waits with {Count} events: {Problem}", consumer.Durable, events.Count, e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(5_000, 100 * Math.Pow(2, attempt))), ct);
                foreach (var (message, _) in events)
                {
                    await message.AckProgressAsync(cancellationToken: ct);
                }
            }
            catch (Exception e) when (e is not NatsException)
            {
                return e;
            }
        }
    }

    // What takes longer than it may is the events' own doing: alone they may not, and alone each is tried next.
    private static bool IsUnwell(Exception e) => e switch
    {
        CityException { Code: ErrorCode.Unavailable, InnerException: OperationCanceledException } => false,
        CityException { Code: ErrorCode.Unavailable } or CityException { Reason: "policy_unavailable" } => true,
        PostgresException postgres => postgres.IsTransient || postgres.SqlState.StartsWith("57", StringComparison.Ordinal) || postgres.SqlState.StartsWith("53", StringComparison.Ordinal),
        NpgsqlException or TimeoutException => true,
        _ => e.InnerException is { } inner && IsUnwell(inner),
    };

    private async Task<EventEnvelope?> Read(INatsJSMsg<byte[]> message, CancellationToken ct)
    {
        try
        {
            return JsonSerializer.Deserialize<EventEnvelope>(message.Data, EventJson.Options) ?? throw new JsonException("The message is null.");
        }
        catch (JsonException e)
        {
            await Fail(message, NameOf(message), e, ct);
            return null;
        }
    }

    // The identity of an event is in its headers; what somebody else put on the stream is named by its place.
    private string NameOf(INatsJSMsg<byte[]> message) =>
        message.Headers is { } headers && headers.TryGetValue("ce-id", out var id) && EventId.TryParse(id.ToString(), out var known)
            ? known.Value
            : string.Create(CultureInfo.InvariantCulture, $"{streams.StreamOf(consumer)}.{message.Metadata?.Sequence.Stream ?? 0}");

    private async Task Fail(INatsJSMsg<byte[]> message, string eventId, Exception problem, CancellationToken ct)
    {
        var failures = await deadLetters.Count(consumer, eventId, ct);
        log.LogWarning(problem, "{Consumer} could not handle {EventId}, failure {Failures}", consumer.Durable, eventId, failures);
        if (failures < MaxFailures)
        {
            await message.NakAsync(new AckOpts { NakDelay = pace.After(failures) }, ct);
            return;
        }

        await deadLetters.Keep(consumer, streams.StreamOf(consumer), message, eventId, failures, problem, ct);
        await message.AckTerminateAsync(cancellationToken: ct);
    }
}
