using System.Collections.Frozen;
using System.Data;
using Daarion.Core.Capabilities.Changes;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Npgsql;

namespace Daarion.Core.Capabilities;

/// <summary>Reads the registry whole, as of one moment, on a connection pool of its own: a city that is busy must still be able to tell what is allowed.</summary>
internal sealed class RegistryReader(CityDatabase database)
{
    private const string Pool = "policy";

    /// <summary>The version of the registry; 0 where nothing was seeded yet.</summary>
    public async Task<long> Version(CancellationToken ct)
    {
        await using var command = database.Of(Pool).CreateCommand("select coalesce(max(version), 0) from capabilities.registry_versions");
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>The registry.</summary>
    public async Task<PolicySnapshot> Read(CancellationToken ct)
    {
        await using var connection = await database.Of(Pool).OpenConnectionAsync(ct);
        await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        await using var batch = new NpgsqlBatch(connection, moment);
        foreach (var sql in Queries)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
        }

        await using var reader = await batch.ExecuteReaderAsync(ct);
        var versions = await All(reader, row => (Version: row.GetInt64(0), At: At(row, 1)), ct);
        var capabilities = await Next(reader, row => row.GetString(0), ct);
        var bundles = await Next(reader, row => (Name: row.GetString(0), Version: row.GetInt64(1)), ct);
        var grants = await Next(reader, row => (Bundle: row.GetString(0), Code: row.GetString(1), Grant: GrantOf(row)), ct);
        var entitlements = await Next(
            reader,
            row => KeyValuePair.Create((Words.Parse<TeamPlan>(row.GetString(0)), row.GetString(1)), new Entitlement(row.GetString(2), row.GetDecimal(3), row.GetDecimal(4))),
            ct);
        var multipliers = await Next(reader, row => new StakeMultiplier(row.GetDecimal(0), row.GetDecimal(1)), ct);
        var prices = await Next(reader, row => new Price(row.GetString(0), row.GetString(1), row.GetDecimal(2)), ct);
        var freezes = await Next(reader, row => KeyValuePair.Create(row.GetString(0), new Freeze(row.IsDBNull(1) ? null : At(row, 1), row.GetString(2))), ct);

        var settings = await Next(reader, row => KeyValuePair.Create(row.GetString(0), row.GetString(1)), ct);

        var byBundle = grants.ToLookup(grant => grant.Bundle, StringComparer.Ordinal);
        var last = versions.DefaultIfEmpty((Version: 0, At: DateTimeOffset.UnixEpoch)).Single();
        return new PolicySnapshot(
            last.Version,
            last.At,
            capabilities,
            bundles.Select(bundle => new Bundle(bundle.Name, bundle.Version, byBundle[bundle.Name].ToFrozenDictionary(grant => grant.Code, grant => grant.Grant, StringComparer.Ordinal))))
        {
            Entitlements = entitlements.ToFrozenDictionary(),
            Multipliers = multipliers,
            Prices = prices,
            Freezes = freezes.ToFrozenDictionary(StringComparer.Ordinal),
            Settings = settings.ToFrozenDictionary(StringComparer.Ordinal),
            Burst = SettingNames.BurstOf(settings.ToFrozenDictionary(StringComparer.Ordinal)),
        };
    }

    private static readonly string[] Queries =
    [
        "select version, at from capabilities.registry_versions order by version desc limit 1",
        "select code from capabilities.capabilities",
        "select name, version from capabilities.bundles",
        """
        select b.name, c.code, bc.scope, bc.viewer
        from capabilities.bundle_caps bc
        join capabilities.bundles b on b.id = bc.bundle_id
        join capabilities.capabilities c on c.id = bc.capability_id
        """,
        "select plan, metric, time_window, quota, hard_limit from capabilities.plan_entitlements",
        "select from_amount, multiplier from capabilities.stake_multipliers order by from_amount",
        "select item, unit, price_1t from capabilities.prices order by item",
        "select capability, until, reason from capabilities.freezes",
        "select name, value from capabilities.registry_settings",
    ];

    private static Grant GrantOf(NpgsqlDataReader row) =>
        new(Words.Parse<DecisionScope>(row.GetString(2)), row.IsDBNull(3) ? null : Words.Parse<ViewerType>(row.GetString(3)));

    private static DateTimeOffset At(NpgsqlDataReader row, int column) => row.GetFieldValue<DateTimeOffset>(column);

    private static async Task<List<T>> Next<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> map, CancellationToken ct)
    {
        await reader.NextResultAsync(ct);
        return await All(reader, map, ct);
    }

    private static async Task<List<T>> All<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> map, CancellationToken ct)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(map(reader));
        }

        return rows;
    }
}
