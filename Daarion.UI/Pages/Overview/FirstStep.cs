namespace Daarion.UI.Pages.Overview;

/// <summary>A step on the way from a new city to a claimed payout.</summary>
/// <param name="Key">Its text.</param>
/// <param name="Done">It was taken.</param>
/// <param name="Href">Where it is taken.</param>
public sealed record FirstStep(string Key, bool Done, string Href);
