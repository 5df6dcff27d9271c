using Bunit;
using Daarion.Core.Kernel;
using Daarion.UI.Components;

namespace Daarion.Tests.Ui;

/// <summary>What is typed is kept until it was sent.</summary>
public sealed class DraftTests : Screen
{
    [Fact]
    public void A_form_asks_for_its_draft_and_says_when_it_is_back()
    {
        JSInterop.Setup<bool>("daarion.drafts.restore", _ => true).SetResult(true);

        var form = Show(() => Task.CompletedTask);

        form.WaitForAssertion(() => Assert.Contains("What you had typed is back.", form.Markup, StringComparison.Ordinal));
        Assert.Equal("team.new", form.Find("form").GetAttribute("data-draft"));
    }

    [Fact]
    public void Sending_clears_the_draft()
    {
        var form = Show(() => Task.CompletedTask);

        form.Find("form").Submit();

        Assert.Equal("team.new", Assert.Single(JSInterop.Invocations["daarion.drafts.clear"]).Arguments[0]);
    }

    [Fact]
    public void A_refusal_keeps_the_draft_and_says_what_is_wrong_with_the_field()
    {
        var form = Show(() => throw CityException.Invalid("name", "Give 1 to 80 characters."));

        form.Find("form").Submit();

        Assert.Equal("Give 1 to 80 characters.", form.Find(".wrong").TextContent);
        Assert.Empty(JSInterop.Invocations["daarion.drafts.clear"]);
    }

    [Fact]
    public void What_cannot_be_taken_back_is_asked_once_more_before_it_is_sent()
    {
        var sent = 0;
        var form = Show(() => { sent++; return Task.CompletedTask; }, () => new DraftQuestion("Send 12.5 KWT?", "It leaves at once.", "Send"));

        form.Find("form").Submit();
        Assert.Equal((0, "Send 12.5 KWT?"), (sent, form.Find(".confirm h2").TextContent));

        form.Find(".confirm .btn.main").Click();
        Assert.Equal(1, sent);
        Assert.Empty(form.FindAll(".confirm"));
    }

    [Fact]
    public void What_is_wrong_is_said_before_anything_is_asked()
    {
        var form = Show(() => Task.CompletedTask, () => throw CityException.Invalid("name", "Give 1 to 80 characters."));

        form.Find("form").Submit();

        Assert.Equal("Give 1 to 80 characters.", form.Find(".wrong").TextContent);
        Assert.Empty(form.FindAll(".confirm"));
    }

    [Fact]
    public void A_form_behind_a_button_is_opened_where_a_draft_waits_for_it()
    {
        JSInterop.Setup<bool>("daarion.drafts.has", "operator.new").SetResult(true);
        var opened = 0;

        Render<DraftWaits>(waits => waits.Add(w => w.DraftKey, "operator.new").Add(w => w.OnFound, () => opened++));
        Render<DraftWaits>(waits => waits.Add(w => w.DraftKey, "app.new").Add(w => w.OnFound, () => opened++));

        Assert.Equal(1, opened);
    }

    private IRenderedComponent<DraftForm> Show(Func<Task> send, Func<DraftQuestion>? question = null) => Render<DraftForm>(form => form
        .Add(f => f.DraftKey, "team.new")
        .Add(f => f.OnSend, send)
        .Add(f => f.Question, question)
        .Add(f => f.ChildContent, context => builder =>
        {
            builder.OpenComponent<Field>(0);
            builder.AddComponentParameter(1, nameof(Field.Label), "Name");
            builder.AddComponentParameter(2, nameof(Field.For), "name");
            builder.AddComponentParameter(3, nameof(Field.Wrong), context.Wrong("name"));
            builder.CloseComponent();
        }));
}
