using Npgsql;
using NpgsqlTypes;

namespace Daarion.Core.Data;

/// <summary>Columns of a batch as the arrays that a set-based statement unnests.</summary>
internal static class SqlArrays
{
    /// <summary>Adds a column of text.</summary>
    public static void AddTexts(this NpgsqlParameterCollection parameters, params string?[] values) =>
        parameters.Add(new NpgsqlParameter { Value = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });

    /// <summary>Adds a column of numbers.</summary>
    public static void AddNumbers(this NpgsqlParameterCollection parameters, params decimal[] values) =>
        parameters.Add(new NpgsqlParameter { Value = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Numeric });

    /// <summary>Adds a column of times.</summary>
    public static void AddTimes(this NpgsqlParameterCollection parameters, params DateTimeOffset[] values) =>
        parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(values, at => at.UtcDateTime), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });

    /// <summary>Adds one text.</summary>
    public static void AddText(this NpgsqlParameterCollection parameters, string? value) =>
        parameters.Add(new NpgsqlParameter { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });

    /// <summary>Adds one time.</summary>
    public static void AddTime(this NpgsqlParameterCollection parameters, DateTimeOffset value) =>
        parameters.Add(new NpgsqlParameter { Value = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });

    /// <summary>New identifiers in ascending order, so that rows written together keep their order when they are read by identifier.</summary>
    public static Kernel.Id<TKind>[] NewIds<TKind>(int count, DateTimeOffset at)
        where TKind : Kernel.IIdKind
    {
        var ids = new Kernel.Id<TKind>[count];
        for (var i = 0; i < count; i++)
        {
            ids[i] = Kernel.Id<TKind>.New(at);
        }

        Array.Sort(ids, static (a, b) => string.CompareOrdinal(a.Value, b.Value));
        return ids;
    }
}
