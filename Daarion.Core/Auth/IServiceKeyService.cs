using Daarion.Core.Kernel;

namespace Daarion.Core.Auth;

/// <summary>Service keys: client credentials with which programs call the internal listener (seed 4.16). A key holds exactly the capabilities it was given.</summary>
public interface IServiceKeyService
{
    /// <summary>
    /// Makes a key; its secret is in this answer and nowhere else. Capability <c>auth.service_key.manage</c>. Event <c>auth.service_key.created</c>.
    /// Refuses capabilities the city does not know, and those that the caller does not hold for the whole city, unless the caller holds
    /// <c>auth.service_key.give_more</c> (the city's Owner, and the terminal).
    /// </summary>
    [TimeLimit(30)]
    Task<ServiceKeySecret> Create(Caller caller, CreateServiceKey request, CancellationToken ct);

    /// <summary>Gives a key a new secret; the old one stays good for the overlap. Capability <c>auth.service_key.manage</c>; whoever gets the secret must be one who could make such a key. Event <c>auth.service_key.rotated</c>.</summary>
    Task<ServiceKeySecret> Rotate(Caller caller, RotateServiceKey request, CancellationToken ct);

    /// <summary>Revokes a key: secrets, and tokens given out for it, are refused before this returns. Capability <c>auth.service_key.manage</c>. Event <c>auth.service_key.revoked</c>.</summary>
    Task<ServiceKeyView> Revoke(Caller caller, RevokeServiceKey request, CancellationToken ct);

    /// <summary>Keys, newest first. Capability <c>auth.service_key.read</c>.</summary>
    Task<Page<ServiceKeyView>> List(Caller caller, ListServiceKeys request, CancellationToken ct);

    /// <summary>One key. Capability <c>auth.service_key.read</c>.</summary>
    Task<ServiceKeyView> Get(Caller caller, GetServiceKey request, CancellationToken ct);

    /// <summary>Whether a secret is a key's own, for the token endpoint. Allowed by the proof itself; notes the use.</summary>
    Task<ServiceKeyProof> Verify(Caller caller, VerifyServiceKey request, CancellationToken ct);
}

/// <summary>A new key.</summary>
/// <param name="Name">1 to 80 characters; what people call it.</param>
/// <param name="Capabilities">What it shall hold.</param>
/// <param name="ExpiresAt">When it ends by itself; never when null.</param>
public sealed record CreateServiceKey(string Name, IReadOnlyList<string> Capabilities, DateTimeOffset? ExpiresAt = null);

/// <summary>Which key.</summary>
/// <param name="ClientId">The key.</param>
/// <param name="OverlapMinutes">How long the old secret stays good: 0 to 1440.</param>
public sealed record RotateServiceKey(AccessKeyId ClientId, int OverlapMinutes = 60);

/// <summary>Which key.</summary>
public sealed record RevokeServiceKey(AccessKeyId ClientId);

/// <summary>Which keys.</summary>
/// <param name="Page">How many, from where.</param>
/// <param name="IncludeRevoked">Also those that were revoked.</param>
public sealed record ListServiceKeys(PageRequest Page, bool IncludeRevoked = false);

/// <summary>Which key.</summary>
public sealed record GetServiceKey(AccessKeyId ClientId);

/// <summary>A key and a secret said to be its own.</summary>
public sealed record VerifyServiceKey(string ClientId, string ClientSecret);

/// <summary>What verifying came to.</summary>
/// <param name="Good">The secret is the key's own, and the key is neither revoked nor expired.</param>
/// <param name="Name">What people call the key.</param>
/// <param name="Capabilities">What it holds; empty where it is not good.</param>
public sealed record ServiceKeyProof(bool Good, string? Name, IReadOnlyList<string> Capabilities);

/// <summary>A key and its secret, shown once.</summary>
public sealed record ServiceKeySecret(AccessKeyId ClientId, string ClientSecret, ServiceKeyView Key);

/// <summary>A key.</summary>
/// <param name="ClientId">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Capabilities">What it holds.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="RotatedAt">When its secret was changed.</param>
/// <param name="OverlapUntil">How long the secret before is still good.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
/// <param name="RevokedAt">When it was revoked.</param>
/// <param name="LastUsedAt">When a token was last asked for.</param>
/// <param name="LastUsedIp">From where.</param>
public sealed record ServiceKeyView(
    AccessKeyId ClientId, string Name, IReadOnlyList<string> Capabilities, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? RotatedAt,
    DateTimeOffset? OverlapUntil, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt, string? LastUsedIp);
