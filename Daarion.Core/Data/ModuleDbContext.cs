using System.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Daarion.Core.Data;

/// <summary>What every service's context needs beside its options.</summary>
/// <param name="Operation">The operation it serves.</param>
/// <param name="Events">Writes the events of the operation.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Signal">Wakes the relay after a commit.</param>
public sealed record ModuleServices(Operation Operation, EventWriter Events, TimeProvider Clock, OutboxSignal Signal);

/// <summary>
/// A service's own tables, in its own schema. Business rows and the events they cause are committed in one transaction; nothing is
/// saved without an allowing decision in the operation's scope.
/// </summary>
public abstract class ModuleDbContext : DbContext
{
    private readonly ModuleServices services;
    private readonly string schema;
    private readonly List<PendingEvent> pending = [];

    /// <summary>Makes the context of a service.</summary>
    protected ModuleDbContext(DbContextOptions options, ModuleServices services, string schema)
        : base(options) => (this.services, this.schema) = (services, schema);

    /// <summary>The time now, in milliseconds as the database keeps it.</summary>
    public DateTimeOffset Now => Timestamps.Truncate(services.Clock.GetUtcNow());

    /// <summary>The operation this context serves.</summary>
    public Operation Operation => services.Operation;

    /// <summary>Puts an event into the outbox with the next save, in the same transaction.</summary>
    /// <inheritdoc cref="EventWriter.Write"/>
    public EventId Publish<TPayload>(TPayload payload, string sequenceKey, TeamId? team = null, EventCause? cause = null, string? type = null)
        where TPayload : class
    {
        var e = services.Events.Write(payload, sequenceKey, team, cause, type);
        pending.Add(e);
        return e.Id;
    }

    /// <summary>Writes an audit record with the next save, in the same transaction.</summary>
    /// <inheritdoc cref="AuditEvent"/>
    public EventId Audit(string action, string targetKind, string targetId, TeamId? team = null, params (string Name, string Value)[] details) =>
        Publish(
            new AuditEvent(action, targetKind, targetId, team, services.Operation.LastDecision?.Value, details.ToDictionary(detail => detail.Name, detail => detail.Value, StringComparer.Ordinal)),
            targetId,
            team);

    /// <summary>An event that something beside this context commits: it is written by <see cref="EventWriter.Fill"/> or the like in the transaction that makes the effect.</summary>
    /// <inheritdoc cref="EventWriter.Write"/>
    public PendingEvent Compose<TPayload>(TPayload payload, string sequenceKey, TeamId? team = null)
        where TPayload : class => services.Events.Write(payload, sequenceKey, team, null);

    /// <summary>Commits something beside this context, for this operation: the guards are those of saving.</summary>
    /// <exception cref="InvalidOperationException">No allowing decision was taken in this operation.</exception>
    public async Task<T> CommitBeside<T>(Func<Task<T>> commit)
    {
        services.Operation.EnsureAllowed();
        Committing();
        var result = await commit();
        services.Signal.Wake();
        return result;
    }

    /// <summary>Saves rows and pending events in one transaction (the current one, where there is one).</summary>
    /// <exception cref="InvalidOperationException">No allowing decision was taken in this operation.</exception>
    /// <exception cref="DbUpdateException">A constraint said no.</exception>
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        services.Operation.EnsureAllowed();
        if (Database.CurrentTransaction is not null)
        {
            var written = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
            await AppendPending(cancellationToken);
            return written;
        }

        if (pending.Count == 0)
        {
            Committing();
            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        }

        await using var transaction = await Database.BeginTransactionAsync(cancellationToken);
        var rows = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        await AppendPending(cancellationToken);
        Committing();
        await transaction.CommitAsync(cancellationToken);
        services.Signal.Wake();
        return rows;
    }

    /// <summary>There is one way to save, and it waits for the database asynchronously.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override int SaveChanges(bool acceptAllChangesOnSuccess) => throw new NotSupportedException("Saving is asynchronous here.");

    /// <summary>
    /// Runs work in one transaction and saves at its end: rows, hand-written SQL and events together. Begun again on a deadlock or a
    /// serialisation failure, at most 3 times in all, so the work must hold nothing of an earlier attempt.
    /// </summary>
    /// <exception cref="InvalidOperationException">No allowing decision was taken in this operation.</exception>
    public async Task<T> Transact<T>(Func<CancellationToken, Task<T>> work, CancellationToken ct, IsolationLevel isolation = IsolationLevel.ReadCommitted)
    {
        const int MaxAttempts = 3;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var transaction = await Database.BeginTransactionAsync(isolation, ct);
                var result = await work(ct);
                await SaveChangesAsync(true, ct);
                Committing();
                await transaction.CommitAsync(ct);
                services.Signal.Wake();
                return result;
            }
            catch (Exception e) when (attempt < MaxAttempts && IsTransient(e))
            {
                pending.Clear();
                ChangeTracker.Clear();
            }
        }
    }

    /// <summary>A command on this context's connection and transaction, for hand-written SQL; its time is counted for the service.</summary>
    public async Task<NpgsqlCommand> Command(string sql, CancellationToken ct)
    {
        var connection = (NpgsqlConnection)Database.GetDbConnection();
        if (connection.State != ConnectionState.Open)
        {
            await Database.OpenConnectionAsync(ct);
        }

        return new NpgsqlCommand(sql, connection, (NpgsqlTransaction?)Database.CurrentTransaction?.GetDbTransaction());
    }

    /// <summary>Writes the events of a batch into the inbox of a consumer and answers those that were not there, in order.</summary>
    public async Task<IReadOnlyList<EventEnvelope>> TakeFromInbox(string consumer, IReadOnlyList<EventEnvelope> batch, CancellationToken ct)
    {
        await using var command = await Command("insert into outbox.inbox_events (consumer, event_id) select $1, unnest($2) on conflict do nothing returning event_id", ct);
        command.Parameters.Add(new() { Value = consumer });
        command.Parameters.Add(new() { Value = batch.Select(e => e.EventId.Value).Distinct(StringComparer.Ordinal).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        var fresh = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            fresh.Add(reader.GetString(0));
        }

        return [.. batch.Where(e => fresh.Remove(e.EventId.Value))];
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.HasDefaultSchema(schema);

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => CityConventions.Apply(configurationBuilder);

    private void Committing()
    {
        services.Operation.Committing();
        CommitWitness.Committing();
    }

    private static bool IsTransient(Exception e) =>
        (e as PostgresException ?? e.InnerException as PostgresException)?.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    private async Task AppendPending(CancellationToken ct)
    {
        if (pending.Count == 0)
        {
            return;
        }

        await using var command = await Command(EventWriter.AppendSql, ct);
        EventWriter.Fill(command.Parameters, pending);
        pending.Clear();
        await command.ExecuteNonQueryAsync(ct);
    }
}
