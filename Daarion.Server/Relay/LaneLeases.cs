using Npgsql;

namespace Daarion.Server.Relay;

/// <summary>
/// Which lanes of the key space this relay owns. A lane is an advisory lock of a live connection, so a relay that dies loses its lanes at
/// once, and no two relays ever have the same one. Relays count each other by a shared lock and let go of what is more than their share.
/// </summary>
internal sealed class LaneLeases(OutboxStore store, ILogger<LaneLeases> log) : IAsyncDisposable
{
    private const int LockClass = 0x6f75_7462;
    private const int Presence = 1_000;
    private readonly HashSet<short> owned = [];
    private NpgsqlConnection? connection;

    /// <summary>The lanes owned now, by pipe.</summary>
    private short[][] byPipe = Split([]);

    /// <summary>The lanes of a pipe.</summary>
    public short[] Of(int pipe) => Volatile.Read(ref byPipe)[pipe];

    /// <summary>How many lanes this relay owns.</summary>
    public int Count => Volatile.Read(ref byPipe).Sum(lanes => lanes.Length);

    /// <summary>Takes or gives lanes towards a fair share. <paramref name="quiet"/> waits until no pipe has anything of the given lanes in flight.</summary>
    public async Task Balance(Func<short[], CancellationToken, Task<IAsyncDisposable>> quiet, CancellationToken ct)
    {
        try
        {
            await Connect(ct);
            var relays = await Scalar<long>(
                "select count(distinct pid) from pg_locks where locktype = 'advisory' and classid = $1 and objid = $2 and granted and database = (select oid from pg_database where datname = current_database())",
                ct,
                (uint)LockClass,
                (uint)Presence);
            var share = (RelayLimits.Lanes + (int)relays - 1) / (int)Math.Max(1, relays);
            if (owned.Count > share)
            {
                await Release([.. owned.Order().Skip(share)], quiet, ct);
            }

            for (short lane = 0; lane < RelayLimits.Lanes && owned.Count < share; lane++)
            {
                if (!owned.Contains(lane) && await Scalar<bool>("select pg_try_advisory_lock($1, $2)", ct, LockClass, (int)lane))
                {
                    owned.Add(lane);
                }
            }

            Volatile.Write(ref byPipe, Split(owned));
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            log.LogWarning("The relay lost its lanes: {Problem}", e.Message);
            await Lose();
        }
    }

    public async ValueTask DisposeAsync() => await Lose();

    private static short[][] Split(IEnumerable<short> lanes)
    {
        var pipes = Enumerable.Range(0, RelayLimits.Pipes).Select(_ => new List<short>()).ToArray();
        foreach (var (lane, position) in lanes.Order().Select((lane, position) => (lane, position)))
        {
            pipes[position % RelayLimits.Pipes].Add(lane);
        }

        return [.. pipes.Select(pipe => pipe.ToArray())];
    }

    private async Task Release(short[] lanes, Func<short[], CancellationToken, Task<IAsyncDisposable>> quiet, CancellationToken ct)
    {
        await using var silence = await quiet(lanes, ct);
        foreach (var lane in lanes)
        {
            owned.Remove(lane);
        }

        Volatile.Write(ref byPipe, Split(owned));
        foreach (var lane in lanes)
        {
            await Scalar<bool>("select pg_advisory_unlock($1, $2)", ct, LockClass, (int)lane);
        }
    }

    private async Task Connect(CancellationToken ct)
    {
        if (connection is { State: System.Data.ConnectionState.Open })
        {
            return;
        }

        await Lose();
        connection = await store.OpenOwnConnection("daarion-relay-lanes", TimeSpan.FromSeconds(5), ct);
        await Scalar<object?>("select pg_advisory_lock_shared($1, $2)", ct, LockClass, Presence);
    }

    private async Task Lose()
    {
        owned.Clear();
        Volatile.Write(ref byPipe, Split(owned));
        if (connection is not null)
        {
            await connection.DisposeAsync();
            connection = null;
        }
    }

    private async Task<T> Scalar<T>(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(value is uint oid ? new() { Value = oid, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Oid } : new NpgsqlParameter { Value = value });
        }

        return (T)(await command.ExecuteScalarAsync(ct))!;
    }
}
