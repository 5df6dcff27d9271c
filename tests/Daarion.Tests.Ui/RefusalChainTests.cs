using Bunit;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.UI.Components;

namespace Daarion.Tests.Ui;

/// <summary>A refusal explains itself.</summary>
public sealed class RefusalChainTests : Screen
{
    [Fact]
    public void It_says_no_shows_where_it_stopped_and_what_would_make_it_a_yes()
    {
        var chain = Render<RefusalChain>(c => c.Add(x => x.Explanation, Refusal()));

        Assert.Contains("No", chain.Find(".verdict .state").TextContent, StringComparison.Ordinal);
        Assert.Equal(["ok", "bad", "off"], chain.FindAll(".dot").Select(dot => dot.ClassList[1]));
        Assert.Contains("must be made a contributor", chain.Find(".fix").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void It_speaks_Ukrainian_with_the_values_in_place()
    {
        Speak("uk-UA");

        var chain = Render<RefusalChain>(c => c.Add(x => x.Explanation, Refusal()));

        Assert.Contains("«Гончарі» активна.", chain.Markup, StringComparison.Ordinal);
        Assert.Contains("не дійшло", chain.Markup, StringComparison.Ordinal);
        Assert.Contains("Буде «так», якщо:", chain.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sentence_the_console_does_not_know_is_said_as_it_came()
    {
        var refusal = Refusal() with { Change = Sentence.Of("new.rule", "Ask {who}.", ("who", "Olena")) };

        var chain = Render<RefusalChain>(c => c.Add(x => x.Explanation, refusal));

        Assert.Contains("Ask Olena.", chain.Find(".fix").TextContent, StringComparison.Ordinal);
    }

    private static DecisionExplanation Refusal()
    {
        var at = new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
        var change = Sentence.Of("rbac.raise_viewer", "{subject} must be made a {least} of {team}.", ("subject", "Olena"), ("least", "Contributor"), ("team", "Гончарі"));
        return new DecisionExplanation(
            DecisionId.New(at), at, new SubjectRef(UserId.New(at).Value, SubjectKind.User), "task.create", TeamId.New(at), null, null, false, "rbac_denied", [], DecisionScope.All, null, 41, null,
            [
                new FactorFinding("team_state", FactorResult.Pass, null, Sentence.Of("team.active", "{team} is active.", ("team", "Гончарі")), [], null),
                new FactorFinding("rbac", FactorResult.Fail, "rbac_denied", Sentence.Of("rbac.viewer", "A member who is a {viewer} may not do {action}; that takes a {least}.", ("viewer", "Reader"), ("action", "task.create"), ("least", "Contributor")), [], change),
                new FactorFinding("quota", FactorResult.NotReached, null, null, [], null),
            ],
            change);
    }
}
