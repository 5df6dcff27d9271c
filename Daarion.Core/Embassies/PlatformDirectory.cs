using System.Collections.Frozen;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Npgsql;

namespace Daarion.Core.Embassies;

/// <summary>What the door knows of a platform.</summary>
/// <param name="Name">Its short name.</param>
/// <param name="Domains">What it may report on.</param>
/// <param name="Status">Whether it may deliver.</param>
/// <param name="RatePerMinute">Requests a minute of each domain.</param>
/// <param name="Current">Its key.</param>
/// <param name="Previous">The key before it, within the overlap.</param>
/// <param name="PreviousUntil">The end of the overlap.</param>
internal sealed record KnownPlatform(
    string Name, IReadOnlyList<string> Domains, PlatformStatus Status, int RatePerMinute, PlatformKey Current, PlatformKey? Previous, DateTimeOffset? PreviousUntil)
{
    public PlatformKey? PreviousAt(DateTimeOffset now) => PreviousUntil > now ? Previous : null;
}

/// <summary>
/// All platforms with their keys, in memory: an unknown name costs no query and takes no longer than a known one. Read again when something
/// changed here, and every two seconds for what changed on other replicas.
/// </summary>
internal sealed class PlatformDirectory(CityDatabase database, ISecretProtector protector, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(2);

    private const string Sql = """
        select p.platform, p.domains, p.status, p.rate_per_minute, w.secret, w.previous_secret, w.rotates_at
        from embassy.embassy_platforms as p join embassy.embassy_webhooks as w on w.platform = p.platform
        """;

    private readonly SemaphoreSlim loading = new(1, 1);
    private readonly Dictionary<string, PlatformKey> keys = new(StringComparer.Ordinal);
    private volatile Snapshot? snapshot;
    private int generation;

    /// <summary>A platform, or null.</summary>
    public async ValueTask<KnownPlatform?> Find(string? name, CancellationToken ct)
    {
        var known = snapshot;
        if (known is null || known.Generation != Volatile.Read(ref generation))
        {
            known = await Load(ct);
        }
        else if (clock.GetElapsedTime(known.LoadedAt) > MaxAge && await loading.WaitAsync(0, ct))
        {
            // One caller reads again; the others go on with what is known.
            try
            {
                known = await Read(ct);
            }
            finally
            {
                loading.Release();
            }
        }

        return name is not null && known.Platforms.TryGetValue(name, out var platform) ? platform : null;
    }

    /// <summary>Something changed here: the next delivery sees it.</summary>
    public void Forget() => Interlocked.Increment(ref generation);

    public void Dispose() => loading.Dispose();

    private async Task<Snapshot> Load(CancellationToken ct)
    {
        await loading.WaitAsync(ct);
        try
        {
            return snapshot is { } known && known.Generation == Volatile.Read(ref generation) ? known : await Read(ct);
        }
        finally
        {
            loading.Release();
        }
    }

    private async Task<Snapshot> Read(CancellationToken ct)
    {
        var asOf = Volatile.Read(ref generation);
        var platforms = new Dictionary<string, KnownPlatform>(StringComparer.Ordinal);
        await using var command = database.Of(ServiceName.Embassies).CreateCommand(Sql);
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            platforms.Add(reader.GetString(0), await Row(reader, ct));
        }

        return snapshot = new Snapshot(platforms.ToFrozenDictionary(StringComparer.Ordinal), asOf, clock.GetTimestamp());
    }

    private async Task<KnownPlatform> Row(NpgsqlDataReader reader, CancellationToken ct) => new(
        reader.GetString(0),
        await reader.GetFieldValueAsync<string[]>(1, ct),
        Words.Parse<PlatformStatus>(reader.GetString(2)),
        reader.GetInt32(3),
        KeyOf(await reader.GetFieldValueAsync<byte[]>(4, ct)),
        await reader.IsDBNullAsync(5, ct) ? null : KeyOf(await reader.GetFieldValueAsync<byte[]>(5, ct)),
        await reader.IsDBNullAsync(6, ct) ? null : await reader.GetFieldValueAsync<DateTimeOffset>(6, ct));

    // Decrypting takes longer than reading: each secret once.
    private PlatformKey KeyOf(byte[] encrypted)
    {
        var cipher = Convert.ToBase64String(encrypted);
        if (!keys.TryGetValue(cipher, out var key))
        {
            keys[cipher] = key = PlatformKey.Of(protector.Unprotect(encrypted));
        }

        return key;
    }

    private sealed record Snapshot(FrozenDictionary<string, KnownPlatform> Platforms, int Generation, long LoadedAt);
}
