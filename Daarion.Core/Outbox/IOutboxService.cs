using System.Text.Json;
using Daarion.Core.Kernel;

namespace Daarion.Core.Outbox;

/// <summary>Events on their way to the streams (seed 4.14): what waits, what died, and the ways back.</summary>
public interface IOutboxService
{
    /// <summary>Rows of the outbox, newest first. Asks <c>city.outbox.read</c>.</summary>
    Task<Page<OutboxEvent>> ListEvents(Caller caller, OutboxQuery request, CancellationToken ct);

    /// <summary>One event with its envelope. Asks <c>city.outbox.read</c>.</summary>
    Task<OutboxEventDetail> GetEvent(Caller caller, OutboxEventRef request, CancellationToken ct);

    /// <summary>How the outbox stands. Asks <c>city.outbox.read</c>.</summary>
    Task<OutboxStats> GetStats(Caller caller, OutboxStatsRequest request, CancellationToken ct);

    /// <summary>Lets a dead or waiting event go again at once. Asks <c>city.outbox.manage</c>. <c>conflict</c> where it is on its stream already.</summary>
    Task<OutboxEvent> RetryEvent(Caller caller, OutboxEventRef request, CancellationToken ct);

    /// <summary>
    /// Gives a dead event up: it is never published, and the events of its key go on. Asks <c>city.outbox.manage</c>; audited.
    /// <c>conflict</c> where it is not dead.
    /// </summary>
    Task<OutboxEvent> DiscardEvent(Caller caller, DiscardEvent request, CancellationToken ct);

    /// <summary>
    /// Compares a range of the outbox with its stream and publishes again what the stream does not have. Asks <c>city.outbox.manage</c>; audited.
    /// <c>unavailable</c> while NATS is away.
    /// </summary>
    [TimeLimit(300)]
    Task<ReplayReport> Replay(Caller caller, Replay request, CancellationToken ct);

    /// <summary>Events that a reaction could not handle, newest first. Asks <c>city.outbox.read</c>.</summary>
    Task<Page<DeadLetter>> ListDeadLetters(Caller caller, DeadLetterQuery request, CancellationToken ct);

    /// <summary>Lets the reaction handle the event once more, now. Asks <c>city.outbox.manage</c>; audited. <c>conflict</c> where it fails again; it then stays dead.</summary>
    [TimeLimit(40)]
    Task<DeadLetter> RetryDeadLetter(Caller caller, DeadLetterRef request, CancellationToken ct);

    /// <summary>Gives the event up for this reaction. Asks <c>city.outbox.manage</c>; audited.</summary>
    Task<DeadLetter> DiscardDeadLetter(Caller caller, DiscardDeadLetter request, CancellationToken ct);
}

/// <summary>How an event of the outbox stands.</summary>
public enum OutboxState
{
    /// <summary>It waits for its turn, or for its next attempt.</summary>
    Waiting,

    /// <summary>NATS refused it for good; it blocks its own key until an operator decides.</summary>
    Dead,

    /// <summary>It is on its stream.</summary>
    Published,

    /// <summary>An operator gave it up.</summary>
    Discarded,
}

/// <summary>Which rows.</summary>
/// <param name="Topic">Of one type.</param>
/// <param name="State">In one state.</param>
/// <param name="Key">Of one sequence key: the history of an object.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record OutboxQuery(string? Topic = null, OutboxState? State = null, string? Key = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null);

/// <summary>Names an event.</summary>
public sealed record OutboxEventRef(EventId Id);

/// <summary>A row of the outbox.</summary>
/// <param name="Id">The event.</param>
/// <param name="Sequence">Its place in the outbox.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="Topic">Its type.</param>
/// <param name="SequenceKey">Its order.</param>
/// <param name="State">How it stands.</param>
/// <param name="CreatedAt">When it was committed.</param>
/// <param name="ProcessedAt">When it was acknowledged, or given up.</param>
/// <param name="StreamSequence">Its place on the stream.</param>
/// <param name="Attempts">Refusals so far.</param>
/// <param name="NextAttemptAt">When it is tried again.</param>
/// <param name="Error">What NATS said last, or the reason of its discarding.</param>
public sealed record OutboxEvent(
    EventId Id,
    long Sequence,
    string Stream,
    string Topic,
    string SequenceKey,
    OutboxState State,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ProcessedAt,
    long? StreamSequence,
    int Attempts,
    DateTimeOffset? NextAttemptAt,
    string? Error);

/// <summary>A row of the outbox with its envelope.</summary>
public sealed record OutboxEventDetail(OutboxEvent Event, JsonElement Envelope);

/// <summary>Asks for <see cref="OutboxStats"/>.</summary>
public sealed record OutboxStatsRequest;

/// <summary>How the outbox stands.</summary>
/// <param name="Unprocessed">Events that are not on their stream yet.</param>
/// <param name="OldestAgeMs">How long the oldest of them has waited, in milliseconds; 0 where none waits.</param>
/// <param name="Rate">Events published a second, over the last ten seconds.</param>
/// <param name="Dead">Dead events of the outbox and dead letters of reactions.</param>
public sealed record OutboxStats(long Unprocessed, long OldestAgeMs, double Rate, long Dead);

/// <summary>An event to give up.</summary>
/// <param name="Id">Which.</param>
/// <param name="Reason">Why; 3 to 500 characters.</param>
public sealed record DiscardEvent(EventId Id, string Reason);

/// <summary>A range to compare and publish again.</summary>
/// <param name="Stream">For example <c>STREAM_PAYOUT</c>.</param>
/// <param name="From">Events committed from then on.</param>
/// <param name="To">And before then.</param>
/// <param name="DryRun">Only compare.</param>
public sealed record Replay(string Stream, DateTimeOffset From, DateTimeOffset To, bool DryRun = true);

/// <summary>What a replay found and did.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Compared">Events of the outbox in the range.</param>
/// <param name="Missing">Those that the stream does not have.</param>
/// <param name="Published">Those that were put back in line.</param>
/// <param name="Examples">At most 20 of the missing.</param>
public sealed record ReplayReport(string Stream, long Compared, long Missing, long Published, IReadOnlyList<EventId> Examples);

/// <summary>Where a dead letter is in its life.</summary>
public enum DeadLetterState
{
    /// <summary>It waits for an operator.</summary>
    Dead,

    /// <summary>It was handled after all.</summary>
    Handled,

    /// <summary>It was given up.</summary>
    Discarded,
}

/// <summary>Which dead letters.</summary>
public sealed record DeadLetterQuery(string? Consumer = null, DeadLetterState? State = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null);

/// <summary>Names a dead letter.</summary>
/// <param name="Consumer">The reaction.</param>
/// <param name="EventId">The event; its stream and place where it is no event of this city.</param>
public sealed record DeadLetterRef(string Consumer, string EventId);

/// <summary>A dead letter to give up.</summary>
/// <param name="Consumer">Whose.</param>
/// <param name="EventId">Which.</param>
/// <param name="Reason">Why; 3 to 500 characters.</param>
public sealed record DiscardDeadLetter(string Consumer, string EventId, string Reason);

/// <summary>An event that a reaction could not handle.</summary>
/// <param name="Consumer">The reaction.</param>
/// <param name="EventId">The event; its stream and place where it is no event of this city.</param>
/// <param name="Service">The service that reacts.</param>
/// <param name="Stream">The stream.</param>
/// <param name="StreamSequence">The place on it.</param>
/// <param name="Topic">The event's type.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Error">What went wrong last.</param>
/// <param name="DiedAt">When it was given to the dead letters.</param>
/// <param name="Reason">Why it was discarded.</param>
/// <param name="Envelope">The event.</param>
public sealed record DeadLetter(
    string Consumer,
    string EventId,
    string Service,
    string Stream,
    long StreamSequence,
    string Topic,
    DeadLetterState State,
    int Attempts,
    string Error,
    DateTimeOffset DiedAt,
    string? Reason,
    JsonElement Envelope);
