namespace Daarion.UI.Components;

/// <summary>One hop of a story: what happened, to what, when.</summary>
/// <param name="Title">The hop.</param>
/// <param name="Text">What happened.</param>
/// <param name="Kind"><c>ok</c>, <c>wait</c>, <c>bad</c>, or nothing for what has not happened.</param>
/// <param name="Id">The thing it made.</param>
/// <param name="Href">Where that is.</param>
/// <param name="At">When.</param>
public sealed record StoryHop(string Title, string Text, string Kind = "ok", string? Id = null, string? Href = null, DateTimeOffset? At = null)
{
    /// <summary>It happened.</summary>
    public bool Reached => Kind.Length > 0;
}
