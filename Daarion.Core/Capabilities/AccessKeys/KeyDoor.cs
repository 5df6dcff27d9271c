using System.Security.Cryptography;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Capabilities.AccessKeys;

/// <summary>
/// Knows a key by its secret. A wrong secret, a key that never was and a key that is no longer good cost the same: both facts are looked up and both
/// digests compared, whatever came out before.
/// </summary>
internal sealed class KeyDoor(FactCache facts, IDisabledPeople disabled, KeyUses uses)
{
    private const int MaxLength = 128;
    private static readonly AccessKeyProof Wrong = new(false, null, null, null);
    private static readonly SecretFact Nobody = new(RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes), null, null);

    public async Task<AccessKeyProof> Verify(string presented, string? ip, DateTimeOffset at, CancellationToken ct)
    {
        if (presented.Length > MaxLength || presented.Split('.') is not [var text, { Length: > 0 } secret] || !AccessKeyId.TryParse(text, out var id))
        {
            return Wrong;
        }

        var digest = OneTimeToken.Digest(secret);
        var kept = await facts.Secrets.Get(id.Value, facts.MaxAge, ct);
        var key = await facts.Keys.Get(id.Value, facts.MaxAge, ct);
        if (!Knows(kept ?? Nobody, digest, at) || kept is null || key?.Access is not { } grant)
        {
            return Wrong;
        }

        if (key.IsEnded || key.ExpiresAt <= at)
        {
            return Wrong with { Reason = key.IsEnded ? Reasons.KeyRevoked : Reasons.KeyExpired };
        }

        if (grant.SubjectKind == SubjectKind.User && await disabled.Include(grant.Owner, ct))
        {
            return Wrong;
        }

        uses.Note(id, ip, at);
        return new AccessKeyProof(true, null, id, KeySubject.Parse(grant.SubjectId));
    }

    private static bool Knows(SecretFact kept, byte[] digest, DateTimeOffset at)
    {
        var current = CryptographicOperations.FixedTimeEquals(digest, kept.Digest);
        var previous = CryptographicOperations.FixedTimeEquals(digest, kept.Previous ?? Nobody.Digest) & at < kept.PreviousUntil;
        return current | previous;
    }
}
