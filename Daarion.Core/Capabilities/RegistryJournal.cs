using System.Text.Json;
using Daarion.Core.Capabilities.Changes;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Capabilities;

/// <summary>One change of the registry on its way to becoming a version: its lines, the bundles it touches, the events it causes.</summary>
internal sealed class RegistryJournal
{
    private const long AdvisoryLock = 0x6461_6172_7265_6701;
    private readonly CapabilitiesDbContext db;
    private readonly List<RegistryChange> changes = [];
    private readonly Dictionary<BundleRow, (List<string> Added, List<string> Removed)> bundles = [];
    private readonly List<CapabilityRow> capabilities = [];
    private readonly List<(CapabilityRow Capability, Freeze? Freeze)> freezes = [];

    private RegistryJournal(CapabilitiesDbContext db, long version) => (this.db, Version) = (db, version);

    /// <summary>The version this change becomes.</summary>
    public long Version { get; }

    /// <summary>What changed so far.</summary>
    public IReadOnlyList<RegistryChange> Changes => changes;

    /// <summary>True when nothing has changed so far.</summary>
    public bool IsEmpty => changes.Count == 0;

    /// <summary>Begins a change inside a transaction; changes of the registry come one after the other.</summary>
    public static async Task<RegistryJournal> Begin(CapabilitiesDbContext db, CancellationToken ct)
    {
        await using var command = await db.Command($"select pg_advisory_xact_lock({AdvisoryLock})", ct);
        await command.ExecuteNonQueryAsync(ct);
        return new RegistryJournal(db, (await db.Versions.MaxAsync(row => (long?)row.Version, ct) ?? 0) + 1);
    }

    /// <summary>A new capability.</summary>
    public CapabilityRow Add(string code, string description, CapabilityRisk risk)
    {
        var row = new CapabilityRow { Id = Id<CapabilityIdKind>.New(db.Now).Value, Code = code, Description = description, Risk = risk, Since = db.Now, SinceVersion = Version };
        db.Capabilities.Add(row);
        capabilities.Add(row);
        changes.Add(new("capability", code, null, Words.Of(risk)));
        return row;
    }

    /// <summary>A new bundle.</summary>
    public BundleRow Add(string name, BundleKind kind)
    {
        var row = new BundleRow { Id = Id<BundleIdKind>.New(db.Now).Value, Name = name, Kind = kind, Version = Version };
        db.Bundles.Add(row);
        changes.Add(new("bundle", name, null, Words.Of(kind)));
        return row;
    }

    /// <summary>A bundle holds a capability more.</summary>
    public void Give(BundleRow bundle, CapabilityRow capability, DecisionScope scope, ViewerType? viewer)
    {
        db.BundleCaps.Add(new BundleCapRow { BundleId = bundle.Id, CapabilityId = capability.Id, Scope = scope, Viewer = viewer });
        Touch(bundle).Added.Add(scope == DecisionScope.Own ? $"{capability.Code}:own" : capability.Code);
        changes.Add(new("grant", $"{bundle.Name} {capability.Code}", null, RegistryState.Text(new Grant(scope, viewer))));
    }

    /// <summary>A bundle holds a capability less.</summary>
    public void Take(BundleRow bundle, BundleCapRow grant, string code)
    {
        db.BundleCaps.Remove(grant);
        Touch(bundle).Removed.Add(code);
        changes.Add(new("grant", $"{bundle.Name} {code}", RegistryState.Text(new Grant(grant.Scope, grant.Viewer)), null));
    }

    /// <summary>A line of a change that was made on the registry as a value.</summary>
    public void Note(RegistryChange change) => changes.Add(change);

    /// <summary>A line that is about a bundle, or about a plan.</summary>
    public void Note(RegistryChange change, BundleRow bundle, string? code = null)
    {
        changes.Add(change);
        var (added, removed) = Touch(bundle);
        if (code is not null)
        {
            (change.After is null ? removed : added).Add(change.After?.StartsWith(Words.Of(DecisionScope.Own), StringComparison.Ordinal) ?? false ? $"{code}:own" : code);
        }
    }

    /// <summary>A line about a capability that is frozen, or free again.</summary>
    public void Note(RegistryChange change, CapabilityRow capability, Freeze? freeze)
    {
        changes.Add(change);
        freezes.Add((capability, freeze));
    }

    /// <summary>Something else of the registry is new.</summary>
    public void Note(string kind, string target, string after) => changes.Add(new(kind, target, null, after));

    /// <summary>Makes the change a version. A first seed publishes nothing: nobody could have missed it.</summary>
    public void Close(string cause, string? causeId, IReadOnlyList<RegistryOperation>? inverse = null)
    {
        db.Versions.Add(new RegistryVersionRow
        {
            Version = Version,
            At = db.Now,
            Cause = cause,
            CauseId = causeId,
            By = db.Operation.Caller.Actor.Id,
            Diff = JsonSerializer.Serialize(changes, CityJson.Options),
            Inverse = JsonSerializer.Serialize(inverse ?? [], CityJson.Sparse),
        });
        foreach (var bundle in bundles.Keys)
        {
            bundle.Version = Version;
        }

        if (Version == 1)
        {
            return;
        }

        foreach (var row in capabilities)
        {
            db.Publish(new CapabilityCreated(row.Id, row.Code, row.Risk, Version), row.Id);
        }

        foreach (var (row, freeze) in freezes)
        {
            db.Publish(new CapabilityUpdated(row.Id, row.Code, freeze is not null, freeze?.Until, Version), row.Id);
        }

        foreach (var (bundle, (added, removed)) in bundles)
        {
            db.Publish(new BundleUpdated(bundle.Id, bundle.Name, added, removed, Version), bundle.Id);
        }
    }

    private (List<string> Added, List<string> Removed) Touch(BundleRow bundle) =>
        bundles.TryGetValue(bundle, out var lists) ? lists : bundles[bundle] = ([], []);
}
