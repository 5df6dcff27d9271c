using System.Text.Json.Serialization;
using Daarion.Core.Kernel;

namespace Daarion.Core.Capabilities.AccessKeys;

/// <summary>
/// Access keys (access §4): with one, a person's program, an agent or an integration calls the public API as <c>Authorization: Bearer ak_….…</c>. A key
/// reaches one team, holds what it was given, and never more than whoever it belongs to.
/// </summary>
public interface IAccessKeyService
{
    /// <summary>
    /// Makes a key; its secret is in this answer and nowhere else. Capability <c>access_key.create</c>: Owners and Guardians for agents and integrations, everybody
    /// for themselves, nobody by an access key. Event <c>access_key.created</c>. Refuses with <c>invalid_payload</c> what whoever it shall belong to does not hold, and
    /// <c>wallet.*</c> and <c>governance.*</c> for agents.
    /// </summary>
    Task<AccessKeySecret> Create(Caller caller, CreateAccessKey request, CancellationToken ct);

    /// <summary>
    /// Gives a key a new secret; the old one stays good for the overlap. Capability <c>access_key.rotate</c>; a person's key is rotated by that person alone, and
    /// whoever gets another's secret must hold all that it opens. Event <c>access_key.rotated</c>.
    /// </summary>
    Task<AccessKeySecret> Rotate(Caller caller, RotateAccessKey request, CancellationToken ct);

    /// <summary>Revokes a key: it is refused here before this returns, and on other replicas within a second. Capability <c>access_key.revoke</c>. Event <c>access_key.revoked</c>.</summary>
    Task<AccessKeyView> Revoke(Caller caller, RevokeAccessKey request, CancellationToken ct);

    /// <summary>
    /// Makes a suspended key good again. Capability <c>access_key.revoke</c>; no access key does it. Event <c>access_key.resumed</c>. Refused with <c>conflict</c> where it
    /// is not suspended.
    /// </summary>
    Task<AccessKeyView> Resume(Caller caller, ResumeAccessKey request, CancellationToken ct);

    /// <summary>Keys of a team, newest first; of all teams where none is named. Capability <c>access_key.read</c>; who holds it for their own only sees those that belong to them.</summary>
    Task<Page<AccessKeyView>> List(Caller caller, ListAccessKeys request, CancellationToken ct);

    /// <summary>One key. Capability <c>access_key.read</c>.</summary>
    Task<AccessKeyView> Get(Caller caller, GetAccessKey request, CancellationToken ct);

    /// <summary>Whether a secret is a key's own, for the door. Allowed by the proof itself; the use is noted afterwards.</summary>
    Task<AccessKeyProof> Verify(Caller caller, VerifyAccessKey request, CancellationToken ct);

    /// <summary>Writes down when a key was last used, at most once a minute whichever replicas it was used on. Capability <c>access_key.use</c>. Event <c>access_key.used</c>.</summary>
    Task<AccessKeyUse> NoteUse(Caller caller, NoteAccessKeyUse request, CancellationToken ct);
}

/// <summary>How a key stands.</summary>
public enum AccessKeyStatus
{
    /// <summary>It is good.</summary>
    Active,

    /// <summary>It was revoked.</summary>
    Revoked,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>It was used in an unusual way, and is refused until somebody has looked at it.</summary>
    Suspended,
}

/// <summary>A new key.</summary>
/// <param name="TeamId">The team it reaches.</param>
/// <param name="Name">1 to 80 characters; what people call it.</param>
/// <param name="Subject">Whom it stands for: <c>u_…</c>, <c>agent:&lt;name&gt;</c>, <c>integration:&lt;name&gt;</c>; whoever asks where it is not given.</param>
/// <param name="Bundles">Bundles it holds: <c>agent.*</c>, <c>integration.*</c>, <c>custom.*</c>. An agent's key for which nothing is said holds <c>agent.default</c>.</param>
/// <param name="Caps">Capabilities it holds beside them, each with <c>:own</c> where only for what is its owner's own.</param>
/// <param name="ExpiresIn">Seconds until it ends: 60 to 31536000 (365 days); 90 days where not given.</param>
/// <param name="Rate">Requests a minute; what the team's plan gives where not given.</param>
/// <param name="Budget1T">Compute tokens a month; no limit of its own where not given.</param>
/// <param name="Cidrs">Addresses it may come from, as networks (<c>192.0.2.0/24</c>); any where not given.</param>
/// <param name="Owner">The person an agent's or integration's key belongs to, where a service key makes it; the team's Owner where not given. Whoever makes a key as a person owns it.</param>
public sealed record CreateAccessKey(
    TeamId TeamId,
    string Name,
    KeySubject? Subject = null,
    IReadOnlyList<string>? Bundles = null,
    IReadOnlyList<string>? Caps = null,
    int? ExpiresIn = null,
    int? Rate = null,
    [property: JsonPropertyName("budget_1t")] Quantity? Budget1T = null,
    IReadOnlyList<string>? Cidrs = null,
    UserId? Owner = null);

/// <summary>Which key.</summary>
/// <param name="Id">The key.</param>
/// <param name="OverlapSeconds">How long the old secret stays good: 0 to 86400.</param>
public sealed record RotateAccessKey(AccessKeyId Id, int OverlapSeconds = 3600);

/// <summary>Which key.</summary>
/// <param name="Id">The key.</param>
public sealed record RevokeAccessKey(AccessKeyId Id);

/// <summary>Which key.</summary>
/// <param name="Id">The key.</param>
public sealed record ResumeAccessKey(AccessKeyId Id);

/// <summary>Which keys.</summary>
/// <param name="TeamId">Of this team.</param>
/// <param name="IncludeRevoked">Also those that were revoked.</param>
/// <param name="Page">How many, from where.</param>
public sealed record ListAccessKeys(TeamId? TeamId = null, bool IncludeRevoked = false, PageRequest? Page = null);

/// <summary>Which key.</summary>
/// <param name="Id">The key.</param>
public sealed record GetAccessKey(AccessKeyId Id);

/// <summary>A key and a secret said to be its own, as they were presented: <c>ak_….…</c>.</summary>
/// <param name="Presented">The text.</param>
public sealed record VerifyAccessKey(string Presented);

/// <summary>What verifying came to.</summary>
/// <param name="Good">The secret is the key's own, and the key is good.</param>
/// <param name="Reason"><c>key_revoked</c> or <c>key_expired</c> for a right secret of such a key; null for a wrong one, of which nothing is told.</param>
/// <param name="KeyId">The key; null where it is not good.</param>
/// <param name="Subject">Whom it stands for; null where it is not good.</param>
public sealed record AccessKeyProof(bool Good, string? Reason, AccessKeyId? KeyId, KeySubject? Subject);

/// <summary>That a key was used.</summary>
/// <param name="Id">The key.</param>
/// <param name="At">When.</param>
/// <param name="Ip">From where.</param>
public sealed record NoteAccessKeyUse(AccessKeyId Id, DateTimeOffset At, string? Ip);

/// <summary>Whether a use was written down.</summary>
/// <param name="Noted">False where one of the last minute is noted already.</param>
public sealed record AccessKeyUse(bool Noted);

/// <summary>A key and its secret, shown once.</summary>
/// <param name="Id">The key.</param>
/// <param name="Secret">What to present: <c>ak_….…</c>, the key's id and its secret.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
/// <param name="Key">The key.</param>
public sealed record AccessKeySecret(AccessKeyId Id, string Secret, DateTimeOffset ExpiresAt, AccessKeyView Key);

/// <summary>A key.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Subject">Whom it stands for.</param>
/// <param name="SubjectKind">A person, an agent or an integration.</param>
/// <param name="TeamId">The team it reaches.</param>
/// <param name="OwnerId">The person it belongs to: it never reaches further than they do.</param>
/// <param name="Bundles">Bundles it holds.</param>
/// <param name="Caps">Capabilities it holds beside them.</param>
/// <param name="Status">How it stands.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
/// <param name="RotatedAt">When its secret was changed.</param>
/// <param name="OverlapUntil">How long the secret before is still good.</param>
/// <param name="RevokedAt">When it was revoked.</param>
/// <param name="LastUsedAt">When it was last used, to a minute.</param>
/// <param name="LastUsedIp">From where.</param>
/// <param name="Rate">Requests a minute.</param>
/// <param name="Budget1T">Compute tokens a month.</param>
/// <param name="Cidrs">Addresses it may come from; empty for any.</param>
/// <param name="SuspendedAt">Since when it is suspended.</param>
/// <param name="SuspendedFor">The anomaly it is suspended for.</param>
public sealed record AccessKeyView(
    AccessKeyId Id,
    string Name,
    KeySubject Subject,
    SubjectKind SubjectKind,
    TeamId TeamId,
    UserId OwnerId,
    IReadOnlyList<string> Bundles,
    IReadOnlyList<string> Caps,
    AccessKeyStatus Status,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RotatedAt,
    DateTimeOffset? OverlapUntil,
    DateTimeOffset? RevokedAt,
    DateTimeOffset? LastUsedAt,
    string? LastUsedIp,
    int? Rate,
    [property: JsonPropertyName("budget_1t")] Quantity? Budget1T,
    IReadOnlyList<string> Cidrs,
    DateTimeOffset? SuspendedAt,
    AnomalyId? SuspendedFor);
