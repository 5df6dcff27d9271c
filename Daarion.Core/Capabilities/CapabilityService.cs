using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Capabilities;

/// <inheritdoc cref="ICapabilityService"/>
internal sealed partial class CapabilityService(IAccess access, CapabilitiesDbContext db, IPolicySnapshots snapshots) : ICapabilityService
{
    private const string Read = "capability.read";

    public async Task<Page<CapabilityView>> ListCapabilities(Caller caller, CapabilityFilter request, CancellationToken ct)
    {
        await RequireRead(caller, ct);
        var page = (request.Page ?? new PageRequest()).Checked();
        var after = PageCursor.Decode(page.Cursor, 1)?[0];
        var rows = db.Capabilities.AsNoTracking();
        rows = after is null ? rows : rows.Where(row => row.Code.CompareTo(after) > 0);
        rows = request.Risk is { } risk ? rows.Where(row => row.Risk == risk) : rows;
        rows = request.Query?.Trim() is { Length: > 0 } word ? rows.Where(row => row.Code.Contains(word) || row.Description.Contains(word)) : rows;
        var found = await rows.OrderBy(row => row.Code).Take(page.Limit + 1).ToListAsync(ct);
        return Page<CapabilityRow>.From(found, page, row => [row.Code]).Select(View);
    }

    public async Task<CapabilityDetail> GetCapability(Caller caller, CapabilityRequest request, CancellationToken ct)
    {
        await RequireRead(caller, ct);
        var capability = await db.Capabilities.AsNoTracking().SingleOrDefaultAsync(row => row.Code == request.Code, ct) ?? throw CityException.NotFound("capability");
        var holders = await (from grant in db.BundleCaps
                             join bundle in db.Bundles on grant.BundleId equals bundle.Id
                             where grant.CapabilityId == capability.Id
                             orderby bundle.Name
                             select new { bundle.Name, grant.Scope, grant.Viewer }).ToListAsync(ct);
        return new CapabilityDetail(View(capability), [.. holders.Select(holder => new CapabilityHolder(holder.Name, holder.Scope, holder.Viewer))]);
    }

    public async Task<Page<BundleView>> ListBundles(Caller caller, BundleFilter request, CancellationToken ct)
    {
        await RequireRead(caller, ct);
        var page = (request.Page ?? new PageRequest()).Checked();
        var after = PageCursor.Decode(page.Cursor, 1)?[0];
        var rows = db.Bundles.AsNoTracking();
        rows = after is null ? rows : rows.Where(row => row.Name.CompareTo(after) > 0);
        rows = request.Kind is { } kind ? rows.Where(row => row.Kind == kind) : rows;
        var found = await rows.OrderBy(row => row.Name).Take(page.Limit + 1)
            .Select(row => new { row.Id, row.Name, row.Kind, row.Version, Count = db.BundleCaps.Count(grant => grant.BundleId == row.Id) })
            .ToListAsync(ct);
        return Page<BundleView>.From([.. found.Select(row => new BundleView(row.Id, row.Name, row.Kind, row.Version, row.Count))], page, row => [row.Name]);
    }

    public async Task<BundleDetail> GetBundle(Caller caller, BundleRequest request, CancellationToken ct)
    {
        await RequireRead(caller, ct);
        return await Detail(db, await db.Bundles.AsNoTracking().SingleOrDefaultAsync(row => row.Name == request.Name, ct) ?? throw CityException.NotFound("bundle"), ct);
    }

    public async Task<Page<PlanView>> ListPlans(Caller caller, PlansRequest request, CancellationToken ct)
    {
        await RequireRead(caller, ct);
        var page = (request.Page ?? new PageRequest()).Checked();
        var after = PageCursor.Decode(page.Cursor, 1)?[0];
        var rows = (await Plans(db, ct)).SkipWhile(plan => after is not null && string.CompareOrdinal($"{(int)plan.Plan}", after) <= 0).ToList();
        return Page<PlanView>.From(rows, page, plan => [$"{(int)plan.Plan}"]);
    }

    public async Task<PlanView> GetPlan(Caller caller, PlanRequest request, CancellationToken ct)
    {
        await RequireRead(caller, ct);
        return (await Plans(db, ct)).SingleOrDefault(plan => plan.Plan == request.Plan) ?? throw CityException.NotFound("plan");
    }

    public async Task<Page<RegistryVersionView>> ListVersions(Caller caller, VersionsRequest request, CancellationToken ct)
    {
        await RequireRead(caller, ct);
        var page = (request.Page ?? new PageRequest()).Checked();
        var before = PageCursor.Decode(page.Cursor, 1) is [var text] ? Number(text) : long.MaxValue;
        var found = await db.Versions.AsNoTracking().Where(row => row.Version < before).OrderByDescending(row => row.Version).Take(page.Limit + 1).ToListAsync(ct);
        return Page<RegistryVersionRow>.From(found, page, row => [$"{row.Version}"])
            .Select(row => new RegistryVersionView(row.Version, row.At, row.Cause, row.CauseId, row.By, Changes(row).Count));
    }

    public async Task<RegistryDiff> GetDiff(Caller caller, RegistryRange request, CancellationToken ct)
    {
        await RequireRead(caller, ct);
        if (request.From < 0 || request.To < request.From)
        {
            throw CityException.Invalid("to", "Give two versions, the earlier one first.");
        }

        var rows = await db.Versions.AsNoTracking().Where(row => row.Version > request.From && row.Version <= request.To).OrderBy(row => row.Version).ToListAsync(ct);
        var lines = rows.SelectMany(Changes)
            .GroupBy(change => (change.Kind, change.Target))
            .Select(steps => new RegistryChange(steps.Key.Kind, steps.Key.Target, steps.First().Before, steps.Last().After))
            .Where(change => !string.Equals(change.Before, change.After, StringComparison.Ordinal));
        return new RegistryDiff(request.From, request.To, [.. lines]);
    }

    public async Task<RegistryOverview> GetRegistry(Caller caller, RegistryRequest request, CancellationToken ct)
    {
        await RequireRead(caller, ct);
        var now = db.Now;
        var last = await db.Versions.AsNoTracking().OrderByDescending(row => row.Version).FirstAsync(ct);
        var multipliers = await db.Multipliers.AsNoTracking().OrderBy(row => row.FromAmount).ToListAsync(ct);
        var prices = await db.Prices.AsNoTracking().OrderBy(row => row.Item).ToListAsync(ct);
        var freezes = await db.Freezes.AsNoTracking().Where(row => row.Until == null || row.Until > now).OrderBy(row => row.Capability).ToListAsync(ct);
        return new RegistryOverview(
            last.Version,
            last.At,
            await db.Capabilities.CountAsync(ct),
            await db.Bundles.CountAsync(ct),
            [.. multipliers.Select(row => new MultiplierView(row.FromAmount, row.Multiplier))],
            [.. prices.Select(row => new PriceView(row.Item, row.Unit, row.Price1T))],
            [.. freezes.Select(row => new FreezeView(row.Capability, row.Until, row.Reason))]);
    }

    public async Task<BundleDetail> PutPlatformBundle(Caller caller, PutPlatformBundle request, CancellationToken ct)
    {
        await access.Require(caller, "service.write.capabilities", new ResourceRef("platform", request.Platform), ct);
        var codes = Codes(request);
        var (bundle, changed) = await db.Transact(inner => Put(request.Platform, codes, inner), ct);
        if (changed)
        {
            await snapshots.Reload(ct);
        }

        return await Detail(db, bundle, ct);
    }

    // The city's rules are in the open: to every resident the registry is theirs, as a wallet of their own is.
    private ValueTask<Decision> RequireRead(Caller caller, CancellationToken ct) =>
        access.Require(caller, Read, caller.User is { } person ? ResourceRef.Own("registry", null, person) : null, ct);

    private async Task<(BundleRow Bundle, bool Changed)> Put(string platform, IReadOnlyList<string> codes, CancellationToken ct)
    {
        var journal = await RegistryJournal.Begin(db, ct);
        var wanted = await db.Capabilities.Where(row => codes.Contains(row.Code)).ToListAsync(ct);
        if (codes.Except(wanted.Select(row => row.Code), StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw CityException.Invalid("domains", $"The registry has no capability {unknown}.");
        }

        var name = BundleNames.Platform(platform);
        var bundle = await db.Bundles.SingleOrDefaultAsync(row => row.Name == name, ct) ?? journal.Add(name, BundleKind.Platform);
        var held = await (from grant in db.BundleCaps
                          join capability in db.Capabilities on grant.CapabilityId equals capability.Id
                          where grant.BundleId == bundle.Id
                          select new { Grant = grant, capability.Code }).ToListAsync(ct);
        foreach (var capability in wanted.Where(capability => held.TrueForAll(h => h.Code != capability.Code)))
        {
            journal.Give(bundle, capability, DecisionScope.All, null);
        }

        foreach (var extra in held.Where(h => !codes.Contains(h.Code, StringComparer.Ordinal)))
        {
            journal.Take(bundle, extra.Grant, extra.Code);
        }

        if (!journal.IsEmpty)
        {
            journal.Close("service", platform);
        }

        return (bundle, !journal.IsEmpty);
    }

    /// <summary>A bundle with what it holds.</summary>
    internal static async Task<BundleDetail> Detail(CapabilitiesDbContext db, BundleRow bundle, CancellationToken ct)
    {
        var grants = await (from grant in db.BundleCaps
                            join capability in db.Capabilities on grant.CapabilityId equals capability.Id
                            where grant.BundleId == bundle.Id
                            orderby capability.Code
                            select new { capability.Code, grant.Scope, grant.Viewer }).ToListAsync(ct);
        return new BundleDetail(bundle.Id, bundle.Name, bundle.Kind, bundle.Version, [.. grants.Select(grant => new BundleCapability(grant.Code, grant.Scope, grant.Viewer))]);
    }

    /// <summary>The plans, smallest first.</summary>
    internal static async Task<IReadOnlyList<PlanView>> Plans(CapabilitiesDbContext db, CancellationToken ct) =>
        [.. (await db.Entitlements.AsNoTracking().OrderBy(row => row.Metric).ToListAsync(ct))
            .GroupBy(row => row.Plan)
            .OrderBy(plan => plan.Key)
            .Select(plan => new PlanView(plan.Key, [.. plan.Select(row => new EntitlementView(row.Metric, row.TimeWindow, row.Quota, row.HardLimit))]))];

    private static List<string> Codes(PutPlatformBundle request)
    {
        if (!PlatformName().IsMatch(request.Platform))
        {
            throw CityException.Invalid("platform", "Give 1 to 64 small letters, digits, hyphens or underscores, beginning with a letter or digit.");
        }

        return [.. request.Domains.Distinct(StringComparer.Ordinal).Select(domain => domain switch
        {
            "energy" or "food" or "water" => $"embassy.{domain}.update",
            "rwa" => "embassy.rwa.claim",
            _ => throw CityException.Invalid("domains", "Use energy, food, water or rwa."),
        })];
    }

    private static CapabilityView View(CapabilityRow row) => new(row.Id, row.Code, row.Description, row.Risk, row.Since);

    /// <summary>What a version changed.</summary>
    internal static List<RegistryChange> Changes(RegistryVersionRow row) => JsonSerializer.Deserialize<List<RegistryChange>>(row.Diff, EventJson.Options) ?? [];

    private static long Number(string text) => long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : throw CityException.Invalid("cursor", "This is not a cursor of this list; begin again without one.");

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{0,63}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex PlatformName();
}
