namespace Daarion.UI.Components;

/// <summary>One step of the way to a page.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Href">Where it is.</param>
public sealed record Crumb(string Title, string Href);

/// <summary>One of the pages of an area.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Href">Where it is.</param>
/// <param name="Exact">Only that address itself counts as being there.</param>
public sealed record AreaTab(string Title, string Href, bool Exact = false);
