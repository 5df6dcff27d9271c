using System.Text;
using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;

namespace Daarion.Core.Wallets.Chain;

/// <summary>A signature of secp256k1: both numbers, and which of the two points it was (SEC 1).</summary>
internal readonly record struct EvmSignature(BigInteger R, BigInteger S, int RecoveryId);

/// <summary>A private key of secp256k1. It never leaves this object: it signs, and says its address.</summary>
internal sealed class EvmKey
{
    private const int KeyBytes = 32;
    private static readonly Org.BouncyCastle.Asn1.X9.X9ECParameters Curve = SecNamedCurves.GetByName("secp256k1");
    private static readonly ECDomainParameters Domain = new(Curve.Curve, Curve.G, Curve.N, Curve.H);
    private static readonly BigInteger HalfOrder = Curve.N.ShiftRight(1);
    private readonly ECPrivateKeyParameters key;

    private EvmKey(BigInteger secret)
    {
        key = new ECPrivateKeyParameters(secret, Domain);
        Address = AddressOf(Domain.G.Multiply(secret).Normalize());
    }

    /// <summary>Whose it is.</summary>
    public EvmAddress Address { get; }

    /// <summary>Reads a key of 64 hexadecimal digits, with or without 0x; null where it is none.</summary>
    public static EvmKey? Read(string text)
    {
        var digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        if (digits.Length != KeyBytes * 2 || !digits.AsSpan().ContainsOnlyHex())
        {
            return null;
        }

        var secret = new BigInteger(digits, 16);
        return secret.SignValue > 0 && secret.CompareTo(Domain.N) < 0 ? new EvmKey(secret) : null;
    }

    /// <summary>Signs a hash: the same number for the same hash (RFC 6979), in the lower half of the order (EIP-2).</summary>
    public EvmSignature Sign(byte[] hash)
    {
        var signer = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
        signer.Init(true, key);
        var (r, s) = signer.GenerateSignature(hash) is [var first, var second] ? (first, second) : throw new InvalidOperationException("A signature has two numbers.");
        s = s.CompareTo(HalfOrder) > 0 ? Domain.N.Subtract(s) : s;
        for (var id = 0; id < 4; id++)
        {
            if (Recover(hash, new(r, s, id)) == Address)
            {
                return new(r, s, id);
            }
        }

        throw new InvalidOperationException("The signature leads to no key.");
    }

    /// <summary>Who signed a hash; null where nobody can have.</summary>
    public static EvmAddress? Recover(byte[] hash, EvmSignature signature)
    {
        var (r, s, id) = signature;
        if (id is < 0 or > 3 || r.SignValue <= 0 || s.SignValue <= 0 || r.CompareTo(Domain.N) >= 0 || s.CompareTo(HalfOrder) > 0)
        {
            return null;
        }

        var x = id >= 2 ? r.Add(Domain.N) : r;
        if (x.CompareTo(Domain.Curve.Field.Characteristic) >= 0)
        {
            return null;
        }

        ECPoint point;
        try
        {
            point = Domain.Curve.DecodePoint([(byte)(2 + (id & 1)), .. Fixed(x)]);
        }
        catch (ArgumentException)
        {
            return null;
        }

        var inverse = r.ModInverse(Domain.N);
        var e = new BigInteger(1, hash);
        var found = ECAlgorithms.SumOfTwoMultiplies(Domain.G, inverse.Multiply(e.Negate()).Mod(Domain.N), point, inverse.Multiply(s).Mod(Domain.N)).Normalize();
        return found.IsInfinity ? null : AddressOf(found);
    }

    /// <summary>Who signed a message of a wallet's owner (EIP-191, version E): 65 bytes of signature as hexadecimal text; null where nobody did.</summary>
    public static EvmAddress? SignerOf(string message, string signature)
    {
        var digits = signature.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? signature[2..] : signature;
        if (digits.Length != 130 || !digits.AsSpan().ContainsOnlyHex())
        {
            return null;
        }

        var bytes = Convert.FromHexString(digits);
        var id = bytes[64] >= 27 ? bytes[64] - 27 : bytes[64];
        return Recover(MessageHash(message), new(new BigInteger(1, bytes, 0, KeyBytes), new BigInteger(1, bytes, KeyBytes, KeyBytes), id));
    }

    /// <summary>What a wallet signs for a message: its length is in front, so that it can be nothing else than a message.</summary>
    public static byte[] MessageHash(string message)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        return Keccak.Hash([.. Encoding.UTF8.GetBytes($"\u0019Ethereum Signed Message:\n{bytes.Length}"), .. bytes]);
    }

    private static byte[] Fixed(BigInteger number)
    {
        var bytes = number.ToByteArrayUnsigned();
        return [.. new byte[KeyBytes - bytes.Length], .. bytes];
    }

    private static EvmAddress AddressOf(ECPoint point) => EvmAddress.Of(Keccak.Hash(point.GetEncoded(false).AsSpan(1)).AsSpan(12));
}
