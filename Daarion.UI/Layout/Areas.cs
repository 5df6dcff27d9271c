namespace Daarion.UI.Layout;

/// <summary>The areas of the console that exist, in the order of the rail.</summary>
public static class Areas
{
    /// <summary>Every area.</summary>
    public static IReadOnlyList<Area> All { get; } =
    [
        new("nav.overview", "o", "/", "home", true),
        new("nav.teams", "t", "/teams", "people", true, "/people"),
        new("nav.decisions", "c", "/decisions", "shield", false, "/why", "/who-can", "/what-can", "/capabilities", "/bundles", "/plans", "/registry", "/keys"),
        new("nav.governance", "v", "/governance", "scales", false),
        new("nav.wallets", "w", "/wallets", "wallet", true, "/payouts", "/transactions", "/transfers", "/invariants", "/statement", "/conversions", "/stakes", "/chain", "/addresses", "/approvals", "/money-map"),
        new("nav.rwa", "r", "/platforms", "bolt", true, "/sites", "/deliveries", "/readings", "/inventory", "/movements", "/claims", "/adjustments", "/webhooks") { OfTeams = "/sites", Asks = "embassy.intent.read" },
        new("nav.usage", "u", "/usage", "meter", false) { Asks = "usage.read" },
        new("nav.events", "e", "/events", "events", true, "/outbox", "/dead-letters", "/traces", "/catalogue", "/replay", "/services") { OfTeams = null },
        new("nav.settings", "s", "/settings", "gear", false, "/me") { OfTeams = "/me" },
    ];
}

/// <summary>An area: a place in the rail and the addresses that belong to it.</summary>
/// <param name="Key">Its text; <c>_short</c> after it for the narrow bar.</param>
/// <param name="Letter">The key that goes there after <c>G</c>.</param>
/// <param name="Href">Its first page for operators.</param>
/// <param name="Icon">Its picture.</param>
/// <param name="OnNarrow">It is in the bar at the bottom of a narrow screen; the others are in the person's menu there.</param>
/// <param name="Also">Other addresses of it.</param>
public sealed record Area(string Key, string Letter, string Href, string Icon, bool OnNarrow, params IReadOnlyList<string> Also)
{
    /// <summary>Its first page for everybody else; null where there is nothing for them.</summary>
    public string? OfTeams { get; init; } = Href;

    /// <summary>What one of a person's teams must allow for <see cref="OfTeams"/> to show anything; null where nothing is asked.</summary>
    public string? Asks { get; init; }

    /// <summary>Whether an address belongs to it.</summary>
    public bool Has(string path)
    {
        var end = path.AsSpan().IndexOfAny('?', '#');
        var clean = end < 0 ? path : path[..end];
        return Href == "/" ? clean == "/" : Also.Prepend(Href).Any(root => clean == root || clean.StartsWith(root + "/", StringComparison.Ordinal));
    }
}
