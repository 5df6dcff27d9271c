using Daarion.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Embassies;

/// <summary>Lets readings flow on that were held because their site had no team.</summary>
internal sealed class HeldReadings(EmbassyDbContext db)
{
    /// <summary>Readings that one transaction releases.</summary>
    public const int AtOnce = 1000;

    private const int SitesAtOnce = 50;

    /// <summary>Releases some of a site, the oldest first, in the transaction there is. Answers how many; fewer than <see cref="AtOnce"/> were the last.</summary>
    public async Task<int> Release(IdentityRow identity, CancellationToken ct)
    {
        if (identity.TeamId is not { } team)
        {
            return 0;
        }

        var released = await db.Readings
            .FromSql($"""
                update embassy.embassy_readings set held = false
                where id in (select id from embassy.embassy_readings where platform = {identity.Platform} and site_id = {identity.ExternalId} and held order by ts limit {AtOnce})
                returning *
                """)
            .AsNoTracking()
            .ToListAsync(ct);
        foreach (var reading in released.OrderBy(r => r.Ts))
        {
            var key = EmbassyDeliveries.Key(reading.Platform, reading.SiteId);
            if (reading.Kind is { } kind)
            {
                var asset = EmbassyDomain.AssetOf(reading.Domain);
                db.Publish(new EmbassyRwaClaim(reading.Platform, asset, reading.SiteId, kind, reading.Value, reading.Unit, reading.Ts, reading.Reference, reading.Id, team), key, team);
                continue;
            }

            db.Publish(
                new EmbassyReadingUpdate(reading.Platform, reading.Domain, reading.SiteId, reading.Value, reading.Unit, reading.Ts, reading.Id, team, identity.UserId),
                key,
                team,
                type: EmbassyDomain.UpdateCapability(reading.Domain));
        }

        return released.Count;
    }

    /// <summary>Releases everything of a site, a bounded number in each transaction.</summary>
    public async Task ReleaseAll(IdentityRow identity, CancellationToken ct)
    {
        for (var released = AtOnce; released == AtOnce;)
        {
            released = await db.Transact(
                async token =>
                {
                    await LockSite(identity.Platform, identity.ExternalId, token);
                    return await Release(identity, token);
                },
                ct);
        }
    }

    /// <summary>Releases what is still held although its site has a team: whoever assigned it did not stay to the end.</summary>
    public async Task ReleaseForgotten(CancellationToken ct)
    {
        var sites = await db.Identities
            .FromSql($"""
                select i.* from embassy.embassy_identities i
                join (select distinct platform, site_id from embassy.embassy_readings where held) h on h.platform = i.platform and h.site_id = i.external_id
                where i.team_id is not null limit {SitesAtOnce}
                """)
            .AsNoTracking()
            .ToListAsync(ct);
        foreach (var site in sites)
        {
            await ReleaseAll(site, ct);
        }
    }

    /// <summary>The lock that a reading without a team takes before it is held, and that the outbox takes for the site's events.</summary>
    public async Task LockSite(string platform, string site, CancellationToken ct)
    {
        await using var command = await db.Command("select pg_advisory_xact_lock(hashtextextended($1, 1))", ct);
        command.Parameters.Add(new() { Value = EmbassyDeliveries.Key(platform, site) });
        await QueryMeter.Measured(command.ExecuteNonQueryAsync(ct));
    }
}
