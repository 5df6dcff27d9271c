using Daarion.Core.Kernel;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Components;

/// <summary>
/// A page: loads what it shows once for an address (the prerendered answer is taken over by the live page, nothing is asked twice),
/// keeps the failure where there was one, and runs acts that end in a word to the person.
/// </summary>
public abstract class ConsolePage : ConsoleComponent, IDisposable
{
    private readonly CancellationTokenSource gone = new();
    private readonly List<PersistingComponentStateSubscription> kept = [];
    private string? loadedFor;

    /// <summary>A page with nobody before it.</summary>
    protected ConsolePage() => Gone = gone.Token;

    /// <summary>The person at the screen.</summary>
    [Inject]
    protected IConsoleSession Session { get; set; } = null!;

    /// <summary>Addresses.</summary>
    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    /// <summary>What the person may do.</summary>
    [Inject]
    protected Rights Rights { get; set; } = null!;

    [Inject]
    private PersistentComponentState State { get; set; } = null!;

    [Inject]
    private Toasts Toasts { get; set; } = null!;

    /// <summary>Who asks.</summary>
    protected Caller Caller => Session.Caller;

    /// <summary>Cancelled when the page is left.</summary>
    /// <remarks>Taken once: a page that is left in the middle of its loading asks for it again, when the source is gone.</remarks>
    protected CancellationToken Gone { get; }

    /// <summary>Why the page could not be loaded; null where it could.</summary>
    public CityException? Failure { get; private set; }

    /// <summary>What the page shows is there.</summary>
    public bool Loaded { get; private set; }

    /// <summary>An act of this page is under way.</summary>
    protected bool Busy { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
        foreach (var subscription in kept)
        {
            subscription.Dispose();
        }

        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Loads what the page shows.</summary>
    protected abstract Task Load();

    /// <summary>Ends what the page itself began.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var address = new Uri(Navigation.Uri).AbsolutePath;
        if (!string.Equals(loadedFor, address, StringComparison.Ordinal))
        {
            loadedFor = address;
            Loaded = false;
            await Reload();
        }
    }

    /// <summary>Loads again: after an act, or when something changed on the server.</summary>
    public async Task Reload()
    {
        try
        {
            await Load();
            Failure = null;
            Loaded = true;
        }
        catch (Exception) when (Gone.IsCancellationRequested)
        {
            // Whatever it was, it was for nobody; told to the renderer, it would break the page the person is on by now.
            return;
        }
        catch (CityException e)
        {
            Failure = e;
        }

        StateHasChanged();
    }

    /// <summary>The same after events, on the screen's own thread.</summary>
    protected Task ReloadLive() => InvokeAsync(Reload);

    /// <summary>Asks once for an address: what the prerendering asked is taken over by the live page.</summary>
    protected async Task<TAnswer> Once<TAnswer>(string key, Func<Task<TAnswer>> ask)
    {
        var name = $"{new Uri(Navigation.Uri).AbsolutePath}#{key}";
        if (!Loaded && State.TryTakeFromJson<TAnswer>(name, out var before) && before is not null)
        {
            return before;
        }

        var answer = await ask();
        if (!RendererInfo.IsInteractive)
        {
            kept.Add(State.RegisterOnPersisting(() =>
            {
                State.PersistAsJson(name, answer);
                return Task.CompletedTask;
            }));
        }

        return answer;
    }

    /// <summary>Runs an act of the person; says how it ended. False where it failed, or where another act of theirs is still under way.</summary>
    /// <param name="act">What to do.</param>
    /// <param name="done">What to say when it is done; null where the page itself shows it.</param>
    protected async Task<bool> Do(Func<Task> act, string? done = null)
    {
        if (Busy)
        {
            return false;
        }

        Busy = true;
        try
        {
            return await Look(act, done);
        }
        finally
        {
            Busy = false;
        }
    }

    /// <summary>Looks at something again by the page's own doing; says where it failed. No act of the person waits for it or is lost to it.</summary>
    /// <inheritdoc cref="Do"/>
    protected async Task<bool> Look(Func<Task> act, string? done = null)
    {
        try
        {
            await act();
            if (done is not null)
            {
                Toasts.Done(done);
            }

            return true;
        }
        catch (CityException e)
        {
            Toasts.Failed(e);
            return false;
        }
        catch (Exception) when (Gone.IsCancellationRequested)
        {
            return false;
        }
    }
}
