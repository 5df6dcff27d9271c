using Daarion.Core.Capabilities.Changes;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Core.Capabilities;

/// <summary>
/// Brings what this release declares into the registry: everything at the first start, afterwards only what no release before it brought, so that
/// what operators and policies changed stays as they left it.
/// </summary>
internal sealed class RegistrySeeder(OperationRunner runner, IEnumerable<ICityModule> modules)
{
    private static readonly OperationLimits Limits = new(TimeSpan.FromSeconds(60));
    private static readonly string Release = typeof(RegistrySeeder).Assembly.GetName().Version?.ToString(3) ?? "unknown";
    private readonly RegistrySeed seed = RegistrySeed.Of(modules);

    /// <summary>Seeds; answers the version of the registry that this made, or null where there was nothing to bring.</summary>
    public async Task<long?> Seed(CancellationToken ct)
    {
        var caller = Caller.ForService(ServiceName.Capabilities);
        var version = await runner.Run(
            ServiceName.Capabilities,
            nameof(Seed),
            caller,
            Limits,
            (services, token) =>
            {
                services.GetRequiredService<IAccess>().AllowByProof(caller, "service.update.capabilities", "release");
                var db = services.GetRequiredService<CapabilitiesDbContext>();
                return db.Transact(inner => Bring(db, inner), token);
            },
            ct);
        return version == 0 ? null : version;
    }

    private async Task<long> Bring(CapabilitiesDbContext db, CancellationToken ct)
    {
        var journal = await RegistryJournal.Begin(db, ct);
        var news = new News(db, await db.Seeded.Select(row => $"{row.Kind} {row.Key}").ToHashSetAsync(StringComparer.Ordinal, ct));
        await BringCapabilities(db, journal, news, ct);
        await BringTables(db, journal, news, ct);
        if (journal.IsEmpty)
        {
            return 0;
        }

        journal.Close("seed", Release);
        return journal.Version;
    }

    private async Task BringCapabilities(CapabilitiesDbContext db, RegistryJournal journal, News news, CancellationToken ct)
    {
        var capabilities = await db.Capabilities.ToDictionaryAsync(row => row.Code, StringComparer.Ordinal, ct);
        var bundles = await db.Bundles.ToDictionaryAsync(row => row.Name, StringComparer.Ordinal, ct);
        var held = await db.BundleCaps.Select(row => $"{row.BundleId} {row.CapabilityId}").ToHashSetAsync(StringComparer.Ordinal, ct);
        foreach (var capability in seed.Capabilities)
        {
            if (news.Take("capability", capability.Code) && !capabilities.ContainsKey(capability.Code))
            {
                capabilities[capability.Code] = journal.Add(capability.Code, capability.Description, capability.Risk);
            }
        }

        foreach (var name in FixedBundles.Concat(seed.Grants.Select(grant => grant.Bundle)).Distinct(StringComparer.Ordinal).Where(name => !bundles.ContainsKey(name)))
        {
            bundles[name] = journal.Add(name, KindOf(name));
        }

        foreach (var grant in seed.Grants.Where(grant => news.Take("grant", $"{grant.Bundle} {grant.Capability}")))
        {
            var (bundle, capability) = (bundles[grant.Bundle], capabilities[grant.Capability]);
            if (!held.Contains($"{bundle.Id} {capability.Id}"))
            {
                journal.Give(bundle, capability, grant.Scope, grant.Viewer);
            }
        }
    }

    private static async Task BringTables(CapabilitiesDbContext db, RegistryJournal journal, News news, CancellationToken ct)
    {
        var entitlements = await db.Entitlements.Select(row => new { row.Plan, row.Metric }).ToListAsync(ct);
        foreach (var (row, plan) in PlanTables.Plans.SelectMany(row => Enum.GetValues<TeamPlan>().Select(plan => (row, plan))))
        {
            var target = $"{plan} {row.Metric}";
            if (news.Take("entitlement", target) && !entitlements.Any(e => e.Plan == plan && e.Metric == row.Metric))
            {
                db.Entitlements.Add(new EntitlementRow
                {
                    Plan = plan,
                    Metric = row.Metric,
                    TimeWindow = row.Window,
                    Quota = Quantity.Of(row.Of(plan)),
                    HardLimit = Quantity.Of(PlanTables.HardLimit(row, plan)),
                });
                journal.Note("entitlement", target, RegistryState.Text(new Entitlement(row.Window, row.Of(plan), PlanTables.HardLimit(row, plan))));
            }
        }

        // A city whose steps were changed keeps them: a step between others would not be theirs.
        var hasSteps = await db.Multipliers.AnyAsync(ct);
        foreach (var step in PlanTables.Multipliers.Where(step => news.Take("multiplier", RegistryState.Text(step.FromAmount)) && !hasSteps))
        {
            db.Multipliers.Add(new MultiplierRow { FromAmount = Quantity.Of(step.FromAmount), Multiplier = Quantity.Of(step.Multiplier) });
            journal.Note("multiplier", RegistryState.Text(step.FromAmount), RegistryState.Text(step.Multiplier));
        }

        var prices = await db.Prices.Select(row => row.Item).ToListAsync(ct);
        foreach (var price in PlanTables.Prices.Where(price => news.Take("price", price.Item) && !prices.Contains(price.Item, StringComparer.Ordinal)))
        {
            db.Prices.Add(new PriceRow { Item = price.Item, Unit = price.Unit, Price1T = Quantity.Of(price.Price1T) });
            journal.Note("price", price.Item, RegistryState.Text(price));
        }

        var settings = await db.Settings.Select(row => row.Name).ToListAsync(ct);
        foreach (var (name, value) in SettingNames.Defaults.Where(setting => news.Take("setting", setting.Name) && !settings.Contains(setting.Name, StringComparer.Ordinal)))
        {
            db.Settings.Add(new SettingRow { Name = name, Value = value });
            journal.Note("setting", name, value);
        }
    }

    /// <summary>Bundles that every city has, also where they hold nothing.</summary>
    public static IReadOnlyList<string> FixedBundles { get; } =
    [
        .. Enum.GetValues<TeamRole>().Select(BundleNames.Role),
        .. Enum.GetValues<TeamRole>().Where(role => role != TeamRole.Visitor).Select(BundleNames.City),
        .. Enum.GetValues<TeamPlan>().Select(BundleNames.Plan),
        .. ServiceName.All.Select(BundleNames.Service),
        BundleNames.ServiceDefault,
        BundleNames.PlatformDefault,
        "agent.default",
    ];

    /// <summary>The kind of a bundle, by its name.</summary>
    public static BundleKind KindOf(string name) => name[..name.IndexOf('.', StringComparison.Ordinal)] switch
    {
        "role" or "city" => BundleKind.Role,
        "plan" => BundleKind.Plan,
        "agent" => BundleKind.Agent,
        "platform" => BundleKind.Platform,
        "integration" => BundleKind.Integration,
        "service" => BundleKind.Service,
        _ => BundleKind.Custom,
    };

    /// <summary>What no release has brought before; taking something makes it brought.</summary>
    private sealed class News(CapabilitiesDbContext db, HashSet<string> brought)
    {
        public bool Take(string kind, string key)
        {
            if (!brought.Add($"{kind} {key}"))
            {
                return false;
            }

            db.Seeded.Add(new SeededRow { Kind = kind, Key = key });
            return true;
        }
    }
}
