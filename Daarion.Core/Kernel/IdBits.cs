using System.Buffers.Binary;

namespace Daarion.Core.Kernel;

/// <summary>
/// An identifier as the 128 bits of its ULID, for tables that are asked often: it is compared where it lies, without a way to its text, and hashed in a few
/// steps. The hash is seeded by each process, so that nobody can choose identifiers that fall together.
/// </summary>
/// <typeparam name="TKind">The kind of identifier.</typeparam>
public readonly struct IdBits<TKind> : IEquatable<IdBits<TKind>>
    where TKind : IIdKind
{
    private const int BitsOfDigit = 5;
    private const int Half = 13;

    private static readonly byte[] Digits = MakeDigits();
    private readonly ulong high;
    private readonly ulong low;
    private readonly Form form;

    private IdBits(ulong high, ulong low, Form form) => (this.high, this.low, this.form) = (high, low, form);

    private enum Form : byte
    {
        Empty,
        WellKnown,
        Ulid,
    }

    /// <summary>The bits of an identifier.</summary>
    public static IdBits<TKind> Of(Id<TKind> id)
    {
        if (id.IsEmpty)
        {
            return default;
        }

        var digits = id.Value.AsSpan(TKind.Prefix.Length);
        if (digits.Length != 2 * Half)
        {
            return new(0, 0, Form.WellKnown);
        }

        // The first half are 63 bits, the second 65: its topmost bit goes to the first.
        var (first, middle, second) = (Read(digits[..Half]), (ulong)Digits[digits[Half] & 0x7F], Read(digits[(Half + 1)..]));
        return new((first << 1) | (middle >> (BitsOfDigit - 1)), ((middle & 0xF) << 60) | second, Form.Ulid);
    }

    /// <summary>The bits of an identifier.</summary>
    public static implicit operator IdBits<TKind>(Id<TKind> id) => Of(id);

    /// <summary>The identifier again.</summary>
    public Id<TKind> ToId()
    {
        if (form != Form.Ulid)
        {
            return form == Form.WellKnown ? Id<TKind>.WellKnown() : default;
        }

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], low);
        return Id<TKind>.Of(new Ulid(bytes));
    }

    /// <inheritdoc/>
    public bool Equals(IdBits<TKind> other) => high == other.high && low == other.low && form == other.form;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IdBits<TKind> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(high, low);

    /// <inheritdoc/>
    public override string ToString() => ToId().Value;

    /// <summary>True for the same identifier.</summary>
    public static bool operator ==(IdBits<TKind> left, IdBits<TKind> right) => left.Equals(right);

    /// <summary>True for different identifiers.</summary>
    public static bool operator !=(IdBits<TKind> left, IdBits<TKind> right) => !left.Equals(right);

    private static ulong Read(ReadOnlySpan<char> digits)
    {
        var (table, bits) = (Digits, 0UL);
        foreach (var digit in digits)
        {
            bits = (bits << BitsOfDigit) | table[digit & 0x7F];
        }

        return bits;
    }

    private static byte[] MakeDigits()
    {
        const string Crockford = "0123456789abcdefghjkmnpqrstvwxyz";
        var table = new byte[128];
        for (var value = 0; value < Crockford.Length; value++)
        {
            table[Crockford[value]] = (byte)value;
        }

        return table;
    }
}
