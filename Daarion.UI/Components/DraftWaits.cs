using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Daarion.UI.Components;

/// <summary>Says whether the browser keeps a draft for a form that is behind a button, so that the page opens the form again after a restart. Shows nothing.</summary>
public sealed class DraftWaits : ComponentBase
{
    /// <summary>The draft's name.</summary>
    [Parameter, EditorRequired]
    public string DraftKey { get; set; } = "";

    /// <summary>Called where there is one.</summary>
    [Parameter, EditorRequired]
    public EventCallback OnFound { get; set; }

    [Inject]
    private IJSRuntime Browser { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && await Browser.InvokeAsync<bool>("daarion.drafts.has", DraftKey))
        {
            await OnFound.InvokeAsync();
        }
    }
}
