using Bunit;
using Daarion.Core.Kernel;
using Daarion.UI.Components;
using Daarion.UI.Components.Tables;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;

namespace Daarion.Tests.Ui;

/// <summary>Whoever leaves a page in the middle of its loading finds the next one whole: the boundary around both catches what the first still throws.</summary>
public sealed class LeavingTests : Screen
{
    private readonly TaskCompletionSource answer = new();

    [Fact]
    public async Task A_page_left_while_it_loads_asks_on_in_vain_and_breaks_nothing()
    {
        var screen = ShowThenLeave<SlowPage>(nameof(SlowPage.Answer), answer.Task);

        await screen.InvokeAsync(answer.SetResult);

        Assert.Equal("the next page", screen.Markup);
    }

    [Fact]
    public async Task A_page_left_while_it_loads_fails_for_nobody()
    {
        var screen = ShowThenLeave<SlowPage>(nameof(SlowPage.Answer), answer.Task);

        await screen.InvokeAsync(() => answer.SetException(new InvalidOperationException("the connection is gone")));

        Assert.Equal("the next page", screen.Markup);
    }

    [Fact]
    public async Task A_list_left_while_it_loads_fails_for_nobody()
    {
        var screen = ShowThenLeave<CityTable<string>>(nameof(CityTable<string>.Load), (Func<TableQuery, CancellationToken, Task<Page<string>>>)(async (_, _) =>
        {
            await answer.Task;
            return new Page<string>([], null);
        }));

        await screen.InvokeAsync(() => answer.SetException(new InvalidOperationException("the connection is gone")));

        Assert.Equal("the next page", screen.Markup);
    }

    [Fact]
    public async Task A_page_that_is_still_shown_tells_the_boundary_what_it_cannot_say_itself()
    {
        var screen = Render<Boundary>(boundary => boundary.Add(b => b.Inside, Inside<SlowPage>(nameof(SlowPage.Answer), answer.Task)));

        await screen.InvokeAsync(() => answer.SetException(new InvalidOperationException("the connection is gone")));

        Assert.Equal("stumbled", screen.Markup);
    }

    private IRenderedComponent<Boundary> ShowThenLeave<TComponent>(string parameter, object value)
        where TComponent : IComponent
    {
        var screen = Render<Boundary>(boundary => boundary.Add(b => b.Inside, Inside<TComponent>(parameter, value)));
        screen.Render(boundary => boundary.Add(b => b.Inside, builder => builder.AddContent(0, "the next page")));
        Assert.Equal("the next page", screen.Markup);
        return screen;
    }

    private static RenderFragment Inside<TComponent>(string parameter, object value)
        where TComponent : IComponent => builder =>
        {
            builder.OpenComponent<TComponent>(0);
            builder.AddComponentParameter(1, parameter, value);
            builder.CloseComponent();
        };

    private sealed class Boundary : ComponentBase
    {
        [Parameter]
        public RenderFragment Inside { get; set; } = null!;

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.OpenComponent<ErrorBoundary>(0);
            builder.AddComponentParameter(1, nameof(ErrorBoundary.ChildContent), Inside);
            builder.AddComponentParameter(2, nameof(ErrorBoundary.ErrorContent), (RenderFragment<Exception>)(_ => error => error.AddContent(0, "stumbled")));
            builder.CloseComponent();
        }
    }

    private sealed class SlowPage : ConsolePage
    {
        [Parameter]
        public Task Answer { get; set; } = null!;

        protected override async Task Load()
        {
            await Answer;
            Gone.ThrowIfCancellationRequested();
        }
    }
}
