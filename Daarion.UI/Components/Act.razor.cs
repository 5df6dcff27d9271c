using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Components;

/// <summary>A button or link for an act. What one may not do is there, disabled, and says why and whom to ask.</summary>
public sealed partial class Act
{
    private bool open;
    private bool busy;

    /// <summary>The PDP's answer about the act; null where nothing has to be asked.</summary>
    [Parameter]
    public Right? Right { get; set; }

    /// <summary>Why the state of things does not allow it now; null where it does.</summary>
    [Parameter]
    public string? Off { get; set; }

    /// <summary>Where it leads, for a link.</summary>
    [Parameter]
    public string? Href { get; set; }

    /// <summary>Sends the form around it.</summary>
    [Parameter]
    public bool Submit { get; set; }

    /// <summary><c>main</c>, <c>danger</c>, <c>plain</c>, <c>small</c>.</summary>
    [Parameter]
    public string? Class { get; set; }

    /// <summary>A picture before the words.</summary>
    [Parameter]
    public string? IconName { get; set; }

    /// <summary>What to do.</summary>
    [Parameter]
    public EventCallback OnClick { get; set; }

    /// <summary>The words.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    private RenderFragment? Picture => IconName is null ? null : builder =>
    {
        builder.OpenComponent<Icon>(0);
        builder.AddComponentParameter(1, nameof(Icon.Name), IconName);
        builder.CloseComponent();
    };

    private async Task Click()
    {
        busy = true;
        try
        {
            await OnClick.InvokeAsync();
        }
        finally
        {
            busy = false;
        }
    }

    private string Reason(Right refused) => T.Of("reason", refused.Reason);

    private string Whom(Right refused) => refused.Question.Team is null ? T["common.ask_operator"] : T["common.ask_owner"];
}
