using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities.AccessKeys;

/// <summary>An access key. Of its secrets only digests are kept; after a rotation the one before stays good for the overlap.</summary>
public sealed class AccessKey
{
    /// <summary>How long a key is good where nothing is said.</summary>
    public static readonly TimeSpan UsualLife = TimeSpan.FromDays(90);

    /// <summary>How long a key is good at most.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(365);

    /// <summary>How long a key is good at least.</summary>
    public static readonly TimeSpan ShortestLife = TimeSpan.FromMinutes(1);

    /// <summary>How long an old secret stays good at most.</summary>
    public static readonly TimeSpan LongestOverlap = TimeSpan.FromHours(24);

    /// <summary>How often a use is written down at most.</summary>
    public static readonly TimeSpan UseEvery = TimeSpan.FromMinutes(1);

    private AccessKey()
    {
    }

    /// <summary><c>ak_…</c>.</summary>
    public AccessKeyId Id { get; private set; }

    /// <summary>What people call it.</summary>
    public string Name { get; private set; } = string.Empty;

    /// <summary>What kind of subject it stands for.</summary>
    public SubjectKind SubjectKind { get; private set; }

    /// <summary>Which one.</summary>
    public string SubjectId { get; private set; } = string.Empty;

    /// <summary>The team it reaches.</summary>
    public TeamId TeamId { get; private set; }

    /// <summary>The person it belongs to.</summary>
    public UserId OwnerId { get; private set; }

    /// <summary>SHA-256 of its secret.</summary>
    public byte[] SecretDigest { get; private set; } = [];

    /// <summary>That of the secret before.</summary>
    public byte[]? PreviousDigest { get; private set; }

    /// <summary>How long that one is good.</summary>
    public DateTimeOffset? PreviousUntil { get; private set; }

    /// <summary>Who made it.</summary>
    public string CreatedBy { get; private set; } = string.Empty;

    /// <summary>When.</summary>
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>When it ends by itself.</summary>
    public DateTimeOffset ExpiresAt { get; private set; }

    /// <summary>When its secret was changed.</summary>
    public DateTimeOffset? RotatedAt { get; private set; }

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? RevokedAt { get; private set; }

    /// <summary>By whom.</summary>
    public string? RevokedBy { get; private set; }

    /// <summary>Since when it is suspended.</summary>
    public DateTimeOffset? SuspendedAt { get; private set; }

    /// <summary>The anomaly it is suspended for.</summary>
    public AnomalyId? SuspendedFor { get; private set; }

    /// <summary>When it was last used, to a minute.</summary>
    public DateTimeOffset? LastUsedAt { get; private set; }

    /// <summary>From where.</summary>
    public string? LastUsedIp { get; private set; }

    /// <summary>Requests a minute.</summary>
    public int? Rate { get; private set; }

    /// <summary>Compute tokens a month.</summary>
    public Quantity? Budget1T { get; private set; }

    /// <summary>Addresses it may come from.</summary>
    public string[] Cidrs { get; private set; } = [];

    /// <summary>Capabilities it holds.</summary>
    public List<AccessKeyCap> Caps { get; private set; } = [];

    /// <summary>Bundles it holds.</summary>
    public List<AccessKeyBundle> Bundles { get; private set; } = [];

    /// <summary>Whom it stands for.</summary>
    public KeySubject Subject => KeySubject.Parse(SubjectId);

    /// <summary>Makes a key; its secret is in the answer and nowhere else.</summary>
    internal static (AccessKey Key, string Secret) New(KeyTerms terms, IEnumerable<CapabilityRow> capabilities, IEnumerable<BundleRow> bundles, string by, DateTimeOffset at)
    {
        var secret = OneTimeToken.New();
        var key = new AccessKey
        {
            Id = AccessKeyId.New(at),
            Name = terms.Name,
            SubjectKind = terms.Subject.Kind,
            SubjectId = terms.Subject.Value,
            TeamId = terms.TeamId,
            OwnerId = terms.Owner,
            SecretDigest = OneTimeToken.Digest(secret),
            CreatedBy = by,
            CreatedAt = at,
            ExpiresAt = at + terms.Life,
            Rate = terms.Rate,
            Budget1T = terms.Budget,
            Cidrs = [.. terms.Cidrs],
        };
        key.Caps.AddRange(capabilities.Select(row => new AccessKeyCap { KeyId = key.Id, CapabilityId = row.Id, Capability = row, Scope = terms.Caps[row.Code] }));
        key.Bundles.AddRange(bundles.Select(row => new AccessKeyBundle { KeyId = key.Id, BundleId = row.Id, Bundle = row }));
        return (key, key.Presented(secret));
    }

    /// <summary>The key for the PDP: who owns it may do with it what is their own.</summary>
    public ResourceRef AsResource() => new("access_key", Id.Value, TeamId, OwnerId.Value);

    /// <summary>How it stands.</summary>
    public AccessKeyStatus StatusAt(DateTimeOffset at) => RevokedAt is not null ? AccessKeyStatus.Revoked : ExpiresAt <= at ? AccessKeyStatus.Expired : SuspendedAt is not null ? AccessKeyStatus.Suspended : AccessKeyStatus.Active;

    /// <summary>What it holds by itself, each with its scope.</summary>
    public IReadOnlyList<string> Codes => [.. Caps.Select(cap => cap.Scope == DecisionScope.Own ? cap.Capability.Code + KeyTerms.OwnSuffix : cap.Capability.Code).Order(StringComparer.Ordinal)];

    /// <summary>Names of its bundles.</summary>
    public IReadOnlyList<string> BundleNames => [.. Bundles.Select(bundle => bundle.Bundle.Name).Order(StringComparer.Ordinal)];

    /// <summary>Gives it a new secret.</summary>
    internal string Rotate(TimeSpan overlap, DateTimeOffset at)
    {
        if (StatusAt(at) is not (AccessKeyStatus.Active or AccessKeyStatus.Suspended) and var status)
        {
            throw CityException.Conflict("This key is no longer good; make a new one.", status == AccessKeyStatus.Revoked ? Reasons.KeyRevoked : Reasons.KeyExpired);
        }

        var secret = OneTimeToken.New();
        (PreviousDigest, PreviousUntil) = (SecretDigest, at + overlap);
        (SecretDigest, RotatedAt) = (OneTimeToken.Digest(secret), at);
        return Presented(secret);
    }

    /// <summary>Ends it.</summary>
    internal void Revoke(string by, DateTimeOffset at)
    {
        if (RevokedAt is not null)
        {
            throw CityException.Conflict("This key is revoked already.", Reasons.KeyRevoked);
        }

        (RevokedAt, RevokedBy) = (at, by);
    }

    /// <summary>Suspends it, where it is good; false where it is not.</summary>
    internal bool Suspend(AnomalyId anomaly, DateTimeOffset at)
    {
        if (StatusAt(at) != AccessKeyStatus.Active)
        {
            return false;
        }

        (SuspendedAt, SuspendedFor) = (at, anomaly);
        return true;
    }

    /// <summary>Makes it good again.</summary>
    internal void Resume()
    {
        if (SuspendedAt is null)
        {
            throw CityException.Conflict("This key is not suspended.", "not_suspended");
        }

        (SuspendedAt, SuspendedFor) = (null, null);
    }

    /// <summary>The key as callers see it.</summary>
    public AccessKeyView View(DateTimeOffset at) => new(
        Id, Name, Subject, SubjectKind, TeamId, OwnerId, BundleNames, Codes, StatusAt(at), CreatedBy, CreatedAt, ExpiresAt, RotatedAt, PreviousUntil > at ? PreviousUntil : null, RevokedAt,
        LastUsedAt, LastUsedIp, Rate, Budget1T, Cidrs, SuspendedAt, SuspendedFor);

    private string Presented(string secret) => $"{Id.Value}.{secret}";
}

/// <summary>A capability that a key holds by itself.</summary>
public sealed class AccessKeyCap
{
    /// <summary>The key.</summary>
    public required AccessKeyId KeyId { get; init; }

    /// <summary>The capability.</summary>
    public required string CapabilityId { get; init; }

    /// <summary>For everything, or only for what is the owner's own.</summary>
    public DecisionScope Scope { get; init; }

    /// <summary>The capability's row.</summary>
    public CapabilityRow Capability { get; init; } = null!;
}

/// <summary>A bundle that a key holds.</summary>
public sealed class AccessKeyBundle
{
    /// <summary>The key.</summary>
    public required AccessKeyId KeyId { get; init; }

    /// <summary>The bundle.</summary>
    public required string BundleId { get; init; }

    /// <summary>The bundle's row.</summary>
    public BundleRow Bundle { get; init; } = null!;
}
