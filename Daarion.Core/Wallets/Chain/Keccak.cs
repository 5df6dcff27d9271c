using Org.BouncyCastle.Crypto.Digests;

namespace Daarion.Core.Wallets.Chain;

/// <summary>Keccak-256 as Ethereum has it: before the padding of SHA-3 was changed.</summary>
internal static class Keccak
{
    private const int Bits = 256;

    public static byte[] Hash(ReadOnlySpan<byte> data)
    {
        var digest = new KeccakDigest(Bits);
        digest.BlockUpdate(data);
        var hash = new byte[Bits / 8];
        digest.DoFinal(hash);
        return hash;
    }
}
