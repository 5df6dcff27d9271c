using Daarion.Core.Events;

namespace Daarion.Core.Outbox;

/// <summary>What the outbox service needs of NATS; the host that holds the connection gives it.</summary>
public interface IStreamGate
{
    /// <summary>Figures of the streams.</summary>
    Task<IReadOnlyList<StreamFigures>> Streams(CancellationToken ct);

    /// <summary>Figures of a stream's consumers.</summary>
    Task<IReadOnlyList<ConsumerFigures>> Consumers(string stream, CancellationToken ct);

    /// <summary>Messages of a stream from a place on, at most so many; the newest where no place is given.</summary>
    Task<IReadOnlyList<StreamMessage>> Messages(string stream, long? from, int limit, CancellationToken ct);

    /// <summary>Compares a range of the outbox with its stream; publishes again what is missing where that is wanted.</summary>
    Task<ReplayReport> Replay(Replay request, CancellationToken ct);

    /// <summary>Lets a reaction handle an event once more.</summary>
    Task React(string consumer, EventEnvelope e, CancellationToken ct);
}
