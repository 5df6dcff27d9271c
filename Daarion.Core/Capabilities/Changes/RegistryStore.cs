using System.Collections.Immutable;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Capabilities.Changes;

/// <summary>The registry's rows as a value, and a changed value as rows again.</summary>
internal sealed class RegistryStore
{
    private readonly CapabilitiesDbContext db;
    private readonly Dictionary<string, CapabilityRow> capabilityRows;
    private readonly Dictionary<string, BundleRow> bundleRows;
    private readonly Dictionary<(string Bundle, string Capability), BundleCapRow> grantRows;

    private RegistryStore(CapabilitiesDbContext db, List<CapabilityRow> capabilities, List<BundleRow> bundles, List<BundleCapRow> grants)
    {
        this.db = db;
        capabilityRows = capabilities.ToDictionary(row => row.Code, StringComparer.Ordinal);
        bundleRows = bundles.ToDictionary(row => row.Name, StringComparer.Ordinal);
        var (codeOf, nameOf) = (capabilities.ToDictionary(row => row.Id, row => row.Code, StringComparer.Ordinal), bundles.ToDictionary(row => row.Id, row => row.Name, StringComparer.Ordinal));
        grantRows = grants.ToDictionary(row => (nameOf[row.BundleId], codeOf[row.CapabilityId]));
    }

    /// <summary>What the rows say.</summary>
    public required RegistryState State { get; init; }

    /// <summary>Reads the registry, to look at it or, with its rows tracked, to change it.</summary>
    public static async Task<RegistryStore> Read(CapabilitiesDbContext db, bool toChange, CancellationToken ct)
    {
        var tracking = toChange ? QueryTrackingBehavior.TrackAll : QueryTrackingBehavior.NoTracking;
        var capabilities = await db.Capabilities.AsTracking(tracking).ToListAsync(ct);
        var bundles = await db.Bundles.AsTracking(tracking).ToListAsync(ct);
        var grants = await db.BundleCaps.AsTracking(tracking).ToListAsync(ct);
        var entitlements = await db.Entitlements.AsTracking(tracking).ToListAsync(ct);
        var multipliers = await db.Multipliers.AsTracking(tracking).ToListAsync(ct);
        var prices = await db.Prices.AsTracking(tracking).ToListAsync(ct);
        var freezes = await db.Freezes.AsTracking(tracking).ToListAsync(ct);
        var settings = await db.Settings.AsTracking(tracking).ToListAsync(ct);
        var codeOf = capabilities.ToDictionary(row => row.Id, row => row.Code, StringComparer.Ordinal);
        var byBundle = grants.ToLookup(row => row.BundleId, StringComparer.Ordinal);
        return new(db, capabilities, bundles, grants)
        {
            State = new()
            {
                Capabilities = capabilities.ToImmutableSortedDictionary(row => row.Code, row => new CapabilityState(row.Risk, row.Description), StringComparer.Ordinal),
                Bundles = bundles.ToImmutableSortedDictionary(
                    row => row.Name,
                    row => byBundle[row.Id].ToImmutableSortedDictionary(grant => codeOf[grant.CapabilityId], grant => new Grant(grant.Scope, grant.Viewer), StringComparer.Ordinal),
                    StringComparer.Ordinal),
                Entitlements = entitlements.ToImmutableSortedDictionary(row => (row.Plan, row.Metric), row => new Entitlement(row.TimeWindow, row.Quota.Value, row.HardLimit.Value)),
                Multipliers = multipliers.ToImmutableSortedDictionary(row => row.FromAmount.Value, row => row.Multiplier.Value),
                Prices = prices.ToImmutableSortedDictionary(row => row.Item, row => new Price(row.Item, row.Unit, row.Price1T.Value), StringComparer.Ordinal),
                Freezes = freezes.ToImmutableSortedDictionary(row => row.Capability, row => new Freeze(row.Until, row.Reason), StringComparer.Ordinal),
                Settings = settings.ToImmutableSortedDictionary(row => row.Name, row => row.Value, StringComparer.Ordinal),
            },
        };
    }

    /// <summary>Writes what another state has otherwise, and notes it line by line.</summary>
    public void Write(RegistryState after, RegistryJournal journal)
    {
        foreach (var change in State.DiffTo(after))
        {
            switch (change.Kind)
            {
                case "grant":
                    WriteGrant(change, after, journal);
                    break;
                case "entitlement":
                    WriteEntitlement(change, after, journal);
                    break;
                case "multiplier":
                    var from = Quantity.Of(State.Multipliers.Keys.Concat(after.Multipliers.Keys).First(key => RegistryState.Text(key) == change.Target));
                    Replace(db.Multipliers.Local, row => row.FromAmount == from, after.Multipliers.TryGetValue(from.Value, out var multiplier) ? new MultiplierRow { FromAmount = from, Multiplier = Quantity.Of(multiplier) } : null);
                    journal.Note(change);
                    break;
                case "price":
                    Replace(db.Prices.Local, row => row.Item == change.Target, after.Prices.TryGetValue(change.Target, out var price) ? new PriceRow { Item = price.Item, Unit = price.Unit, Price1T = Quantity.Of(price.Price1T) } : null);
                    journal.Note(change);
                    break;
                case "freeze":
                    WriteFreeze(change, after, journal);
                    break;
                case "setting":
                    Replace(db.Settings.Local, row => row.Name == change.Target, after.Settings.TryGetValue(change.Target, out var value) ? new SettingRow { Name = change.Target, Value = value } : null);
                    journal.Note(change);
                    break;
                default:
                    throw new InvalidOperationException($"No operation changes a {change.Kind}");
            }
        }
    }

    private void WriteGrant(RegistryChange change, RegistryState after, RegistryJournal journal)
    {
        var (name, code) = change.Target.Split(' ') is [var first, var second] ? (first, second) : throw new InvalidOperationException(change.Target);
        if (!bundleRows.TryGetValue(name, out var bundle))
        {
            bundleRows[name] = bundle = journal.Add(name, RegistrySeeder.KindOf(name));
        }

        grantRows.TryGetValue((name, code), out var old);
        if (!after.Bundles[name].TryGetValue(code, out var grant))
        {
            db.Remove(old!);
        }
        else
        {
            var fresh = new BundleCapRow { BundleId = bundle.Id, CapabilityId = capabilityRows[code].Id, Scope = grant.Scope, Viewer = grant.Viewer };
            if (old is null)
            {
                db.Add(fresh);
            }
            else
            {
                db.Entry(old).CurrentValues.SetValues(fresh);
            }
        }

        journal.Note(change, bundle, code);
    }

    private void WriteFreeze(RegistryChange change, RegistryState after, RegistryJournal journal)
    {
        Freeze? freeze = after.Freezes.TryGetValue(change.Target, out var given) ? given : null;
        Replace(db.Freezes.Local, row => row.Capability == change.Target, freeze is { } now ? new FreezeRow { Capability = change.Target, Until = now.Until, Reason = now.Why } : null);
        journal.Note(change, capabilityRows[change.Target], freeze);
    }

    private void WriteEntitlement(RegistryChange change, RegistryState after, RegistryJournal journal)
    {
        var key = after.Entitlements.Keys.First(key => $"{key.Plan} {key.Metric}" == change.Target);
        var given = after.Entitlements[key];
        Replace(
            db.Entitlements.Local,
            row => row.Plan == key.Plan && row.Metric == key.Metric,
            new EntitlementRow { Plan = key.Plan, Metric = key.Metric, TimeWindow = given.Window, Quota = Quantity.Of(given.Quota), HardLimit = Quantity.Of(given.HardLimit) });
        journal.Note(change, bundleRows[BundleNames.Plan(key.Plan)]);
    }

    private void Replace<TRow>(Microsoft.EntityFrameworkCore.ChangeTracking.LocalView<TRow> known, Func<TRow, bool> which, TRow? fresh)
        where TRow : class
    {
        var old = known.FirstOrDefault(which);
        if (old is null)
        {
            db.Add(fresh!);
        }
        else if (fresh is null)
        {
            db.Remove(old);
        }
        else
        {
            db.Entry(old).CurrentValues.SetValues(fresh);
        }
    }
}
