using Daarion.Core.Policy;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Components;

/// <summary>A decision of the PDP as a chain to read: each factor with what it found, and what would make the answer a yes.</summary>
public sealed partial class RefusalChain
{
    /// <summary>The decision.</summary>
    [Parameter, EditorRequired]
    public DecisionExplanation Explanation { get; set; } = null!;

    /// <summary>Begins with the answer itself.</summary>
    [Parameter]
    public bool WithVerdict { get; set; } = true;

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    private static string Dot(FactorResult result) => result switch { FactorResult.Pass => "ok", FactorResult.Fail => "bad", _ => "off" };

    private static string Shape(FactorResult result) => result switch { FactorResult.Pass => "check", FactorResult.Fail => "cross", _ => "dash" };

    private string Say(Sentence sentence) => Sentences.Say(sentence, Clock);

    // Where the fact can be changed; the first that has a page.
    private static string? Link(FactorFinding finding) => Linked(finding) is { } source ? SourceLinks.Of(source) : null;

    private static FactSource? Linked(FactorFinding finding) => finding.Sources.FirstOrDefault(source => SourceLinks.Of(source) is not null);

    private string SourceName(FactorFinding finding) => Linked(finding) is { Kind: "bundle", Id: { } bundle } ? bundle : T.Of("access", $"source_{Linked(finding)?.Kind}");

    private string Source(FactorFinding finding) => finding.Sources switch
    {
        [{ Since: { } since }, ..] => T["decisions.since", Clock.Minute(since)],
        [{ Version: { } version }, ..] => T["decisions.version", version],
        _ => string.Empty,
    };
}
