using Daarion.Core.Kernel;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Daarion.UI.Components;

/// <summary>
/// A form whose fields the browser keeps while they are typed, so that nothing is lost when the line or the server goes away. Fields need
/// a <c>name</c>; what must not be kept has <c>data-no-draft</c>. The draft is gone once sending succeeded.
/// </summary>
public sealed partial class DraftForm
{
    private ElementReference form;
    private bool restored;
    private CityException? failure;

    /// <summary>The draft's name; one for each thing that is edited.</summary>
    [Parameter, EditorRequired]
    public string DraftKey { get; set; } = "";

    /// <summary>Sends what was typed; throws <see cref="CityException"/> where it is refused.</summary>
    [Parameter, EditorRequired]
    public EventCallback OnSend { get; set; }

    /// <summary><c>form</c> or <c>inline-form</c>.</summary>
    [Parameter]
    public string Class { get; set; } = "form";

    /// <summary>The fields; the form itself says what is wrong with each.</summary>
    [Parameter]
    public RenderFragment<DraftForm>? ChildContent { get; set; }

    /// <summary>It is being sent.</summary>
    public bool Busy { get; private set; }

    [Inject]
    private IJSRuntime Browser { get; set; } = null!;

    private IReadOnlyDictionary<string, string[]>? Errors => failure?.Errors is { Count: > 0 } errors && errors.Keys.Any(asked.Contains) ? errors : null;

    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    /// <summary>What is wrong with a field, by its name in the contract; null where nothing is.</summary>
    public string? Wrong(string field)
    {
        asked.Add(field);
        return failure?.Errors.GetValueOrDefault(field) is [var message, ..] ? message : null;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && await Browser.InvokeAsync<bool>("daarion.drafts.restore", form))
        {
            restored = true;
            StateHasChanged();
        }
    }

    private async Task Send()
    {
        if (Busy)
        {
            return;
        }

        Busy = true;
        failure = null;
        try
        {
            await OnSend.InvokeAsync();
            restored = false;
            await Browser.InvokeVoidAsync("daarion.drafts.clear", DraftKey);
        }
        catch (CityException e)
        {
            failure = e;
        }
        finally
        {
            Busy = false;
        }
    }
}
