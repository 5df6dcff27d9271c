using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Daarion.Core.Kernel;

/// <summary>Secrets given out once: 32 random bytes in URL-safe text. The city keeps their SHA-256 digest only.</summary>
public static class OneTimeToken
{
    private const int MaxLength = 256;

    /// <summary>A new secret.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is kept of a secret. A text that cannot be one has a digest too, that no secret has.</summary>
    public static byte[] Digest(string? token) => SHA256.HashData(Encoding.UTF8.GetBytes(token is { Length: <= MaxLength } ? token : string.Empty));
}
