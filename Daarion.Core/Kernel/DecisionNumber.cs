namespace Daarion.Core.Kernel;

/// <summary>
/// A decision's identifier before it is text. Most decisions are allowances that nobody ever asks about again: their identifier is written out only
/// where somebody wants to read it.
/// </summary>
/// <param name="Ulid">Its time and chance.</param>
public readonly record struct DecisionNumber(Ulid Ulid)
{
    /// <summary>The identifier as text.</summary>
    public DecisionId Id => DecisionId.Of(Ulid);

    /// <summary>A new one whose time part is <paramref name="at"/>.</summary>
    public static DecisionNumber New(DateTimeOffset at) => new(Ulid.NewUlid(at));
}
