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

    private IRenderedComponent<DraftForm> Show(Func<Task> send) => Render<DraftForm>(form => form
        .Add(f => f.DraftKey, "team.new")
        .Add(f => f.OnSend, send)
        .Add(f => f.ChildContent, context => builder =>
        {
            builder.OpenComponent<Field>(0);
            builder.AddComponentParameter(1, nameof(Field.Label), "Name");
            builder.AddComponentParameter(2, nameof(Field.For), "name");
            builder.AddComponentParameter(3, nameof(Field.Wrong), context.Wrong("name"));
            builder.CloseComponent();
        }));
}
