using System.Security.Cryptography;
using Daarion.Core.Kernel;

namespace Daarion.Core.Auth;

/// <summary>A service key. Of its secrets only digests are kept; after a rotation the one before stays good for the overlap.</summary>
internal sealed class ServiceKey
{
    /// <summary>How long an old secret stays good at most.</summary>
    public const int MaxOverlapMinutes = 24 * 60;

    /// <summary>Capabilities of one key at most.</summary>
    public const int MaxCapabilities = 200;

    private ServiceKey()
    {
    }

    public AccessKeyId ClientId { get; private set; }

    public string Name { get; private set; } = string.Empty;

    public string[] Capabilities { get; private set; } = [];

    public byte[] SecretHash { get; private set; } = [];

    public byte[]? PreviousSecretHash { get; private set; }

    public DateTimeOffset? PreviousUntil { get; private set; }

    public string CreatedBy { get; private set; } = string.Empty;

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset? RotatedAt { get; private set; }

    public DateTimeOffset? ExpiresAt { get; private set; }

    public DateTimeOffset? RevokedAt { get; private set; }

    public DateTimeOffset? LastUsedAt { get; private set; }

    public string? LastUsedIp { get; private set; }

    public static (ServiceKey Key, string Secret) New(CreateServiceKey request, string by, DateTimeOffset at)
    {
        if (request.ExpiresAt <= at)
        {
            throw CityException.Invalid("expires_at", "Give a time to come.");
        }

        var secret = OneTimeToken.New();
        var key = new ServiceKey
        {
            ClientId = AccessKeyId.New(at),
            Name = Names.Checked(request.Name, "name"),
            Capabilities = [.. request.Capabilities.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            SecretHash = OneTimeToken.Digest(secret),
            CreatedBy = by,
            CreatedAt = at,
            ExpiresAt = request.ExpiresAt,
        };
        return (key, secret);
    }

    public bool IsGood(DateTimeOffset at) => RevokedAt is null && (ExpiresAt is null || at < ExpiresAt);

    /// <summary>True when a secret is the key's own now. Both digests are always compared.</summary>
    public bool Knows(string secret, DateTimeOffset at)
    {
        var digest = OneTimeToken.Digest(secret);
        var current = CryptographicOperations.FixedTimeEquals(digest, SecretHash);
        var previous = CryptographicOperations.FixedTimeEquals(digest, PreviousSecretHash ?? []) && at < PreviousUntil;
        return current || previous;
    }

    public string Rotate(TimeSpan overlap, DateTimeOffset at)
    {
        RequireGood(at);
        var secret = OneTimeToken.New();
        (PreviousSecretHash, PreviousUntil) = (SecretHash, at + overlap);
        (SecretHash, RotatedAt) = (OneTimeToken.Digest(secret), at);
        return secret;
    }

    public void Revoke(DateTimeOffset at)
    {
        if (RevokedAt is not null)
        {
            throw CityException.Conflict("This key is revoked already.", "key_revoked");
        }

        RevokedAt = at;
    }

    public void NoteUse(string? ip, DateTimeOffset at) => (LastUsedAt, LastUsedIp) = (at, ip);

    public ServiceKeyView View(DateTimeOffset at) => new(
        ClientId, Name, Capabilities, CreatedBy, CreatedAt, RotatedAt, PreviousUntil > at ? PreviousUntil : null, ExpiresAt, RevokedAt, LastUsedAt, LastUsedIp);

    private void RequireGood(DateTimeOffset at)
    {
        if (!IsGood(at))
        {
            throw CityException.Conflict("This key is no longer good; make a new one.", "key_revoked");
        }
    }
}
