using System.Globalization;
using System.Web;

namespace Daarion.UI.Components.Tables;

/// <summary>A table's state as it is in the address: shareable, and still there after a reload or a step back.</summary>
/// <param name="Search">What is searched for.</param>
/// <param name="Sort">The order.</param>
/// <param name="Filters">Chosen filters.</param>
/// <param name="Columns">The columns shown, where the person chose them.</param>
public sealed record TableState(string? Search, string? Sort, IReadOnlyDictionary<string, string> Filters, IReadOnlyList<string>? Columns)
{
    private const string SearchName = "q", SortName = "sort", ColumnsName = "columns";

    /// <summary>Reads the state from an address.</summary>
    /// <param name="uri">The page's whole address.</param>
    /// <param name="prefix">What the names of this table begin with, on a page with several.</param>
    /// <param name="filters">The filters it has.</param>
    public static TableState Read(string uri, string prefix, IReadOnlyList<TableFilter> filters)
    {
        var query = HttpUtility.ParseQueryString(new Uri(uri).Query);
        var chosen = filters
            .Select(filter => (filter.Name, Value: query[prefix + filter.Name]))
            .Where(pair => !string.IsNullOrEmpty(pair.Value))
            .ToDictionary(pair => pair.Name, pair => pair.Value!, StringComparer.Ordinal);
        return new TableState(Blank(query[prefix + SearchName]), Blank(query[prefix + SortName]), chosen, Blank(query[prefix + ColumnsName])?.Split('.'));
    }

    /// <summary>The names and values for an address; null takes a name out.</summary>
    public Dictionary<string, object?> ToQuery(string prefix, IReadOnlyList<TableFilter> filters)
    {
        var query = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [prefix + SearchName] = Blank(Search),
            [prefix + SortName] = Blank(Sort),
            [prefix + ColumnsName] = Columns is null ? null : string.Join('.', Columns),
        };
        foreach (var filter in filters)
        {
            query[prefix + filter.Name] = Filters.GetValueOrDefault(filter.Name);
        }

        return query;
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

/// <summary>Comma-separated values as RFC 4180 has them; a cell that a spreadsheet would take for a formula is made text.</summary>
public static class Csv
{
    /// <summary>One line.</summary>
    public static string Line(IEnumerable<string?> cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    /// <summary>A value as a cell.</summary>
    public static string Text(object? value) => value switch
    {
        null => string.Empty,
        DateTimeOffset at => Core.Kernel.Timestamps.Format(at),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };

    private static string Cell(string? text)
    {
        var value = text ?? string.Empty;
        if ((value.Length > 0 && value[0] is '=' or '+' or '@' or '\t') || (value.Length > 1 && value[0] == '-' && !char.IsAsciiDigit(value[1])))
        {
            value = "'" + value;
        }

        return value.AsSpan().ContainsAny("\",\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
    }
}
