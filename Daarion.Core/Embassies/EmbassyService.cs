using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Daarion.Core.Embassies;

/// <inheritdoc cref="IEmbassyService"/>
internal sealed partial class EmbassyService(
    EmbassyDbContext db,
    IAccess access,
    ICapabilityService capabilities,
    ITeamFacts teams,
    ISecretProtector protector,
    PlatformDirectory directory,
    SiteDirectory sites,
    HeldReadings held,
    EmbassyDoor door,
    EmbassyAddress address,
    TimeProvider clock) : IEmbassyService
{
    public async Task<PlatformCreated> CreatePlatform(Caller caller, CreatePlatform request, CancellationToken ct)
    {
        await access.Require(caller, EmbassyModule.Manage, null, ct);
        var platform = new PlatformRow
        {
            Platform = PlatformRules.Name(request.Platform),
            Name = PlatformRules.Title(request.Name ?? request.Platform),
            Domains = PlatformRules.CheckedDomains(request.Domains ?? PlatformRules.DefaultDomains),
            RatePerMinute = PlatformRules.Rate(request.RatePerMinute ?? PlatformRules.DefaultRatePerMinute),
            CreatedAt = db.Now,
        };
        var secret = PlatformKey.NewSecret();

        // The bundle first: a platform without it could sign but would be refused. Asking again for the same changes nothing.
        if (await db.Platforms.AnyAsync(p => p.Platform == platform.Platform, ct))
        {
            throw Taken(platform.Platform);
        }

        await GiveBundle(caller, platform, ct);
        db.Add(platform);
        db.Add(new SecretRow { Id = WebhookId.New(db.Now), Platform = platform.Platform, Secret = protector.Protect(secret), CreatedAt = db.Now });
        db.Audit("embassy.platform.created", "platform", platform.Platform, null, ("domains", string.Join(',', platform.Domains)));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            throw Taken(platform.Platform);
        }

        directory.Forget();
        return new(platform.Platform, platform.Name, platform.Domains, secret, platform.Status, platform.RatePerMinute, platform.CreatedAt);
    }

    public async Task<Page<Platform>> ListPlatforms(Caller caller, PageRequest request, CancellationToken ct)
    {
        await access.Require(caller, EmbassyModule.Read, null, ct);
        request = request.Checked();
        var after = PageCursor.Decode(request.Cursor, 1)?[0] ?? string.Empty;
        var platforms = db.Platforms.FromSql($"select * from embassy.embassy_platforms where platform > {after}").AsNoTracking();
        var rows = await View(platforms.OrderBy(p => p.Platform).Take(request.Limit + 1)).ToListAsync(ct);
        return Page<Platform>.From(rows, request, p => [p.Name]);
    }

    public async Task<Platform> GetPlatform(Caller caller, PlatformRef request, CancellationToken ct)
    {
        await access.Require(caller, EmbassyModule.Read, null, ct);
        return await View(request.Platform, ct);
    }

    public async Task<Platform> UpdatePlatform(Caller caller, UpdatePlatform request, CancellationToken ct)
    {
        await access.Require(caller, EmbassyModule.Manage, null, ct);
        var platform = await Load(request.Platform, ct);
        RequireVersion(platform.Version, request.ExpectedVersion);
        platform.Name = request.Name is null ? platform.Name : PlatformRules.Title(request.Name);
        platform.Domains = request.Domains is null ? platform.Domains : PlatformRules.CheckedDomains(request.Domains);
        platform.RatePerMinute = request.RatePerMinute is { } rate ? PlatformRules.Rate(rate) : platform.RatePerMinute;
        platform.Changed();
        await GiveBundle(caller, platform, ct);
        db.Audit("embassy.platform.updated", "platform", platform.Platform, null, ("domains", string.Join(',', platform.Domains)), ("rate_per_minute", $"{platform.RatePerMinute}"));
        await Save(ct);
        return await View(platform.Platform, ct);
    }

    public async Task<PlatformSecret> RotateSecret(Caller caller, RotateSecret request, CancellationToken ct)
    {
        await access.Require(caller, EmbassyModule.Manage, null, ct);
        var overlap = PlatformRules.Overlap(request.OverlapMinutes);
        var platform = await Load(request.Platform, ct);
        var kept = await db.Secrets.SingleAsync(s => s.Platform == platform.Platform, ct);
        var secret = PlatformKey.NewSecret();
        kept.Rotate(protector.Protect(secret), db.Now, overlap);
        platform.Changed();
        db.Audit("embassy.secret.rotated", "platform", platform.Platform, null, ("overlap_minutes", $"{request.OverlapMinutes}"));
        await Save(ct);
        return new(platform.Platform, secret, kept.RotatesAt);
    }

    public Task<Platform> SuspendPlatform(Caller caller, PlatformRef request, CancellationToken ct) => Turn(caller, request.Platform, PlatformStatus.Suspended, ct);

    public Task<Platform> ResumePlatform(Caller caller, PlatformRef request, CancellationToken ct) => Turn(caller, request.Platform, PlatformStatus.Active, ct);

    private async Task<Platform> Turn(Caller caller, string name, PlatformStatus status, CancellationToken ct)
    {
        await access.Require(caller, EmbassyModule.Manage, null, ct);
        var platform = await Load(name, ct);
        if (platform.TurnTo(status))
        {
            db.Publish(new EmbassyPlatformSuspended(platform.Platform, status == PlatformStatus.Suspended), platform.Platform);
            db.Audit(status == PlatformStatus.Suspended ? "embassy.platform.suspended" : "embassy.platform.resumed", "platform", platform.Platform);
            await Save(ct);
        }

        return await View(platform.Platform, ct);
    }

    private Task<BundleDetail> GiveBundle(Caller caller, PlatformRow platform, CancellationToken ct) =>
        capabilities.PutPlatformBundle(Caller.ForService(ServiceName.Embassies, caller.CausationId), new PutPlatformBundle(platform.Platform, platform.Domains), ct);

    private async Task Save(CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw Stale();
        }

        directory.Forget();
    }

    private async Task<PlatformRow> Load(string name, CancellationToken ct) =>
        await db.Platforms.SingleOrDefaultAsync(p => p.Platform == name, ct) ?? throw CityException.NotFound("platform");

    private async Task<Platform> View(string name, CancellationToken ct) =>
        await View(db.Platforms.AsNoTracking().Where(p => p.Platform == name)).SingleOrDefaultAsync(ct) ?? throw CityException.NotFound("platform");

    private IQueryable<Platform> View(IQueryable<PlatformRow> platforms)
    {
        var now = db.Now;
        return from p in platforms
               join s in db.Secrets on p.Platform equals s.Platform
               select new Platform(
                   p.Platform,
                   p.Name,
                   p.Domains,
                   p.Status,
                   p.RatePerMinute,
                   p.CreatedAt,
                   s.CreatedAt,
                   s.RotatesAt > now ? s.RotatesAt : null,
                   db.Deliveries.Where(d => d.Platform == p.Platform && d.Outcome == DeliveryOutcome.Accepted).OrderByDescending(d => d.Id).Select(d => (DateTimeOffset?)d.ReceivedAt).FirstOrDefault(),
                   db.Identities.Count(i => i.Platform == p.Platform),
                   db.Readings.LongCount(r => r.Platform == p.Platform && r.Held),
                   p.Version);
    }

    private static void RequireVersion(int version, int? expected)
    {
        if (expected is not null && expected != version)
        {
            throw Stale();
        }
    }

    private static CityException Stale() => CityException.Conflict("It was changed in the meantime; read it again.", "stale_version");

    private static CityException Taken(string platform) => CityException.Conflict($"There is already a platform {platform}.", "duplicate");
}

/// <summary>Where platforms send their deliveries; the host knows it.</summary>
/// <param name="Url">The public address of the city.</param>
public sealed record EmbassyAddress(Uri Url);
