using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Npgsql;
using NpgsqlTypes;

namespace Daarion.Core.Capabilities;

/// <summary>A decision that the log keeps until it is written.</summary>
/// <param name="Id"><c>dec_…</c>.</param>
/// <param name="Taken">The decision with everything it was taken by.</param>
internal sealed record KeptDecision(DecisionId Id, TakenDecision Taken);

/// <summary>The decision log: takes decisions in without waiting, and reads what was written.</summary>
internal sealed class DecisionLog : IDecisionLog
{
    /// <summary>Of so many allowances one is kept; refusals are kept all.</summary>
    public const int SampleOf = 100;

    /// <summary>Decisions that may wait to be written; beyond that they are counted and lost.</summary>
    public const int QueueLength = 20_000;

    private readonly CityDatabase database;
    private readonly Counter<long> lost;
    private readonly Channel<KeptDecision> queue;
    private readonly ConcurrentDictionary<DecisionId, KeptDecision> notWritten = new();
    private long allowances;

    public DecisionLog(CityDatabase database, IMeterFactory meters)
    {
        this.database = database;
        lost = meters.Create(ServiceMeters.Prefix + "policy.log").CreateCounter<long>("daarion.policy.decisions.lost", "{decision}", "Decisions that the log had no place for.");
        queue = Channel.CreateBounded<KeptDecision>(new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    }

    /// <summary>What waits to be written.</summary>
    public ChannelReader<KeptDecision> Waiting => queue.Reader;

    public void Write(in TakenDecision decision)
    {
        // The first allowance is kept, so that a city that has just begun has something to show.
        if (decision.Verdict.Allow && Interlocked.Increment(ref allowances) % SampleOf != 1)
        {
            return;
        }

        var kept = new KeptDecision(decision.Id, decision);
        notWritten[kept.Id] = kept;
        if (!queue.Writer.TryWrite(kept))
        {
            notWritten.TryRemove(kept.Id, out _);
            lost.Add(1);
        }
    }

    /// <summary>These are in the database now.</summary>
    public void Forget(IEnumerable<KeptDecision> written)
    {
        foreach (var decision in written)
        {
            notWritten.TryRemove(decision.Id, out _);
        }
    }

    public async Task<Page<DecisionRecord>> List(DecisionFilter filter, CancellationToken ct)
    {
        var page = (filter.Page ?? new PageRequest()).Checked();
        var after = PageCursor.Decode(page.Cursor, 1);
        await using var command = database.Of(ServiceName.Capabilities).CreateCommand(
            """
            select id, at, subject_id, subject_kind, action, team_id, resource_kind, resource_id, allow, reason, registry_version, trace_id
            from capabilities.decisions
            where ($1::text is null or subject_id = $1)
              and ($2::text is null or action = $2)
              and ($3::text is null or starts_with(action, $3))
              and ($4::text is null or team_id = $4)
              and ($5::boolean is null or allow = $5)
              and ($6::text is null or reason = $6)
              and ($7::text is null or id < $7)
            order by id desc
            limit $8
            """);
        var isDomain = filter.Action?.EndsWith('.') ?? false;
        Add(command, filter.Subject);
        Add(command, isDomain ? null : filter.Action);
        Add(command, isDomain ? filter.Action : null);
        Add(command, filter.TeamId?.Value);
        command.Parameters.Add(new() { Value = (object?)filter.Allow ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Boolean });
        Add(command, filter.Reason);
        Add(command, after?[0]);
        command.Parameters.Add(new() { Value = page.Limit + 1 });
        return await QueryMeter.Measured(Read(command, page, ct));
    }

    public async Task<DecisionExplanation?> Find(DecisionId id, CancellationToken ct)
    {
        // Whoever was refused a moment ago asks why before the log is written.
        if (notWritten.TryGetValue(id, out var waiting))
        {
            return waiting.Taken.Explain();
        }

        // The identifier begins with the time, so that only its own day is looked through.
        var at = Ulid.Parse(id.Value[DecisionKind.Prefix.Length..], CultureInfo.InvariantCulture).Time;
        await using var command = database.Of(ServiceName.Capabilities).CreateCommand("select explanation from capabilities.decisions where id = $1 and at = $2");
        Add(command, id.Value);
        command.Parameters.Add(new() { Value = at });
        return await QueryMeter.Measured(command.ExecuteScalarAsync(ct)) is string json ? JsonSerializer.Deserialize<DecisionExplanation>(json, EventJson.Options) : null;
    }

    private static async Task<Page<DecisionRecord>> Read(NpgsqlCommand command, PageRequest page, CancellationToken ct)
    {
        var rows = new List<DecisionRecord>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new(
                DecisionId.Parse(reader.GetString(0)),
                reader.GetFieldValue<DateTimeOffset>(1),
                new SubjectRef(reader.GetString(2), Words.Parse<SubjectKind>(reader.GetString(3))),
                reader.GetString(4),
                Text(reader, 5) is { } team ? TeamId.Parse(team) : null,
                Text(reader, 6),
                Text(reader, 7),
                reader.GetBoolean(8),
                reader.GetString(9),
                reader.GetInt64(10),
                Text(reader, 11)));
        }

        return Page<DecisionRecord>.From(rows, page, row => [row.Id.Value]);
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static void Add(NpgsqlCommand command, string? text) => command.Parameters.Add(new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
}
