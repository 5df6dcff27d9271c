using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Daarion.Core.Kernel;

/// <summary>What every list takes: how many, and from where.</summary>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">What the page before gave as <c>next_cursor</c>; null for the first.</param>
public sealed record PageRequest(int Limit = PageRequest.DefaultLimit, string? Cursor = null)
{
    /// <summary>Items when the caller does not say.</summary>
    public const int DefaultLimit = 50;

    /// <summary>The most items of one page.</summary>
    public const int MaxLimit = 200;

    /// <summary>Checks the limit.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c> naming <c>limit</c>.</exception>
    public PageRequest Checked() => Limit is >= 1 and <= MaxLimit ? this : throw CityException.Invalid("limit", $"Give a number from 1 to {MaxLimit}.");
}

/// <summary>A page of a list: keyset, stable under inserts.</summary>
/// <param name="Items">At most the asked limit.</param>
/// <param name="NextCursor">Where the next page begins; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor)
{
    /// <summary>An empty last page.</summary>
    public static readonly Page<T> Empty = new([], null);

    /// <summary>Makes a page out of up to <c>limit + 1</c> rows: the one too many only says that there is more.</summary>
    /// <param name="rows">The rows in order, one more than the limit where there are more.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="keyOf">The keyset key of a row: the values the query is ordered by.</param>
    public static Page<T> From(IReadOnlyList<T> rows, PageRequest request, Func<T, string[]> keyOf) =>
        rows.Count <= request.Limit ? new(rows, null) : new([.. rows.Take(request.Limit)], PageCursor.Encode(keyOf(rows[request.Limit - 1])));

    /// <summary>The same page of something else.</summary>
    public Page<TOther> Select<TOther>(Func<T, TOther> map) => new([.. Items.Select(map)], NextCursor);
}

/// <summary>Cursors: the last row's key, opaque to callers. A damaged one is <c>invalid_payload</c>, never a 500.</summary>
public static class PageCursor
{
    private const int MaxLength = 1024;

    /// <summary>The opaque text of a key.</summary>
    public static string Encode(params string[] key) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(key));

    /// <summary>The key of an opaque text; null where there is no cursor.</summary>
    /// <param name="cursor">What the caller sent.</param>
    /// <param name="parts">How many values the key of this list has.</param>
    /// <exception cref="CityException"><c>invalid_payload</c> naming <c>cursor</c>.</exception>
    public static string[]? Decode(string? cursor, int parts)
    {
        if (string.IsNullOrEmpty(cursor))
        {
            return null;
        }

        try
        {
            if (cursor.Length <= MaxLength
                && JsonSerializer.Deserialize<string?[]>(new UTF8Encoding(false, true).GetString(Base64Url.DecodeFromChars(cursor))) is { } key
                && key.Length == parts
                && Array.TrueForAll(key, part => part is not null && !part.Contains('\0', StringComparison.Ordinal)))
            {
                return key!;
            }
        }
        catch (Exception e) when (e is FormatException or JsonException or ArgumentException)
        {
            throw Damaged();
        }

        throw Damaged();

        static CityException Damaged() => CityException.Invalid("cursor", "This is not a cursor of this list; begin again without one.");
    }
}
