using Daarion.Core.Data;
using Daarion.Core.Policy;
using Npgsql;

namespace Daarion.Core.Auth;

/// <summary>Service keys for the PDP, on a pool of their own (see the teams service's facts).</summary>
internal sealed class KeyFacts(CityDatabase database) : IKeyFacts
{
    private const string Pool = "auth.facts";

    public async Task<KeyFact?> Key(string keyId, CancellationToken ct)
    {
        await using var command = database.Of(Pool).CreateCommand("select client_id, name, revoked_at, expires_at, capabilities from auth.service_keys where client_id = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = keyId });
        await using var row = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        return await row.ReadAsync(ct) ? Key(row) : null;
    }

    // A service key reaches every team.
    public async Task<IReadOnlyList<KeyFact>> Holding(string capability, TeamId team, int limit, CancellationToken ct)
    {
        await using var command = database.Of(Pool).CreateCommand(
            """
            select client_id, name, revoked_at, expires_at, capabilities
            from auth.service_keys
            where revoked_at is null and $1 = any(capabilities)
            order by client_id
            limit $2
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = capability });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var row = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        var keys = new List<KeyFact>();
        while (await row.ReadAsync(ct))
        {
            keys.Add(Key(row));
        }

        return keys;
    }

    private static KeyFact Key(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2),
        row.IsDBNull(3) ? null : row.GetFieldValue<DateTimeOffset>(3),
        row.GetFieldValue<string[]>(4));
}
