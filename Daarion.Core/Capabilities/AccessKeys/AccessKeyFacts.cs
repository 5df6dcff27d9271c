using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Npgsql;

namespace Daarion.Core.Capabilities.AccessKeys;

/// <summary>Access keys for the PDP and the door, on a pool of their own (see the teams service's facts).</summary>
internal sealed class AccessKeyFacts(CityDatabase database) : IKeyFacts, ISecretFacts
{
    private const string Pool = "capabilities.facts";

    private const string Columns =
        """
        k.id, k.name, k.revoked_at, k.expires_at, k.subject_kind, k.subject_id, k.team_id, k.owner_id, k.rate, k.budget_1t, k.cidrs,
        array(select c.code from capabilities.access_key_caps h join capabilities.capabilities c on c.id = h.capability_id where h.key_id = k.id and h.scope = 'all' order by c.code),
        array(select c.code from capabilities.access_key_caps h join capabilities.capabilities c on c.id = h.capability_id where h.key_id = k.id and h.scope = 'own' order by c.code),
        array(select b.name from capabilities.access_key_bundles h join capabilities.bundles b on b.id = h.bundle_id where h.key_id = k.id order by b.name),
        k.suspended_at
        """;

    public async Task<KeyFact?> Key(string keyId, CancellationToken ct)
    {
        await using var command = database.Of(Pool).CreateCommand($"select {Columns} from capabilities.access_keys k where k.id = $1");
        command.Parameters.AddText(keyId);
        await using var row = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        return await row.ReadAsync(ct) ? Key(row) : null;
    }

    public async Task<IReadOnlyList<KeyFact>> Holding(string capability, TeamId team, int limit, CancellationToken ct)
    {
        await using var command = database.Of(Pool).CreateCommand(
            $"""
            select {Columns} from capabilities.access_keys k
            where k.revoked_at is null and k.suspended_at is null and k.team_id = $2 and exists (
              select from capabilities.capabilities c
              where c.code = $1 and (
                exists (select from capabilities.access_key_caps h where h.key_id = k.id and h.capability_id = c.id)
                or exists (select from capabilities.access_key_bundles h join capabilities.bundle_caps g on g.bundle_id = h.bundle_id where h.key_id = k.id and g.capability_id = c.id)))
            order by k.id
            limit $3
            """);
        command.Parameters.AddText(capability);
        command.Parameters.AddText(team.Value);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var row = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        var keys = new List<KeyFact>();
        while (await row.ReadAsync(ct))
        {
            keys.Add(Key(row));
        }

        return keys;
    }

    public async Task<SecretFact?> Secret(string keyId, CancellationToken ct)
    {
        await using var command = database.Of(Pool).CreateCommand("select secret_digest, previous_digest, previous_until from capabilities.access_keys where id = $1");
        command.Parameters.AddText(keyId);
        await using var row = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        return await row.ReadAsync(ct)
            ? new SecretFact(row.GetFieldValue<byte[]>(0), row.IsDBNull(1) ? null : row.GetFieldValue<byte[]>(1), row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2))
            : null;
    }

    private static KeyFact Key(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<DateTimeOffset>(3), row.GetFieldValue<string[]>(11))
    {
        Suspended = row.IsDBNull(14) ? null : row.GetFieldValue<DateTimeOffset>(14),
        Access = new AccessGrant(
            Words.Parse<SubjectKind>(row.GetString(4)),
            row.GetString(5),
            TeamId.Parse(row.GetString(6)),
            UserId.Parse(row.GetString(7)),
            row.GetFieldValue<string[]>(13),
            row.IsDBNull(8) ? null : row.GetInt32(8),
            row.IsDBNull(9) ? null : row.GetDecimal(9),
            row.GetFieldValue<string[]>(10))
        {
            OwnCapabilities = row.GetFieldValue<string[]>(12),
        },
    };
}
