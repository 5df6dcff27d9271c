using Bunit;
using Daarion.Core.Capabilities;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.UI.Components;
using Daarion.UI.Text;

namespace Daarion.Tests.Ui;

/// <summary>A change of the registry is checked while it is put together, in the matrix and in a proposal alike.</summary>
public sealed class ChangeCheckTests : Screen
{
    private static readonly RuleViolation Broken =
        new("rule_plan_order", 0, Sentence.Of("rule.plan_order", "{smaller} would give more of {metric} than {larger}.", ("smaller", "Freemium"), ("larger", "Casual"), ("metric", "messages")));

    private readonly ChangeCheck check = new();

    [Fact]
    public async Task An_answer_that_comes_late_says_nothing_of_the_change_as_it_is_now()
    {
        var slow = new TaskCompletionSource<CheckedChange?>();
        var first = check.Ask(() => slow.Task, default);
        await check.Ask(() => Task.FromResult<CheckedChange?>(Change("role.Member task.read")), default);

        slow.SetResult(Change("role.Visitor task.read", Broken));
        await first;

        Assert.Equal("role.Member task.read", Assert.Single(check.Found!.Changes).Target);
        Assert.Null(check.Hinders(new Texts()));
    }

    [Fact]
    public async Task Who_types_on_is_asked_about_once()
    {
        var (rest, asked) = (new TaskCompletionSource(), 0);
        Task<CheckedChange?> Ask() => Task.FromResult<CheckedChange?>(Change($"asked {++asked}"));
        var first = check.Ask(Ask, default, rest.Task);
        var second = check.Ask(Ask, default, rest.Task);
        Assert.True(check.IsUnderWay);

        rest.SetResult();
        await Task.WhenAll(first, second);

        Assert.Equal((1, false), (asked, check.IsUnderWay));
    }

    [Fact]
    public async Task A_change_that_was_forgotten_is_not_brought_back_by_its_answer()
    {
        var slow = new TaskCompletionSource<CheckedChange?>();
        var asked = check.Ask(() => slow.Task, default);

        check.Forget();
        slow.SetResult(Change("role.Member task.read"));
        await asked;

        Assert.Null(check.Found);
    }

    [Fact]
    public async Task What_it_would_do_and_what_it_would_break_are_shown_together()
    {
        await check.Ask(() => Task.FromResult<CheckedChange?>(Change("role.Member task.read", Broken)), default);

        var panel = Panel();

        Assert.Contains("breaks 1 rule", panel.Find("header [role=status]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Freemium would give more of messages than Casual.", panel.Find(".broken").TextContent.Trim());
        Assert.Contains("role.Member task.read", panel.Find("tbody tr").TextContent, StringComparison.Ordinal);
        Assert.Empty(Panel(elsewhere: true).FindAll(".broken"));
    }

    [Fact]
    public async Task What_is_wrong_with_it_is_said_and_holds_it_up()
    {
        await check.Ask(() => throw CityException.Invalid("operations[0].quota", "Give at least the quota."), default);

        var panel = Panel();

        Assert.Contains("something is wrong", panel.Find("header [role=status]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Give at least the quota.", panel.Find(".broken").TextContent.Trim());
        Assert.NotNull(check.Hinders(new Texts()));
    }

    [Theory]
    [InlineData(false, "keeps every rule")]
    [InlineData(true, "by vote only")]
    public async Task What_keeps_the_rules_may_still_be_for_a_vote_to_decide(bool byVote, string said)
    {
        await check.Ask(() => Task.FromResult<CheckedChange?>(Change("role.Member team.state.change")), default);

        Assert.Contains(said, Panel(byVote: byVote).Find("header [role=status]").TextContent, StringComparison.Ordinal);
    }

    private static CheckedChange Change(string target, params RuleViolation[] broken) => new(broken, [new RegistryChange("grant", target, null, "all")], []);

    private IRenderedComponent<ChangeCheckPanel> Panel(bool byVote = false, bool elsewhere = false) => Render<ChangeCheckPanel>(panel => panel
        .Add(x => x.Of, check).Add(x => x.Title, "What it would change").Add(x => x.ByVote, byVote).Add(x => x.BrokenElsewhere, elsewhere));
}
