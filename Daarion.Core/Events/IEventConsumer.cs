namespace Daarion.Core.Events;

/// <summary>A reaction to events. The host brings batches in stream order; the handler makes each event's effect exactly once.</summary>
public interface IEventConsumer
{
    /// <summary>
    /// Handles a batch in one transaction: events already in the inbox are left out, the effect and the inbox rows are committed
    /// together. Throwing rolls everything back; the host then tries the events one by one, so that a bad one holds up only itself.
    /// </summary>
    /// <param name="consumer">The durable's name, the inbox key.</param>
    /// <param name="batch">In stream order.</param>
    /// <param name="ct">Cancellation.</param>
    Task Consume(string consumer, IReadOnlyList<EventEnvelope> batch, CancellationToken ct);
}
