using Daarion.Core.Kernel;
using NpgsqlTypes;

namespace Daarion.Core.Data;

/// <summary>How a claim of an idempotency key ended.</summary>
public enum IdempotencyState
{
    /// <summary>The key is new: the request runs, and its answer is kept under the key.</summary>
    Claimed,

    /// <summary>The first request with this key is still running.</summary>
    Running,

    /// <summary>The first request with this key never finished: its process ended, or its commit was cut off. Whether it took effect is not known.</summary>
    Unknown,

    /// <summary>The key belongs to another request.</summary>
    Mismatch,

    /// <summary>The first answer is known.</summary>
    Answered,
}

/// <summary>A claim and, where it was answered before, the answer.</summary>
/// <param name="State">How it ended.</param>
/// <param name="Answer">The first answer.</param>
public sealed record IdempotencyClaim(IdempotencyState State, KeptAnswer? Answer = null);

/// <summary>An answer as it is kept. Its body is null where it held a secret that is shown once.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="Headers">Headers that belong to the answer (<c>Location</c>, <c>ETag</c>), as JSON.</param>
/// <param name="Body">The body.</param>
public sealed record KeptAnswer(int Status, string? ContentType, string Headers, byte[]? Body);

/// <summary>The idempotency keys of the HTTP entrances (contracts: HTTP), kept 24 hours for each caller.</summary>
public sealed class IdempotencyKeys(CityDatabase database, TimeProvider clock)
{
    /// <summary>How long a key is kept.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    /// <summary>After this a request that has not answered never will: longer than any operation may take (<see cref="TimeLimitAttribute"/>).</summary>
    public static readonly TimeSpan RunningAtMost = TimeSpan.FromMinutes(6);

    // Kept as the status of a request whose outcome nobody knows.
    private const int OutcomeUnknown = 0;

    private const string Pool = "gateway";

    // An expired key is as good as none: its row is taken over in the same statement.
    private const string ClaimSql = """
        insert into outbox.idempotency_keys as k (caller, key, request_hash, created_at) values ($1, $2, $3, $4)
        on conflict (caller, key) do update
          set request_hash = excluded.request_hash, created_at = excluded.created_at, status = null, content_type = null, headers = null, body = null
          where k.created_at < $5
        returning 1
        """;

    private const string ReadSql = "select request_hash, status, content_type, headers, body, created_at from outbox.idempotency_keys where caller = $1 and key = $2";
    private const string AnswerSql = "update outbox.idempotency_keys set status = $3, content_type = $4, headers = $5, body = $6 where caller = $1 and key = $2";
    private const string ReleaseSql = "delete from outbox.idempotency_keys where caller = $1 and key = $2 and status is null";
    private const string ForgetSql = "delete from outbox.idempotency_keys where created_at < $1";

    /// <summary>Claims a key for a request.</summary>
    /// <param name="caller">Whose key it is.</param>
    /// <param name="key">The key.</param>
    /// <param name="requestHash">What the request is.</param>
    /// <param name="ct">Cancellation.</param>
    public async Task<IdempotencyClaim> Claim(string caller, string key, byte[] requestHash, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using (var claim = database.Of(Pool).CreateCommand(ClaimSql))
        {
            claim.Parameters.Add(new() { Value = caller });
            claim.Parameters.Add(new() { Value = key });
            claim.Parameters.Add(new() { Value = requestHash });
            claim.Parameters.Add(new() { Value = now });
            claim.Parameters.Add(new() { Value = now - KeptFor });
            if (await claim.ExecuteScalarAsync(ct) is not null)
            {
                return new(IdempotencyState.Claimed);
            }
        }

        await using var read = database.Of(Pool).CreateCommand(ReadSql);
        read.Parameters.Add(new() { Value = caller });
        read.Parameters.Add(new() { Value = key });
        await using var row = await read.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct))
        {
            // Released between the two statements: the first request was refused before it took effect.
            return new(IdempotencyState.Running);
        }

        if (!row.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(requestHash))
        {
            return new(IdempotencyState.Mismatch);
        }

        if (await row.IsDBNullAsync(1, ct))
        {
            return new(now - row.GetFieldValue<DateTimeOffset>(5) > RunningAtMost ? IdempotencyState.Unknown : IdempotencyState.Running);
        }

        return row.GetInt32(1) == OutcomeUnknown ? new(IdempotencyState.Unknown) : new(
            IdempotencyState.Answered,
            new KeptAnswer(
                row.GetInt32(1),
                await row.IsDBNullAsync(2, ct) ? null : row.GetString(2),
                await row.IsDBNullAsync(3, ct) ? "{}" : row.GetString(3),
                await row.IsDBNullAsync(4, ct) ? null : row.GetFieldValue<byte[]>(4)));
    }

    /// <summary>Keeps the answer of a claimed key.</summary>
    public async Task Keep(string caller, string key, KeptAnswer answer, CancellationToken ct)
    {
        await using var command = database.Of(Pool).CreateCommand(AnswerSql);
        command.Parameters.Add(new() { Value = caller });
        command.Parameters.Add(new() { Value = key });
        command.Parameters.Add(new() { Value = answer.Status });
        command.Parameters.Add(new() { Value = (object?)answer.ContentType ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = answer.Headers, NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = (object?)answer.Body ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Says of a claimed key that nobody knows whether its request took effect: a repeat must not run.</summary>
    public Task Doubt(string caller, string key, CancellationToken ct) => Keep(caller, key, new(OutcomeUnknown, null, "{}", null), ct);

    /// <summary>Gives a claimed key back: the request had no effect and may be sent again.</summary>
    public async Task Release(string caller, string key, CancellationToken ct)
    {
        await using var command = database.Of(Pool).CreateCommand(ReleaseSql);
        command.Parameters.Add(new() { Value = caller });
        command.Parameters.Add(new() { Value = key });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Forgets keys past their time.</summary>
    public async Task Forget(CancellationToken ct)
    {
        await using var command = database.Of(Pool).CreateCommand(ForgetSql);
        command.Parameters.Add(new() { Value = clock.GetUtcNow() - KeptFor });
        await command.ExecuteNonQueryAsync(ct);
    }
}
