using Daarion.Core.Data;
using Npgsql;
using NpgsqlTypes;

namespace Daarion.Server.Relay;

/// <summary>The relay's side of the outbox table: what waits, what was acknowledged, what was refused.</summary>
internal sealed class OutboxStore : IAsyncDisposable
{
    // Each event is looked up from its place in the queue ("offset 0" keeps the planner from beginning with the log).
    private const string WaitingSql = """
        select q.lane, q.sequence, q.attempts, q.again, q.sequence_key, e.id, e.created_at, e.stream, e.topic, e.payload, e.headers->>'traceparent'
        from unnest($1::smallint[]) as l(lane)
        cross join lateral (
          select * from outbox.outbox_queue w
          where w.lane = l.lane and not (w.sequence_key = any($2))
          order by w.sequence limit $3) as q
        cross join lateral (
          select * from outbox.outbox_events o where o.id = q.id and o.created_at = q.created_at offset 0) as e
        """;

    private const string BlockedSql = """
        select distinct sequence_key from outbox.outbox_queue
        where attempts > 0 and lane = any($1::smallint[]) and (dead or next_attempt_at > clock_timestamp())
        """;

    private const string RefusedSql = """
        update outbox.outbox_queue q
        set attempts = q.attempts + 1, error = left(r.error, 500), dead = q.attempts + 1 >= $5 and r.final, next_attempt_at = clock_timestamp() + r.pause
        from unnest($1::smallint[], $2::bigint[], $3::text[], $4::interval[], $6::boolean[]) as r (lane, sequence, error, pause, final)
        where q.lane = r.lane and q.sequence = r.sequence
        """;

    private readonly CityDatabase database;
    private readonly RetryPace pace;
    private readonly Lazy<NpgsqlDataSource> source;

    public OutboxStore(CityDatabase database, RetryPace pace)
    {
        this.database = database;
        this.pace = pace;
        source = new(Build);
    }

    /// <summary>Connections of the relay.</summary>
    public NpgsqlDataSource Source => source.Value;

    /// <summary>A connection outside every pool, for locks that end with it.</summary>
    public async Task<NpgsqlConnection> OpenOwnConnection(string name, TimeSpan commandLimit, CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false, ApplicationName = name, KeepAlive = 5, CommandTimeout = (int)commandLimit.TotalSeconds };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        return connection;
    }

    /// <summary>The keys whose next event may not go yet: it was refused and waits, or is dead.</summary>
    public async Task<string[]> BlockedKeys(short[] lanes, CancellationToken ct)
    {
        await using var command = Source.CreateCommand(BlockedSql);
        command.Parameters.Add(new() { Value = lanes, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint });
        var keys = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            keys.Add(reader.GetString(0));
        }

        return [.. keys];
    }

    /// <summary>Events that wait, in the order of each lane.</summary>
    public async Task<List<OutboxRow>> Waiting(short[] lanes, string[] blocked, int perLane, CancellationToken ct)
    {
        await using var command = Source.CreateCommand(WaitingSql);
        command.Parameters.Add(new() { Value = lanes, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint });
        command.Parameters.Add(new() { Value = blocked, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = perLane });
        var rows = new List<OutboxRow>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new(
                reader.GetInt16(0),
                reader.GetInt64(1),
                reader.GetInt32(2),
                reader.GetInt16(3),
                reader.GetString(4),
                reader.GetString(5),
                reader.GetDateTime(6),
                reader.GetString(7),
                reader.GetString(8),
                reader.GetFieldValue<byte[]>(9),
                reader.IsDBNull(10) ? null : reader.GetString(10)));
        }

        return rows;
    }

    /// <summary>Events that wait, counted up to a limit.</summary>
    public async Task<long> CountWaiting(long upTo, CancellationToken ct)
    {
        await using var command = Source.CreateCommand("select count(*) from (select from outbox.outbox_queue limit $1) as waiting");
        command.Parameters.Add(new() { Value = upTo });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Marks what JetStream acknowledged.</summary>
    public async Task MarkProcessed(IReadOnlyList<(OutboxRow Row, long StreamSequence)> accepted, CancellationToken ct)
    {
        var newest = accepted.GroupBy(a => a.Row.Stream, a => a.StreamSequence, StringComparer.Ordinal).ToList();
        await using var command = Source.CreateCommand("select outbox.mark_processed($1, $2, $3, $4, $5, $6)");
        command.Parameters.Add(Array(accepted.Select(a => a.Row.Lane), NpgsqlDbType.Smallint));
        command.Parameters.Add(Array(accepted.Select(a => a.Row.Sequence), NpgsqlDbType.Bigint));
        command.Parameters.Add(Array(accepted.Select(a => a.Row.Stream), NpgsqlDbType.Text));
        command.Parameters.Add(Array(accepted.Select(a => a.StreamSequence), NpgsqlDbType.Bigint));
        command.Parameters.Add(Array(newest.Select(group => group.Key), NpgsqlDbType.Text));
        command.Parameters.Add(Array(newest.Select(group => group.Max()), NpgsqlDbType.Bigint));
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Records what JetStream refused; a refusal for good ends in the dead letters after <see cref="RelayLimits.MaxAttempts"/>.</summary>
    public async Task MarkRefused(IReadOnlyList<(OutboxRow Row, string Error, bool Final)> refused, CancellationToken ct)
    {
        await using var command = Source.CreateCommand(RefusedSql);
        command.Parameters.Add(Array(refused.Select(r => r.Row.Lane), NpgsqlDbType.Smallint));
        command.Parameters.Add(Array(refused.Select(r => r.Row.Sequence), NpgsqlDbType.Bigint));
        command.Parameters.Add(Array(refused.Select(r => r.Error), NpgsqlDbType.Text));
        command.Parameters.Add(Array(refused.Select(r => pace.After(r.Row.Attempts + 1)), NpgsqlDbType.Interval));
        command.Parameters.Add(new() { Value = RelayLimits.MaxAttempts });
        command.Parameters.Add(Array(refused.Select(r => r.Final), NpgsqlDbType.Boolean));
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Remembers a durable consumer.</summary>
    public async Task RememberDurable(string name, string stream, CancellationToken ct)
    {
        await using var command = Source.CreateCommand("insert into outbox.durables (name, stream) values ($1, $2) on conflict do nothing");
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = stream });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The durable consumers that the city has made, with their streams.</summary>
    public async Task<List<(string Name, string Stream)>> Durables(CancellationToken ct)
    {
        await using var command = Source.CreateCommand("select name, stream from outbox.durables");
        var durables = new List<(string, string)>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            durables.Add((reader.GetString(0), reader.GetString(1)));
        }

        return durables;
    }

    /// <summary>Forgets a durable consumer that is no more.</summary>
    public async Task ForgetDurable(string name, CancellationToken ct)
    {
        await using var command = Source.CreateCommand("delete from outbox.durables where name = $1");
        command.Parameters.Add(new() { Value = name });
        await command.ExecuteNonQueryAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (source.IsValueCreated)
        {
            await source.Value.DisposeAsync();
        }
    }

    private NpgsqlDataSource Build()
    {
        // A mark that a crash forgets is made again: JetStream knows the message by its id. So marking need not wait for the disk.
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            ApplicationName = "daarion-relay",
            MaxPoolSize = 16,
            MaxAutoPrepare = 16,
            AutoPrepareMinUsages = 1,
            Options = "-c synchronous_commit=off",
        };
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }

    private static NpgsqlParameter Array<T>(IEnumerable<T> values, NpgsqlDbType element) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | element };
}

/// <summary>The relay's limits.</summary>
internal static class RelayLimits
{
    /// <summary>The key space in hash partitions (<c>outbox.lane</c>).</summary>
    public const int Lanes = 16;

    /// <summary>Loops that fetch, publish and mark at the same time in one relay.</summary>
    public const int Pipes = 4;

    /// <summary>Events that one pipe takes at once.</summary>
    public const int Batch = 1_000;

    /// <summary>Attempts after which an event that NATS refuses for good is dead.</summary>
    public const int MaxAttempts = 8;

    /// <summary>A message that is too large stays too large; everything else JetStream says (no leader, no room, no stream yet) may pass.</summary>
    public static bool IsForGood(string refusal) => refusal.Contains("message size", StringComparison.OrdinalIgnoreCase);
}
