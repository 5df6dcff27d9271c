using System.Diagnostics;
using Daarion.Core.Events;
using Daarion.Core.Kernel;

namespace Daarion.Server.Relay;

/// <summary>Runs a handler in an operation of its service; the trace of each event goes on through it.</summary>
internal sealed class Reaction(OperationRunner operations, ServiceMeters meters)
{
    /// <summary>Handles a batch.</summary>
    public async Task React(ConsumerDeclaration consumer, IReadOnlyList<EventEnvelope> batch, CancellationToken ct)
    {
        var spans = Spans(consumer, batch);
        try
        {
            await operations.Run(
                consumer.Service,
                consumer.Handler.Name,
                Caller.ForService(consumer.Service, batch[0].EventId.Value),
                OperationLimits.Consumer,
                async (services, token) =>
                {
                    await ((IEventConsumer)services.GetRequiredService(consumer.Handler)).Consume(consumer.Durable, batch, token);
                    return batch.Count;
                },
                ct);
        }
        catch (Exception e)
        {
            foreach (var span in spans)
            {
                span.SetStatus(ActivityStatusCode.Error, e.Message);
            }

            throw;
        }
        finally
        {
            for (var i = spans.Count - 1; i >= 0; i--)
            {
                spans[i].Dispose();
            }
        }
    }

    // One span for each trace that meets in the batch; the operation's own span is part of the first.
    private List<Activity> Spans(ConsumerDeclaration consumer, IReadOnlyList<EventEnvelope> batch)
    {
        var spans = new List<Activity>();
        foreach (var trace in batch.Where(e => e.Meta.TraceId is not null && e.Meta.SpanId is not null).DistinctBy(e => e.Meta.TraceId, StringComparer.Ordinal).Reverse())
        {
            var parent = new ActivityContext(ActivityTraceId.CreateFromString(trace.Meta.TraceId), ActivitySpanId.CreateFromString(trace.Meta.SpanId), ActivityTraceFlags.Recorded, isRemote: true);
            if (meters.Of(consumer.Service).StartActivity(consumer.Handler.Name, ActivityKind.Consumer, parent) is { } span)
            {
                span.SetTag("messaging.system", "nats");
                span.SetTag("messaging.destination.name", trace.Type);
                span.SetTag("messaging.message.id", trace.EventId.Value);
                spans.Add(span);
            }
        }

        return spans;
    }
}
