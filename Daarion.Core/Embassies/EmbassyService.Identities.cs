using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Daarion.Core.Embassies;

/// <content>Sites and whose they are.</content>
internal sealed partial class EmbassyService
{
    public async Task<SiteIdentity> CreateIdentity(Caller caller, CreateIdentity request, CancellationToken ct)
    {
        await access.Require(caller, EmbassyModule.Manage, null, ct);
        var site = PlatformRules.Site(request.SiteId);
        await Load(request.Platform, ct);
        await RequireTeam(request.TeamId, ct);
        EmbassyId id;
        try
        {
            id = await db.Transact(
                async token =>
                {
                    await held.LockSite(request.Platform, site, token);
                    var identity = await db.Identities.SingleOrDefaultAsync(i => i.Platform == request.Platform && i.ExternalId == site, token);
                    if (identity is { TeamId: not null } || (identity is not null && request.TeamId is null))
                    {
                        throw CityException.Conflict($"The site {site} of {request.Platform} is known already; assign it to another team instead.", "duplicate");
                    }

                    if (identity is null)
                    {
                        identity = new IdentityRow { Id = EmbassyId.New(db.Now), Platform = request.Platform, ExternalId = site, CreatedAt = db.Now };
                        db.Add(identity);
                    }
                    else
                    {
                        identity.Changed();
                    }

                    identity.Become(request.Kind, request.TeamId, request.UserId);
                    db.Audit("embassy.site.mapped", "site", identity.Id.Value, request.TeamId, ("platform", request.Platform));
                    await held.Release(identity, token);
                    return identity.Id;
                },
                ct);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            throw CityException.Conflict($"The site {site} of {request.Platform} is known already.", "duplicate");
        }

        await ReleaseRest(id, ct);
        return await ViewIdentity(id, ct);
    }

    public async Task<SiteIdentity> AssignIdentity(Caller caller, AssignIdentity request, CancellationToken ct)
    {
        await access.Require(caller, EmbassyModule.Manage, null, ct);
        await RequireTeam(request.TeamId, ct);
        await db.Transact(
            async token =>
            {
                var identity = await db.Identities.SingleOrDefaultAsync(i => i.Id == request.Id, token) ?? throw CityException.NotFound("site");
                await held.LockSite(identity.Platform, identity.ExternalId, token);
                await db.Entry(identity).ReloadAsync(token);
                RequireVersion(identity.Version, request.ExpectedVersion);
                var kind = request.Kind ?? identity.Kind;
                identity.Become(kind, request.TeamId, kind == IdentityKind.Resident ? request.UserId ?? identity.UserId : request.UserId);
                identity.Changed();
                db.Audit("embassy.site.assigned", "site", identity.Id.Value, request.TeamId, ("platform", identity.Platform));
                await held.Release(identity, token);
                return true;
            },
            ct);
        await ReleaseRest(request.Id, ct);
        return await ViewIdentity(request.Id, ct);
    }

    public async Task<SiteIdentity> GetIdentity(Caller caller, IdentityRef request, CancellationToken ct)
    {
        var decision = await access.Ask(caller, EmbassyModule.Read, null, ct);
        var team = await db.Identities.Where(i => i.Id == request.Id).Select(i => i.TeamId).SingleOrDefaultAsync(ct);
        if (!decision.Allow)
        {
            await RequireInTeam(caller, team, ct);
        }

        return await ViewIdentity(request.Id, ct);
    }

    public async Task<Page<SiteIdentity>> ListIdentities(Caller caller, IdentityQuery request, CancellationToken ct)
    {
        if (!(await access.Ask(caller, EmbassyModule.Read, null, ct)).Allow)
        {
            await RequireInTeam(caller, request.TeamId, ct);
        }

        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var rows = PageCursor.Decode(page.Cursor, 2) is [var afterPlatform, var afterSite]
            ? db.Identities.FromSql($"select * from embassy.embassy_identities where (platform, external_id) > ({afterPlatform}, {afterSite})").AsNoTracking()
            : db.Identities.AsNoTracking();
        rows = request.Platform is { } platform ? rows.Where(i => i.Platform == platform) : rows;
        rows = request.TeamId is { } team ? rows.Where(i => i.TeamId == team) : rows;
        rows = request.Unassigned is { } unassigned ? rows.Where(i => i.TeamId == null == unassigned) : rows;
        rows = request.SiteId is { Length: > 0 } part ? rows.Where(i => EF.Functions.ILike(i.ExternalId, $"%{Like(part)}%", "\\")) : rows;
        var found = await ViewIdentities(rows.OrderBy(i => i.Platform).ThenBy(i => i.ExternalId).Take(page.Limit + 1)).ToListAsync(ct);
        return Page<SiteIdentity>.From(found, page, i => [i.Platform, i.SiteId]);
    }

    private static string Like(string part) => part.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);

    private async Task RequireInTeam(Caller caller, TeamId? team, CancellationToken ct)
    {
        if (team is null)
        {
            await access.Require(caller, EmbassyModule.Read, null, ct);
            return;
        }

        await access.Require(caller, EmbassyModule.ReadOwn, ResourceRef.Team(team.Value), ct);
    }

    private async Task RequireTeam(TeamId? team, CancellationToken ct)
    {
        if (team is { } one && await teams.Team(one, ct) is null)
        {
            throw CityException.Invalid("team_id", "There is no such team.");
        }
    }

    private async Task ReleaseRest(EmbassyId id, CancellationToken ct)
    {
        var identity = await db.Identities.AsNoTracking().SingleAsync(i => i.Id == id, ct);
        sites.Forget(identity.Platform, identity.ExternalId);
        await held.ReleaseAll(identity, ct);
    }

    private async Task<SiteIdentity> ViewIdentity(EmbassyId id, CancellationToken ct) =>
        await ViewIdentities(db.Identities.AsNoTracking().Where(i => i.Id == id)).SingleOrDefaultAsync(ct) ?? throw CityException.NotFound("site");

    private IQueryable<SiteIdentity> ViewIdentities(IQueryable<IdentityRow> identities) => identities.Select(i => new SiteIdentity(
        i.Id,
        i.Platform,
        i.ExternalId,
        i.Kind,
        i.TeamId,
        i.UserId,
        db.Readings.LongCount(r => r.Platform == i.Platform && r.SiteId == i.ExternalId && r.Held),
        db.Readings.Where(r => r.Platform == i.Platform && r.SiteId == i.ExternalId).OrderByDescending(r => r.Ts).Select(r => (DateTimeOffset?)r.Ts).FirstOrDefault(),
        i.CreatedAt,
        i.Version));
}
