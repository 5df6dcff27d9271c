using System.Text.Json;
using Daarion.Core.Events;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Live;

/// <summary>
/// Listens to the city's events for the page around it and says when something it shows has changed: gathered for a moment, so that a
/// storm of events is one refresh. Shows nothing.
/// </summary>
public sealed class LiveUpdates : ComponentBase, IAsyncDisposable
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(500);
    private readonly CancellationTokenSource gone = new();
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private Task listening = Task.CompletedTask;
    private Task watching = Task.CompletedTask;
    private IDisposable? beat;

    /// <summary>Event types, or their beginnings ending in a point.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<string> Types { get; set; } = [];

    /// <summary>Which of them concern the page; all where not given.</summary>
    [Parameter]
    public Func<EventEnvelope, bool>? Where { get; set; }

    /// <summary>Called with what came, oldest first.</summary>
    [Parameter, EditorRequired]
    public Func<IReadOnlyList<EventEnvelope>, Task> OnEvents { get; set; } = null!;

    /// <summary>Calls also now and then with nothing, for what no event tells of.</summary>
    [Parameter]
    public bool AlsoInBetween { get; set; }

    /// <summary>Calls each second with nothing as long as this holds: something the page shows is under way, and no event tells how it goes.</summary>
    [Parameter]
    public Func<bool>? While { get; set; }

    [Inject]
    private ScreenClock Screen { get; set; } = null!;

    [Inject]
    private ILiveEvents Events { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        beat?.Dispose();
        await gone.CancelAsync();
        await Task.WhenAll(listening, watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        gone.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            beat = AlsoInBetween ? Screen.OnBeat(() => _ = InvokeAsync(() => OnEvents([]))) : null;
            listening = Listen(gone.Token);
            watching = While is null ? Task.CompletedTask : Watch(gone.Token);
        }
    }

    private async Task Watch(CancellationToken ct)
    {
        using var pace = new PeriodicTimer(Second, Clock);
        while (await pace.WaitForNextTickAsync(ct))
        {
            if (While!())
            {
                await InvokeAsync(() => OnEvents([]));
            }
        }
    }

    private async Task Listen(CancellationToken ct)
    {
        try
        {
            await using var events = Events.Subscribe(new LiveFilter(Types), ct).GetAsyncEnumerator(ct);
            var next = events.MoveNextAsync().AsTask();
            while (await next)
            {
                var batch = new List<EventEnvelope>();
                Take(batch, events.Current);
                next = events.MoveNextAsync().AsTask();
                var moment = Task.Delay(Gather, Clock, ct);
                while (batch.Count < ILiveEvents.Capacity && await Task.WhenAny(next, moment) == next && await next)
                {
                    Take(batch, events.Current);
                    next = events.MoveNextAsync().AsTask();
                }

                if (batch.Count > 0)
                {
                    await InvokeAsync(() => OnEvents(batch));
                    await Task.Delay(Rest, Clock, ct);
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return;
        }
    }

    private void Take(List<EventEnvelope> batch, EventEnvelope e)
    {
        if (Where?.Invoke(e) ?? true)
        {
            batch.Add(e);
        }
    }
}

/// <summary>What an event is about.</summary>
public static class EventMentions
{
    /// <summary>Whether the event names a thing: as its order, or in a field of its payload.</summary>
    public static bool Mentions(this EventEnvelope e, string? id) => id is { Length: > 0 }
        && (e.Meta.SequenceKey == id || (e.Payload.ValueKind == JsonValueKind.Object && e.Payload.EnumerateObject().Any(field => field.Value.ValueKind == JsonValueKind.String && field.Value.ValueEquals(id))));
}
