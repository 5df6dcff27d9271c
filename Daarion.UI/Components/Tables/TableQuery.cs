using System.Globalization;
using Daarion.Core.Kernel;
using Daarion.UI.Text;

namespace Daarion.UI.Components.Tables;

/// <summary>What a table asks its page for.</summary>
/// <param name="Page">How many, from where.</param>
/// <param name="Search">What is searched for; null for nothing.</param>
/// <param name="Sort">The order; null for the list's own.</param>
/// <param name="Filters">Chosen filters by name.</param>
public sealed record TableQuery(PageRequest Page, string? Search, string? Sort, IReadOnlyDictionary<string, string> Filters)
{
    /// <summary>How many.</summary>
    public int Limit => Page.Limit;

    /// <summary>From where.</summary>
    public string? Cursor => Page.Cursor;

    /// <summary>The value of a filter, or null.</summary>
    public string? Filter(string name) => Filters.GetValueOrDefault(name);

    /// <summary>The beginning of the day a filter chose, at the screen; null where none is chosen.</summary>
    /// <param name="name">The filter.</param>
    /// <param name="clock">The screen's.</param>
    /// <param name="after">So many days later: the end of the chosen day is the beginning of the next.</param>
    public DateTimeOffset? Day(string name, ScreenClock clock, int after = 0) =>
        DateOnly.TryParseExact(Filter(name), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day < DateOnly.MaxValue && day.Year > 1
            ? clock.StartOf(day.AddDays(after))
            : null;

    /// <summary>The value of a filter over an enumeration, or null. A word that is none of its values is no filter.</summary>
    public TEnum? Filter<TEnum>(string name)
        where TEnum : struct, Enum => Enum.GetValues<TEnum>().Cast<TEnum?>().FirstOrDefault(value => Words.Of(value!.Value) == Filter(name));
}

/// <summary>One filter of a table.</summary>
/// <param name="Name">Its name in the address.</param>
/// <param name="Title">What it is called; also its choice "all".</param>
/// <param name="Options">What can be chosen: value and word.</param>
public sealed record TableFilter(string Name, string Title, IReadOnlyList<(string Value, string Word)> Options)
{
    /// <summary>A day is chosen, not a word.</summary>
    public bool IsDay { get; private init; }

    /// <summary>A filter by a day.</summary>
    public static TableFilter Day(string name, string title) => new(name, title, []) { IsDay = true };
}

/// <summary>Where a cell stands in a row of two lines, on a narrow screen.</summary>
public enum Slot
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>First line, left.</summary>
    A,

    /// <summary>First line, right.</summary>
    B,

    /// <summary>Second line, left.</summary>
    C,

    /// <summary>Second line, right.</summary>
    D,

    /// <summary>A line of its own below: acts.</summary>
    E,
}
