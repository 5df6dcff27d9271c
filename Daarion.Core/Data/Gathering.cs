using System.Diagnostics;
using System.Threading.Channels;
using Daarion.Core.Kernel;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Daarion.Core.Data;

/// <summary>
/// Brings requests that arrive together to the database in one statement, each with its own answer: while one statement commits, those who come wait and
/// go together with the next. So a commit is shared by many, and a row that all want is locked once for all of them.
/// </summary>
/// <remarks>
/// A statement whose answer was lost with its connection is sent again: the functions know the ids they have seen, so that nothing counts twice and
/// nobody is refused what they already have.
/// </remarks>
internal sealed class Gathering<TRequest, TAnswer> : IAsyncDisposable
{
    private const int Waiting = 8192;
    // A database that is away says so this often, in no time. One that ends connections is there: those that break are replaced until the time is over.
    private const int MaxAttempts = 16;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly Channel<Pending> waiting = Channel.CreateBounded<Pending>(Waiting);
    private readonly NpgsqlDataSource database;
    private readonly Func<NpgsqlCommand, IReadOnlyList<TRequest>, bool, CancellationToken, Task<TAnswer[]>> send;
    private readonly string away;
    private readonly ILogger log;
    private readonly Task[] loops;

    /// <param name="database">Where to.</param>
    /// <param name="groupSize">Requests in one statement at most.</param>
    /// <param name="loopCount">Statements on their way at once.</param>
    /// <param name="send">Fills the command for a group, runs it and reads an answer for each. Told whether the group has been sent before.</param>
    /// <param name="away">What is said while too many wait or the database is away.</param>
    /// <param name="log">For what goes wrong.</param>
    public Gathering(
        NpgsqlDataSource database, int groupSize, int loopCount, Func<NpgsqlCommand, IReadOnlyList<TRequest>, bool, CancellationToken, Task<TAnswer[]>> send, string away, ILogger log)
    {
        (this.database, this.send, this.away, this.log) = (database, send, away, log);

        // The loops belong to no request: what they cost is not the first caller's.
        using (ExecutionContext.SuppressFlow())
        {
            loops = [.. Enumerable.Range(0, loopCount).Select(_ => Task.Run(() => Run(groupSize)))];
        }
    }

    /// <summary>Sends a request with the next group and waits for its answer.</summary>
    /// <exception cref="CityException"><c>unavailable</c> when too many wait or the database is away.</exception>
    public Task<TAnswer> Send(TRequest request, CancellationToken ct)
    {
        var pending = new Pending(request);
        return waiting.Writer.TryWrite(pending) ? QueryMeter.Measured(pending.Done.Task.WaitAsync(ct)) : throw CityException.Unavailable(away);
    }

    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await Task.WhenAll(loops);
    }

    private async Task Run(int groupSize)
    {
        var group = new List<Pending>(groupSize);
        await using var line = new Line(database);
        while (await waiting.Reader.WaitToReadAsync())
        {
            while (group.Count < groupSize && waiting.Reader.TryRead(out var request))
            {
                group.Add(request);
            }

            if (group.Count > 0)
            {
                await Answer(group, line);
                group.Clear();
            }
        }
    }

    private async Task Answer(List<Pending> group, Line line)
    {
        var requests = group.ConvertAll(pending => pending.Request);
        var (began, failed) = (Stopwatch.GetTimestamp(), 0);
        for (var again = false; ; again = true)
        {
            try
            {
                using var limit = new CancellationTokenSource(AnswerLimit);
                await using var command = await line.Command(limit.Token);
                var answers = await send(command, requests, again, limit.Token);
                for (var i = 0; i < group.Count; i++)
                {
                    group[i].Done.TrySetResult(answers[i]);
                }

                return;
            }
            catch (Exception e) when (MayBeSentAgain(e) && (IsEnded(e) ? Stopwatch.GetElapsedTime(began) < AnswerLimit : ++failed < MaxAttempts))
            {
                log.LogDebug(e, "A group of {Count} is sent again", group.Count);
                await Task.Delay(Pause);
            }
            catch (PostgresException e) when (group.Count > 1 && !IsEnded(e))
            {
                // One of them cannot be written; its neighbours can.
                foreach (var one in group)
                {
                    await Answer([one], line);
                }

                return;
            }
            catch (Exception e)
            {
                foreach (var one in group)
                {
                    one.Done.TrySetException(e is PostgresException && !MayBeSentAgain(e) ? e : CityException.Unavailable(away, cause: e));
                }

                return;
            }
        }
    }

    // Somebody ended the connection, and the database is there to say so.
    private static bool IsEnded(Exception e) => e is PostgresException { SqlState: PostgresErrorCodes.AdminShutdown };

    private static bool MayBeSentAgain(Exception e) => e is PostgresException postgres
        ? postgres.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.AdminShutdown
        : e is NpgsqlException;

    /// <summary>A connection that stays open from group to group, so that none pays for taking it out of its pool and putting it back. One that broke is replaced.</summary>
    private sealed class Line(NpgsqlDataSource database) : IAsyncDisposable
    {
        private NpgsqlConnection? connection;

        public async ValueTask<NpgsqlCommand> Command(CancellationToken ct)
        {
            if (connection is not { State: System.Data.ConnectionState.Open })
            {
                await DisposeAsync();
                connection = await database.OpenConnectionAsync(ct);
            }

            return connection.CreateCommand();
        }

        public async ValueTask DisposeAsync()
        {
            if (connection is { } old)
            {
                connection = null;
                await old.DisposeAsync();
            }
        }
    }

    private sealed record Pending(TRequest Request)
    {
        public TaskCompletionSource<TAnswer> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
