using System.Buffers.Binary;
using System.Globalization;

namespace Daarion.Core.Embassies;

/// <summary>
/// Ids of a delivery and its readings: the first reading has the delivery's id, the next ones count on from it. So a delivery of one reading is
/// named once, and a reading's neighbours in its delivery lie beside it in every index.
/// </summary>
internal static class ReadingIds
{
    public static EmbassyId[] New(DateTimeOffset at, int count)
    {
        Span<byte> bytes = stackalloc byte[16];
        Ulid.NewUlid(at).TryWriteBytes(bytes);
        var first = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        var ids = new EmbassyId[count];
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes, first + (UInt128)i);
            ids[i] = Of(bytes);
        }

        return ids;
    }

    /// <summary>The id so many places on.</summary>
    public static EmbassyId Plus(EmbassyId id, int places)
    {
        Span<byte> bytes = stackalloc byte[16];
        Ulid.Parse(id.Value.AsSpan("emb_".Length), CultureInfo.InvariantCulture).TryWriteBytes(bytes);
        BinaryPrimitives.WriteUInt128BigEndian(bytes, BinaryPrimitives.ReadUInt128BigEndian(bytes) + (UInt128)places);
        return Of(bytes);
    }

    /// <summary>When the delivery behind an id came to the city.</summary>
    public static DateTimeOffset TimeOf(EmbassyId id) => Ulid.Parse(id.Value.AsSpan("emb_".Length), CultureInfo.InvariantCulture).Time;

    private static EmbassyId Of(ReadOnlySpan<byte> bytes) => EmbassyId.Parse("emb_" + new Ulid(bytes).ToString(null, CultureInfo.InvariantCulture).ToLowerInvariant());
}
