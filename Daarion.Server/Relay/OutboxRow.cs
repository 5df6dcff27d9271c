namespace Daarion.Server.Relay;

/// <summary>A row of the outbox on its way to its stream. The payload is the envelope as it was written, never parsed on the way; <c>Again</c> counts how often its stream had lost it.</summary>
internal sealed record OutboxRow(
    short Lane,
    long Sequence,
    int Attempts,
    short Again,
    string SequenceKey,
    string Id,
    DateTime CreatedAt,
    string Stream,
    string Topic,
    byte[] Payload,
    string? TraceParent);

/// <summary>JetStream's acknowledgement.</summary>
/// <param name="StreamSequence">The place on the stream.</param>
/// <param name="Refusal">Why JetStream did not take it; null where it did.</param>
/// <param name="IsDuplicate">JetStream knew the id already and stored nothing.</param>
internal readonly record struct PublishOutcome(long StreamSequence, string? Refusal, bool IsDuplicate = false)
{
    public bool IsAccepted => Refusal is null;
}
