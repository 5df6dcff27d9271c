namespace Daarion.Core.Wallets.Chain;

/// <summary>Recursive length prefix, the form of a transaction's bytes (Ethereum yellow paper, appendix B).</summary>
internal static class Rlp
{
    private const byte TextOffset = 0x80;
    private const byte ListOffset = 0xc0;
    private const int Short = 55;

    /// <summary>A text of bytes.</summary>
    public static byte[] Text(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 1 && bytes[0] < TextOffset ? [bytes[0]] : [.. Length(bytes.Length, TextOffset), .. bytes];

    /// <summary>A whole number: its bytes without zeros in front; zero is empty.</summary>
    public static byte[] Number(System.Numerics.BigInteger number) => Text(number.IsZero ? [] : number.ToByteArray(isUnsigned: true, isBigEndian: true));

    /// <summary>A list of what is encoded already.</summary>
    public static byte[] List(params IReadOnlyList<byte[]> items)
    {
        var content = items.SelectMany(item => item).ToArray();
        return [.. Length(content.Length, ListOffset), .. content];
    }

    private static byte[] Length(int length, byte offset)
    {
        if (length <= Short)
        {
            return [(byte)(offset + length)];
        }

        var bytes = new System.Numerics.BigInteger(length).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [(byte)(offset + Short + bytes.Length), .. bytes];
    }
}
