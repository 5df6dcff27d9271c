using System.Globalization;
using System.Threading.Channels;
using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Daarion.Core.Embassies;

/// <summary>A reading on its way into the database.</summary>
internal readonly record struct IncomingReading(EmbassyId Id, SentReading Sent, bool Held);

/// <summary>An event and what must be accepted for it to be written: the place of a reading from 1, or -1 for the delivery.</summary>
internal readonly record struct OwnedEvent(int Owner, PendingEvent Event);

/// <summary>A delivery on its way into the database.</summary>
internal sealed record IncomingDelivery(
    EmbassyId Id, string Platform, VerifiedDelivery Request, string? TraceId, DateTimeOffset At, IReadOnlyList<IncomingReading> Readings, IReadOnlyList<OwnedEvent> Events)
{
    internal TaskCompletionSource<WriteOutcome> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>What became of a delivery.</summary>
/// <param name="Accepted">The places of readings that were new; null where all were.</param>
/// <param name="Conflict">The place of a reading that contradicts a known one: nothing was written.</param>
/// <param name="Assigned">A held site has got its team: nothing was written, look again.</param>
internal sealed record WriteOutcome(IReadOnlySet<int>? Accepted, int? Conflict, bool Assigned)
{
    public static readonly WriteOutcome AllNew = new(null, null, false);
    public static readonly WriteOutcome LookAgain = new(null, null, true);
}

/// <summary>
/// Writes deliveries in groups: those of one reading that wait while one transaction commits are committed together by the next, so that
/// many senders share a flush to disk. Each has its own outcome; one that cannot be written does not take its neighbours with it. A delivery of many
/// readings is a group of its own.
/// </summary>
internal sealed class DeliveryWriter : IAsyncDisposable
{
    private const int Waiting = 1024;
    private const int GroupSize = 128;
    private const int SingleLoops = 2;
    // While one waits for the disk, others write.
    private const int BatchLoops = 4;
    private const int MaxAttempts = 3;
    private const string Conflicting = "DA409";

    private readonly Channel<IncomingDelivery> singles = Channel.CreateBounded<IncomingDelivery>(Waiting);
    private readonly Channel<IncomingDelivery> batches = Channel.CreateBounded<IncomingDelivery>(Waiting);
    private readonly CityDatabase database;
    private readonly OutboxSignal signal;
    private readonly ILogger<DeliveryWriter> log;
    private readonly Task[] loops;

    public DeliveryWriter(CityDatabase database, OutboxSignal signal, ILogger<DeliveryWriter> log)
    {
        (this.database, this.signal, this.log) = (database, signal, log);

        // The loops belong to no request: what they cost is not the first sender's.
        using (ExecutionContext.SuppressFlow())
        {
            loops =
            [
                .. Enumerable.Range(0, SingleLoops).Select(_ => Task.Run(() => Run(singles.Reader, GroupSize))),
                .. Enumerable.Range(0, BatchLoops).Select(_ => Task.Run(() => Run(batches.Reader, 1))),
            ];
        }
    }

    /// <summary>Writes a delivery and waits for its commit.</summary>
    /// <exception cref="CityException"><c>unavailable</c>.</exception>
    public Task<WriteOutcome> Write(IncomingDelivery delivery, CancellationToken ct)
    {
        var channel = delivery.Readings.Count == 1 ? singles : batches;
        return channel.Writer.TryWrite(delivery)
            ? delivery.Done.Task.WaitAsync(ct)
            : throw CityException.Unavailable("More deliveries are waiting than can be written; send it again in a moment.");
    }

    public async ValueTask DisposeAsync()
    {
        singles.Writer.TryComplete();
        batches.Writer.TryComplete();
        await Task.WhenAll(loops);
    }

    private async Task Run(ChannelReader<IncomingDelivery> waiting, int groupSize)
    {
        var group = new List<IncomingDelivery>(groupSize);
        while (await waiting.WaitToReadAsync())
        {
            while (group.Count < groupSize && waiting.TryRead(out var delivery))
            {
                group.Add(delivery);
            }

            if (group.Count > 0)
            {
                await WriteGroup(group);
                group.Clear();
            }
        }
    }

    private async Task WriteGroup(List<IncomingDelivery> group)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var outcomes = await Send(group);
                signal.Wake();
                for (var i = 0; i < group.Count; i++)
                {
                    group[i].Done.TrySetResult(outcomes[i]);
                }

                return;
            }
            catch (PostgresException e) when (attempt < MaxAttempts && e.SqlState is (PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure))
            {
                log.LogDebug(e, "A group of {Count} deliveries is written again", group.Count);
            }
            catch (PostgresException e) when (e.SqlState == Conflicting)
            {
                group[0].Done.TrySetResult(new(null, int.TryParse(e.MessageText, CultureInfo.InvariantCulture, out var place) ? place - 1 : 0, false));
                return;
            }
            catch (PostgresException) when (group.Count > 1)
            {
                foreach (var one in group)
                {
                    await WriteGroup([one]);
                }

                return;
            }
            catch (Exception e)
            {
                var answer = e is NpgsqlException and not PostgresException ? CityException.Unavailable("The database is away; send it again in a moment.", cause: e) : e;
                foreach (var one in group)
                {
                    one.Done.TrySetException(answer);
                }

                return;
            }
        }
    }

    private async Task<WriteOutcome[]> Send(List<IncomingDelivery> group)
    {
        await using var command = database.Of(ServiceName.Embassies).CreateCommand(AcceptCommand.Sql);
        AcceptCommand.Fill(command.Parameters, group);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var (accepted, conflicts, assigned) = (await Places(reader, 0), await Places(reader, 1), await Places(reader, 2));
        if (accepted is null && assigned is null)
        {
            return [.. group.Select(_ => WriteOutcome.AllNew)];
        }

        // Only groups of single readings have more than one delivery: there the place of a reading is the place of its delivery.
        return group.Count == 1
            ? [assigned is not null ? WriteOutcome.LookAgain : new WriteOutcome(accepted, conflicts!.Count > 0 ? conflicts.First() : null, false)]
            : [.. group.Select((_, i) => assigned is not null
                ? WriteOutcome.LookAgain
                : new WriteOutcome(accepted!.Contains(i) ? new HashSet<int> { 0 } : new HashSet<int>(), conflicts!.Contains(i) ? 0 : null, false))];
    }

    private static async Task<HashSet<int>?> Places(NpgsqlDataReader reader, int column) =>
        await reader.IsDBNullAsync(column) ? null : [.. (await reader.GetFieldValueAsync<int[]>(column)).Select(place => place - 1)];
}
