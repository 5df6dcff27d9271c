using Daarion.Core.Kernel;

namespace Daarion.Server.Api;

/// <summary>Lines of a comma-separated file (RFC 4180) that is safe to open in a spreadsheet.</summary>
internal static class Csv
{
    /// <summary>One line, with its end.</summary>
    public static string Line(params IEnumerable<string?> cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    // A spreadsheet would run a cell that begins like a formula; a number below zero is none.
    private static string Cell(string? text)
    {
        text ??= string.Empty;
        text = text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] && !Quantity.TryParse(text, null, out _) ? $"'{text}" : text;
        return text.AsSpan().ContainsAny("\",\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
