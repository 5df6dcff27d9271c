using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Daarion.Core.Usage;

/// <summary>A counter: whose, of what, in which window.</summary>
internal readonly record struct CounterKey(Payer Payer, string Metric, DateTimeOffset WindowStart);

/// <summary>Units to be taken.</summary>
/// <param name="Id">The reservation, or the source of what is counted at once; known ones change nothing.</param>
/// <param name="Counter">Where.</param>
/// <param name="Units">How many.</param>
/// <param name="Limit">What may be in use after it; null for a fact that is counted whatever the quota.</param>
/// <param name="ExpiresAt">Until when it is held; null for units that are counted at once.</param>
/// <param name="At">Now.</param>
internal sealed record Taking(string Id, CounterKey Counter, decimal Units, decimal? Limit, DateTimeOffset? ExpiresAt, DateTimeOffset At)
{
    public string? Agent { get; init; }

    public string? Model { get; init; }

    public string? KeyId { get; init; }
}

/// <summary>How a counter stands.</summary>
internal readonly record struct Standing(bool Accepted, decimal Used, decimal Reserved);

/// <summary>The end of a reservation: with the real figure, or without one.</summary>
internal readonly record struct Ending(string Id, decimal? Units, DateTimeOffset At);

/// <summary>How a reservation ended.</summary>
internal enum EndOutcome
{
    /// <summary>It is over, now or since before with the same figure.</summary>
    Done,

    /// <summary>It was settled with another figure.</summary>
    Other,

    /// <summary>There is none of that name, or it was released.</summary>
    Unknown,
}

/// <summary>What became of a reservation, and how its counter stands.</summary>
internal readonly record struct Ended(EndOutcome Outcome, CounterKey Counter, decimal Used, decimal Reserved);

/// <summary>The counters of the database: each effect one function, called for all who come together.</summary>
internal sealed class Counters : IAsyncDisposable
{
    private const int GroupSize = 32;
    private const string Away = "What is used cannot be counted at the moment; try again shortly.";

    /// <summary>Takes a group; see the migration.</summary>
    public const string TakeSql = "select place, accepted, used, reserved from usage.take($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    private const string FinishSql = "select place, outcome, team_id, subject_id, metric, window_start, used, reserved from usage.finish($1, $2, $3)";
    private readonly Gathering<Taking, Standing> takings;
    private readonly Gathering<Ending, Ended> endings;
    private readonly UsageNews news;

    public Counters(CityDatabase database, UsageNews news, ILogger<Counters> log)
    {
        this.news = news;
        takings = new(database.Of(ServiceName.Usage), GroupSize, 2, Take, Away, log);
        endings = new(database.Of(ServiceName.Usage), GroupSize, 2, Finish, Away, log);
    }

    /// <summary>Takes units where they fit.</summary>
    public async Task<Standing> Take(Taking taking, CancellationToken ct)
    {
        var standing = await takings.Send(taking, ct);
        Note(taking.Counter, refused: !standing.Accepted);
        return standing;
    }

    /// <summary>Ends a reservation.</summary>
    public async Task<Ended> Finish(Ending ending, CancellationToken ct)
    {
        var ended = await endings.Send(ending, ct);
        if (ended.Outcome == EndOutcome.Done && ending.Units is not null)
        {
            Note(ended.Counter, refused: false);
        }

        return ended;
    }

    public async ValueTask DisposeAsync()
    {
        await takings.DisposeAsync();
        await endings.DisposeAsync();
    }

    // What a key used its team used, and that is told.
    private void Note(CounterKey counter, bool refused)
    {
        if (refused || !counter.Payer.IsKey)
        {
            news.Note(counter, refused);
        }
    }

    private static async Task<Standing[]> Take(NpgsqlCommand command, IReadOnlyList<Taking> group, bool again, CancellationToken ct)
    {
        command.CommandText = TakeSql;
        Fill(command, group, again);
        var answers = new Standing[group.Count];
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            answers[reader.GetInt32(0) - 1] = new(reader.GetBoolean(1), reader.GetDecimal(2), reader.GetDecimal(3));
        }

        return answers;
    }

    /// <summary>A group as the columns that <see cref="TakeSql"/> takes, and whether it has been sent before.</summary>
    public static void Fill(NpgsqlCommand command, IReadOnlyList<Taking> group, bool again = false)
    {
        var parameters = command.Parameters;
        parameters.AddTexts(Column(group, t => (string?)t.Id));
        parameters.AddTexts(Column(group, t => (string?)t.Counter.Payer.TeamId.Value));
        parameters.AddTexts(Column(group, t => (string?)t.Counter.Payer.SubjectId));
        parameters.AddTexts(Column(group, t => (string?)t.Counter.Metric));
        parameters.AddTimes(Column(group, t => t.Counter.WindowStart));
        parameters.AddNumbers(Column(group, t => t.Units));
        parameters.Add(new NpgsqlParameter { Value = Column(group, t => t.Limit), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Numeric });
        parameters.Add(new NpgsqlParameter { Value = Column(group, t => t.ExpiresAt?.UtcDateTime), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        parameters.AddTexts(Column(group, t => t.Agent));
        parameters.AddTexts(Column(group, t => t.Model));
        parameters.AddTexts(Column(group, t => t.KeyId));
        parameters.AddTime(group[^1].At);
        parameters.Add(new NpgsqlParameter<bool> { TypedValue = again });
    }

    private static async Task<Ended[]> Finish(NpgsqlCommand command, IReadOnlyList<Ending> group, bool again, CancellationToken ct)
    {
        command.CommandText = FinishSql;
        command.Parameters.AddTexts(Column(group, e => (string?)e.Id));
        command.Parameters.Add(new NpgsqlParameter { Value = Column(group, e => e.Units), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Numeric });
        command.Parameters.AddTime(group[^1].At);
        var answers = new Ended[group.Count];
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var place = reader.GetInt32(0) - 1;
            var outcome = reader.GetString(1) switch
            {
                "done" => EndOutcome.Done,
                "other" => EndOutcome.Other,

                // What was released the first time is not there any more the second.
                _ => again && group[place].Units is null ? EndOutcome.Done : EndOutcome.Unknown,
            };
            answers[place] = await reader.IsDBNullAsync(2, ct)
                ? new(outcome, default, 0, 0)
                : new(
                    outcome,
                    new(new(TeamId.Parse(reader.GetString(2)), reader.GetString(3)), reader.GetString(4), reader.GetFieldValue<DateTimeOffset>(5)),
                    reader.GetDecimal(6),
                    reader.GetDecimal(7));
        }

        return answers;
    }

    private static TValue[] Column<TRequest, TValue>(IReadOnlyList<TRequest> group, Func<TRequest, TValue> of)
    {
        var values = new TValue[group.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = of(group[i]);
        }

        return values;
    }
}
