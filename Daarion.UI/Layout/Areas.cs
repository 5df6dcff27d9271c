namespace Daarion.UI.Layout;

/// <summary>The areas of the console that exist, in the order of the rail.</summary>
public static class Areas
{
    /// <summary>Every area.</summary>
    public static IReadOnlyList<Area> All { get; } =
    [
        new("nav.overview", "/", "home", true),
        new("nav.teams", "/teams", "people", true, "/people"),
        new("nav.decisions", "/decisions", "shield", false, "/why"),
        new("nav.wallets", "/wallets", "wallet", true, "/payouts", "/transactions", "/transfers", "/invariants", "/statement"),
        new("nav.rwa", "/platforms", "bolt", true, "/sites", "/deliveries", "/readings", "/inventory", "/movements"),
        new("nav.events", "/events", "events", true, "/outbox", "/traces", "/catalogue", "/replay"),
        new("nav.settings", "/settings", "gear", false, "/me"),
    ];
}

/// <summary>An area: a place in the rail and the addresses that belong to it.</summary>
/// <param name="Key">Its text; <c>_short</c> after it for the narrow bar.</param>
/// <param name="Href">Its first page.</param>
/// <param name="Icon">Its picture.</param>
/// <param name="OnNarrow">It is in the bar at the bottom of a narrow screen; the others are in the person's menu there.</param>
/// <param name="Also">Other addresses of it.</param>
public sealed record Area(string Key, string Href, string Icon, bool OnNarrow, params IReadOnlyList<string> Also)
{
    /// <summary>Whether an address belongs to it.</summary>
    public bool Has(string path)
    {
        var end = path.AsSpan().IndexOfAny('?', '#');
        var clean = end < 0 ? path : path[..end];
        return Href == "/" ? clean == "/" : Also.Prepend(Href).Any(root => clean == root || clean.StartsWith(root + "/", StringComparison.Ordinal));
    }
}
