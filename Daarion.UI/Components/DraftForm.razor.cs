using Daarion.Core.Kernel;
using Daarion.UI.Text;
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
    private DraftQuestion? asking;

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

    /// <summary>Asks once more before it is sent, for what cannot be taken back; throws <see cref="CityException"/> where something is wrong with what was typed.</summary>
    [Parameter]
    public Func<DraftQuestion>? Question { get; set; }

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
        return failure?.Errors.GetValueOrDefault(field) is [var message, ..] ? Failures.Sentence(message) : null;
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
        if (Question is null)
        {
            await SendNow();
            return;
        }

        failure = null;
        try
        {
            asking = Question();
        }
        catch (CityException e)
        {
            (asking, failure) = (null, e);
        }
    }

    private async Task SendNow()
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
            (Busy, asking) = (false, null);
        }
    }
}

/// <summary>What a form asks before it is sent.</summary>
/// <param name="Title">The question, with its figures.</param>
/// <param name="Consequence">What follows from it.</param>
/// <param name="Yes">The word on the button.</param>
/// <param name="HighRisk">It asks for a fresh sign-in.</param>
public sealed record DraftQuestion(string Title, string Consequence, string Yes, bool HighRisk = false);
