using Daarion.Core.Data;

namespace Daarion.Core.Events;

/// <summary>A reaction whose effect is in its service's own tables: the inbox rows and the effect are committed together.</summary>
/// <typeparam name="TContext">The service's context.</typeparam>
/// <typeparam name="TPayload">The payload of the events it takes.</typeparam>
public abstract class InboxConsumer<TContext, TPayload>(TContext db) : IEventConsumer
    where TContext : ModuleDbContext
    where TPayload : class
{
    /// <summary>The service's context.</summary>
    protected TContext Db { get; } = db;

    /// <inheritdoc/>
    public Task Consume(string consumer, IReadOnlyList<EventEnvelope> batch, CancellationToken ct) =>
        Db.Transact(
            async token =>
            {
                var fresh = await Db.TakeFromInbox(consumer, batch, token);
                await React([.. fresh.Select(e => e.Read<TPayload>())], token);
                return fresh.Count;
            },
            ct);

    /// <summary>Makes the effect of events that were not seen before, in stream order; of none, where all were. Asks the PDP like any other operation.</summary>
    protected abstract Task React(IReadOnlyList<ReceivedEvent<TPayload>> events, CancellationToken ct);
}
