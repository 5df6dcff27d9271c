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
        await using var command = database.Of(Pool).CreateCommand("select name, revoked_at, expires_at, capabilities from auth.service_keys where client_id = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = keyId });
        await using var row = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        return await row.ReadAsync(ct)
            ? new KeyFact(
                keyId,
                row.GetString(0),
                await row.IsDBNullAsync(1, ct) ? null : await row.GetFieldValueAsync<DateTimeOffset>(1, ct),
                await row.IsDBNullAsync(2, ct) ? null : await row.GetFieldValueAsync<DateTimeOffset>(2, ct),
                await row.GetFieldValueAsync<string[]>(3, ct))
            : null;
    }
}
