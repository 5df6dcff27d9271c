using Daarion.UI.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace Daarion.UI.Layout;

/// <summary>Goes anywhere: to a page or an act by its name, to a thing by its name, to anything by its id.</summary>
public sealed partial class CommandPalette : IDisposable
{
    private static readonly TimeSpan Typing = TimeSpan.FromMilliseconds(150);
    private readonly CancellationTokenSource gone = new();
    private readonly CancellationToken left;
    private DotNetObjectReference<CommandPalette>? self;
    private List<PaletteEntry> found = [];
    private string text = "";
    private int chosen;
    private int question;

    public CommandPalette() => left = gone.Token;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IJSRuntime Browser { get; set; } = null!;

    [Inject]
    private PaletteSearch Things { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    private PaletteEntry? Chosen => chosen < found.Count ? found[chosen] : null;

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
        self?.Dispose();
    }

    /// <summary>The browser opened it.</summary>
    [JSInvokable]
    public async Task Opened()
    {
        await Search();
        StateHasChanged();
    }

    /// <summary>The browser closed it: what was asked is forgotten then and not at the next opening, when somebody may be typing already.</summary>
    [JSInvokable]
    public void Closed()
    {
        (text, found, chosen) = ("", [], 0);
        question++;
        StateHasChanged();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            self = DotNetObjectReference.Create(this);
            await Browser.InvokeVoidAsync("daarion.palette", self);
        }
    }

    private async Task Search()
    {
        var mine = ++question;
        chosen = 0;
        found = [.. Things.Here(text)];
        if (text.Trim().Length < 2 || Addresses.Find(text) is not null)
        {
            return;
        }

        StateHasChanged();
        await Task.Delay(Typing, Clock);
        if (mine != question)
        {
            return;
        }

        var things = await Things.ByName(text.Trim(), left);
        if (mine == question)
        {
            found = [.. Things.Here(text), .. things];
        }
    }

    private async Task Key(KeyboardEventArgs e)
    {
        switch (e.Key)
        {
            case "ArrowDown":
                chosen = found.Count == 0 ? 0 : (chosen + 1) % found.Count;
                break;
            case "ArrowUp":
                chosen = found.Count == 0 ? 0 : (chosen + found.Count - 1) % found.Count;
                break;
            case "Enter" when Chosen is { } entry:
                await Go(entry);
                return;
            default:
                return;
        }

        await Browser.InvokeVoidAsync("daarion.scrollToSelected", $"palette-{chosen}");
    }

    private async Task Go(PaletteEntry entry)
    {
        Closed();
        await Browser.InvokeVoidAsync("daarion.closeDialog", "palette");
        Navigation.NavigateTo(entry.Href);
    }
}
