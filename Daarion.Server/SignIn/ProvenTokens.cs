using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Daarion.Server.Gateway;

namespace Daarion.Server.SignIn;

/// <summary>
/// Access tokens of service keys whose signature was verified a moment ago. A token says the same as long as it is good, and whether its key still is, the PDP
/// asks at every decision: so a program that calls many times a second has its signature verified once in a while. Kept by digest, so that no token lies
/// about in memory, and no longer than half a minute, so that one whose signing key was taken away ends soon.
/// </summary>
internal sealed class ProvenTokens(TimeProvider clock)
{
    /// <summary>Tokens kept at most; beyond that all are let go and verified again.</summary>
    public const int Capacity = 10_000;

    /// <summary>How long a proof is good.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<UInt128, (ServiceKeyToken Proof, DateTimeOffset Until)> tokens = new();

    /// <summary>What a token was found to say, where that was a moment ago and it has not ended since.</summary>
    public ServiceKeyToken? Find(string token) => tokens.TryGetValue(Digest(token), out var known) && clock.GetUtcNow() < known.Until ? known.Proof : null;

    /// <summary>Keeps what a token says.</summary>
    /// <param name="token">The token.</param>
    /// <param name="proof">What it says.</param>
    /// <param name="end">When it ends.</param>
    public void Keep(string token, ServiceKeyToken proof, DateTimeOffset end)
    {
        if (tokens.Count >= Capacity)
        {
            tokens.Clear();
        }

        var until = clock.GetUtcNow() + Fresh;
        tokens[Digest(token)] = (proof, end < until ? end : until);
    }

    private static UInt128 Digest(string token)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), digest);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
