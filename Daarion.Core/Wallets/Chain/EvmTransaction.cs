using System.Numerics;

namespace Daarion.Core.Wallets.Chain;

/// <summary>A transaction of type 2 (EIP-1559) that calls a contract.</summary>
/// <param name="ChainId">Of which chain.</param>
/// <param name="Nonce">Its place among the signer's.</param>
/// <param name="MaxPriorityFee">What the block's maker gets at most, in wei for a unit of gas.</param>
/// <param name="MaxFee">What is paid at most, in wei for a unit of gas.</param>
/// <param name="Gas">Units of gas at most.</param>
/// <param name="To">The contract.</param>
/// <param name="Data">The call.</param>
internal sealed record EvmTransaction(long ChainId, long Nonce, BigInteger MaxPriorityFee, BigInteger MaxFee, long Gas, EvmAddress To, byte[] Data)
{
    private const byte Type = 2;

    /// <summary>Its bytes as they are sent, and the hash that it is known by.</summary>
    public (byte[] Raw, string Hash) Sign(EvmKey key)
    {
        var signature = key.Sign(Keccak.Hash([Type, .. Rlp.List(Fields())]));
        byte[] raw =
        [
            Type,
            .. Rlp.List([.. Fields(), Rlp.Number(signature.RecoveryId), Rlp.Number(Unsigned(signature.R)), Rlp.Number(Unsigned(signature.S))]),
        ];
        return (raw, $"0x{Convert.ToHexStringLower(Keccak.Hash(raw))}");
    }

    private static BigInteger Unsigned(Org.BouncyCastle.Math.BigInteger number) => new(number.ToByteArrayUnsigned(), isUnsigned: true, isBigEndian: true);

    private List<byte[]> Fields() =>
    [
        Rlp.Number(ChainId), Rlp.Number(Nonce), Rlp.Number(MaxPriorityFee), Rlp.Number(MaxFee), Rlp.Number(Gas), Rlp.Text(To.Bytes), Rlp.Number(0), Rlp.Text(Data), Rlp.List(),
    ];
}

/// <summary>Calls of a token (ERC-20).</summary>
internal static class Erc20
{
    private const int Word = 32;
    private static readonly byte[] TransferSelector = Convert.FromHexString("a9059cbb");

    /// <summary>What asks for the token's decimals.</summary>
    public const string Decimals = "0x313ce567";

    /// <summary>Moves so many of the token's smallest units.</summary>
    public static byte[] Transfer(EvmAddress to, BigInteger units)
    {
        var amount = units.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. TransferSelector, .. new byte[Word - 20], .. to.Bytes, .. new byte[Word - amount.Length], .. amount];
    }

    /// <summary>An amount in the token's smallest units; null where it does not come out whole.</summary>
    public static BigInteger? Units(decimal amount, int decimals)
    {
        const int Places = 9;
        var nanos = (BigInteger)(amount * 1_000_000_000m);
        if (decimals >= Places)
        {
            return nanos * BigInteger.Pow(10, decimals - Places);
        }

        var units = BigInteger.DivRem(nanos, BigInteger.Pow(10, Places - decimals), out var rest);
        return rest.IsZero ? units : null;
    }
}
