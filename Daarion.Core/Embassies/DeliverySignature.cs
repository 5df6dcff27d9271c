using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Daarion.Core.Embassies;

/// <summary>
/// A platform's secret as keys. The secret is one printed text, <c>whsec_</c> and the base64 of 32 random bytes, for both styles:
/// <c>X-Signature</c> takes the whole text as UTF-8 bytes; Standard Webhooks takes the bytes behind <c>whsec_</c>, as its libraries do.
/// </summary>
public sealed class PlatformKey
{
    private const string Prefix = "whsec_";

    private PlatformKey(byte[] text, byte[] raw) => (Text, Raw) = (text, raw);

    /// <summary>The printed secret as UTF-8 bytes.</summary>
    public byte[] Text { get; }

    /// <summary>The bytes behind the prefix.</summary>
    public byte[] Raw { get; }

    /// <summary>A key that no platform has: what is checked against it takes as long as a real check and fails.</summary>
    public static PlatformKey Decoy { get; } = Of(NewSecret());

    /// <summary>A new secret.</summary>
    public static string NewSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>The keys of a secret.</summary>
    public static PlatformKey Of(string secret) => new(Encoding.UTF8.GetBytes(secret), Convert.FromBase64String(secret[Prefix.Length..]));
}

/// <summary>Signing and checking of deliveries, over the raw bytes, in constant time.</summary>
public static class DeliverySignature
{
    /// <summary>How far a delivery's time may be from the city's.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const int Length = HMACSHA256.HashSizeInBytes;
    private const int MaxHeader = 1024;
    private const int MaxSignatures = 8;

    /// <summary>
    /// Finds which secret made a signature. All keys are always tried, real or decoy, so that the time taken tells nothing about whether a
    /// platform or a previous secret exists.
    /// </summary>
    public static SignatureState Check(SignedDelivery delivery, PlatformKey? current, PlatformKey? previous, DateTimeOffset now)
    {
        var timestamp = delivery.Timestamp is { Length: > 0 and <= 20 } given ? given : "0";
        var fitsCurrent = Fits(delivery, timestamp, current ?? PlatformKey.Decoy) && current is not null;
        var fitsPrevious = Fits(delivery, timestamp, previous ?? PlatformKey.Decoy) && previous is not null;
        if (current is null)
        {
            return SignatureState.UnknownPlatform;
        }

        if (string.IsNullOrEmpty(delivery.Signature) || string.IsNullOrEmpty(delivery.Timestamp))
        {
            return SignatureState.Missing;
        }

        if (!fitsCurrent && !fitsPrevious)
        {
            return SignatureState.Mismatch;
        }

        return !InTime(timestamp, now) ? SignatureState.Stale : fitsCurrent ? SignatureState.Valid : SignatureState.ValidPrevious;
    }

    /// <summary>The header that signs a body: <c>X-Signature</c> without an id, <c>webhook-signature</c> with one.</summary>
    public static string Sign(PlatformKey key, string? webhookId, string timestamp, ReadOnlySpan<byte> body)
    {
        Span<byte> mac = stackalloc byte[Length];
        if (webhookId is null)
        {
            Mac(key.Text, $"{timestamp}.", body, mac);
            return $"sha256={Convert.ToHexStringLower(mac)}";
        }

        Mac(key.Raw, $"{webhookId}.{timestamp}.", body, mac);
        return $"v1,{Convert.ToBase64String(mac)}";
    }

    private static bool InTime(string timestamp, DateTimeOffset now) =>
        long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && Math.Abs(now.ToUnixTimeSeconds() - seconds) <= (long)Tolerance.TotalSeconds;

    private static bool Fits(SignedDelivery delivery, string timestamp, PlatformKey key)
    {
        Span<byte> expected = stackalloc byte[Length];
        if (delivery.WebhookId is null)
        {
            Mac(key.Text, $"{timestamp}.", delivery.Body.Span, expected);
            return MatchesHex(delivery.Signature, expected);
        }

        // A library decodes what is behind the prefix; a program written by hand often takes the text as it stands. Both know the secret.
        var signed = $"{delivery.WebhookId}.{timestamp}.";
        Span<byte> byText = stackalloc byte[Length];
        Mac(key.Raw, signed, delivery.Body.Span, expected);
        Mac(key.Text, signed, delivery.Body.Span, byText);
        return MatchesList(delivery.Signature, expected) | MatchesList(delivery.Signature, byText);
    }

    private static bool MatchesHex(string? header, ReadOnlySpan<byte> expected)
    {
        const string Scheme = "sha256=";
        Span<byte> given = stackalloc byte[Length];
        var readable = header is not null
            && header.Length == Scheme.Length + (Length * 2)
            && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && Convert.FromHexString(header.AsSpan(Scheme.Length), given, out _, out _) == OperationStatus.Done;
        return CryptographicOperations.FixedTimeEquals(given, expected) && readable;
    }

    private static bool MatchesList(string? header, ReadOnlySpan<byte> expected)
    {
        const string Version = "v1,";
        var found = false;
        if (header is null or { Length: > MaxHeader })
        {
            return found;
        }

        Span<byte> given = stackalloc byte[Length];
        var left = MaxSignatures;
        foreach (var range in header.AsSpan().Split(' '))
        {
            var one = header.AsSpan(range);
            if (left-- > 0 && one.StartsWith(Version, StringComparison.Ordinal))
            {
                given.Clear();
                var readable = Convert.TryFromBase64Chars(one[Version.Length..], given, out var written) && written == Length;
                found |= CryptographicOperations.FixedTimeEquals(given, expected) && readable;
            }
        }

        return found;
    }

    private static void Mac(byte[] key, string signedPrefix, ReadOnlySpan<byte> body, Span<byte> mac)
    {
        const int OnStack = 1024;
        var prefixLength = Encoding.UTF8.GetByteCount(signedPrefix);
        var length = prefixLength + body.Length;
        var rented = length > OnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        var data = rented is null ? stackalloc byte[OnStack] : rented;
        Encoding.UTF8.GetBytes(signedPrefix, data);
        body.CopyTo(data[prefixLength..]);
        HMACSHA256.HashData(key, data[..length], mac);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
