using System.Collections.Concurrent;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using NpgsqlTypes;

namespace Daarion.Core.Embassies;

/// <summary>Whose a site is.</summary>
/// <param name="Team">Its team; null while it has none.</param>
/// <param name="Beneficiary">The person who is paid instead of the team.</param>
internal readonly record struct SiteOwner(TeamId? Team, UserId? Beneficiary);

/// <summary>
/// Whose sites are, in memory. What changes here is forgotten before the change is answered; what changes on other replicas within a second,
/// because the identities changed in the last seconds are looked up once a second while deliveries come.
/// </summary>
internal sealed class SiteDirectory(CityDatabase database, TimeProvider clock)
{
    private const int MaxSites = 200_000;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<(string Platform, string Site), SiteOwner> owners = new();
    private long lookedAt = clock.GetTimestamp();

    /// <summary>The owners of sites of a platform.</summary>
    public async ValueTask<IReadOnlyDictionary<string, SiteOwner>> Of(string platform, IReadOnlyList<SentReading> readings, CancellationToken ct)
    {
        await LookForChanges(ct);
        var found = new Dictionary<string, SiteOwner>(StringComparer.Ordinal);
        HashSet<string>? missing = null;
        foreach (var reading in readings)
        {
            if (found.ContainsKey(reading.SiteId))
            {
                continue;
            }

            if (owners.TryGetValue((platform, reading.SiteId), out var owner))
            {
                found[reading.SiteId] = owner;
            }
            else
            {
                (missing ??= new(StringComparer.Ordinal)).Add(reading.SiteId);
            }
        }

        if (missing is not null)
        {
            await Load(platform, [.. missing], found, ct);
        }

        return found;
    }

    /// <summary>A site's owner changed here.</summary>
    public void Forget(string platform, string site) => owners.TryRemove((platform, site), out _);

    private async Task Load(string platform, string[] sites, Dictionary<string, SiteOwner> found, CancellationToken ct)
    {
        await using var command = database.Of(ServiceName.Embassies).CreateCommand(
            "select external_id, team_id, user_id from embassy.embassy_identities where platform = $1 and external_id = any($2)");
        command.Parameters.Add(new() { Value = platform, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = sites, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            found[reader.GetString(0)] = new(
                await reader.IsDBNullAsync(1, ct) ? null : TeamId.Parse(reader.GetString(1)), await reader.IsDBNullAsync(2, ct) ? null : UserId.Parse(reader.GetString(2)));
        }

        if (owners.Count > MaxSites)
        {
            owners.Clear();
        }

        foreach (var site in sites)
        {
            // A site without a team is not kept: the first reading after it got one must flow.
            found.TryAdd(site, default);
            if (found[site].Team is not null)
            {
                owners[(platform, site)] = found[site];
            }
        }
    }

    private async ValueTask LookForChanges(CancellationToken ct)
    {
        var looked = Volatile.Read(ref lookedAt);
        if (clock.GetElapsedTime(looked) < LookEvery || Interlocked.CompareExchange(ref lookedAt, clock.GetTimestamp(), looked) != looked)
        {
            return;
        }

        // Much longer than the second between two looks, for transactions that took a while to commit.
        await using var command = database.Of(ServiceName.Embassies).CreateCommand(
            "select platform, external_id from embassy.embassy_identities where updated_at > clock_timestamp() - interval '90 seconds'");
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            Forget(reader.GetString(0), reader.GetString(1));
        }
    }
}
