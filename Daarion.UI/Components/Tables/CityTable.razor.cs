using System.Text;
using Daarion.Core.Kernel;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Daarion.UI.Components.Tables;

/// <summary>
/// A list as the console shows every list: paged by the server (keyset), searched, filtered and sorted where the contract can, its state in
/// the address, columns to choose, a file to take away, live without moving what the eye is on, two-line rows on a narrow screen.
/// </summary>
/// <typeparam name="TItem">What a row is.</typeparam>
public sealed partial class CityTable<TItem> : IDisposable
{
    private const int PageSize = 50;
    private const int MostExported = 10_000;
    private static readonly TimeSpan Typing = TimeSpan.FromMilliseconds(220);
    private readonly CancellationTokenSource gone = new();
    private readonly CancellationToken left;
    private readonly List<CityColumn<TItem>> columns = [];
    private readonly HashSet<string> glow = new(StringComparer.Ordinal);
    private readonly List<TItem> waiting = [];
    private TableState state = new(null, null, new Dictionary<string, string>(StringComparer.Ordinal), null);
    private List<TItem>? rows;
    private string? cursor;
    private CityException? failure;
    private PersistingComponentStateSubscription? persisting;
    private int question;
    private int beats;
    private bool loadingMore;
    private bool exporting;
    private bool watched;
    private object? loadedScope;

    /// <summary>A list that was asked for nothing yet.</summary>
    public CityTable() => left = gone.Token;

    /// <summary>What the list is called; also the name of its file.</summary>
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>Asks the contract for a page.</summary>
    [Parameter, EditorRequired]
    public Func<TableQuery, CancellationToken, Task<Page<TItem>>> Load { get; set; } = null!;

    /// <summary>A row's own key.</summary>
    [Parameter, EditorRequired]
    public Func<TItem, string> Key { get; set; } = null!;

    /// <summary>A row's page.</summary>
    [Parameter]
    public Func<TItem, string>? Href { get; set; }

    /// <summary>The columns: <see cref="CityColumn{TItem}"/>.</summary>
    [Parameter, EditorRequired]
    public RenderFragment Columns { get; set; } = null!;

    /// <summary>The filters.</summary>
    [Parameter]
    public IReadOnlyList<TableFilter> Filters { get; set; } = [];

    /// <summary>The contract can search.</summary>
    [Parameter]
    public bool Searchable { get; set; }

    /// <summary>What can be searched for.</summary>
    [Parameter]
    public string? SearchHint { get; set; }

    /// <summary>What the names in the address begin with, on a page with several tables.</summary>
    [Parameter]
    public string Prefix { get; set; } = "";

    /// <summary>What the list is about; the list is loaded again when it is something else.</summary>
    [Parameter]
    public object? Scope { get; set; }

    /// <summary>Shows the title in the list's own head.</summary>
    [Parameter]
    public bool ShowTitle { get; set; }

    /// <summary>Shows search, filters and tools.</summary>
    [Parameter]
    public bool ShowToolbar { get; set; } = true;

    /// <summary>Rows of a page.</summary>
    [Parameter]
    public int Limit { get; set; } = PageSize;

    /// <summary>Tools beside the list's own.</summary>
    [Parameter]
    public RenderFragment? Tools { get; set; }

    /// <summary>What to show where there is nothing: what this is, and the first step.</summary>
    [Parameter]
    public RenderFragment? Empty { get; set; }

    /// <summary>Below the rows.</summary>
    [Parameter]
    public RenderFragment? Footer { get; set; }

    /// <summary>Told after rows came.</summary>
    [Parameter]
    public EventCallback<IReadOnlyList<TItem>> OnRows { get; set; }

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private PersistentComponentState Kept { get; set; } = null!;

    [Inject]
    private IJSRuntime Browser { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [Inject]
    private Toasts Toasts { get; set; } = null!;

    /// <summary>The rows shown now.</summary>
    public IReadOnlyList<TItem> Rows => rows ?? [];

    private IEnumerable<CityColumn<TItem>> Shown => columns.Where(IsShown);

    private bool IsNarrowed => state.Search is not null || state.Filters.Count > 0;

    private string KeptName => $"{Navigation.ToBaseRelativePath(Navigation.Uri)}#{Prefix}{Title}";

    /// <inheritdoc/>
    public void Dispose()
    {
        Navigation.LocationChanged -= Moved;
        persisting?.Dispose();
        gone.Cancel();
        gone.Dispose();
    }

    /// <summary>Takes a column in; columns call it.</summary>
    internal void Add(CityColumn<TItem> column)
    {
        columns.Add(column);
        StateHasChanged();
    }

    /// <summary>Loads again from the beginning.</summary>
    public async Task Again()
    {
        var mine = ++question;
        try
        {
            var page = await Load(Query(null, Limit), left);
            if (mine != question)
            {
                return;
            }

            rows = [.. page.Items];
            cursor = page.NextCursor;
            failure = null;
            waiting.Clear();
            await OnRows.InvokeAsync(rows);
        }
        catch (Exception) when (left.IsCancellationRequested || mine != question)
        {
            return;
        }
        catch (CityException e)
        {
            failure = e;
        }

        StateHasChanged();
    }

    /// <summary>
    /// Looks again at what is shown, after something changed on the server: rows that changed are written anew and glow once, new ones come in above,
    /// or wait behind a button while the pointer is on the list.
    /// </summary>
    public async Task Refresh()
    {
        if (rows is null || failure is not null)
        {
            await Again();
            return;
        }

        try
        {
            var now = await Load(Query(null, Math.Clamp(rows.Count + 1, Limit, PageRequest.MaxLimit)), left);
            Merge(now);
            await OnRows.InvokeAsync(rows);
        }
        catch (Exception) when (left.IsCancellationRequested)
        {
            return;
        }
        catch (CityException e)
        {
            failure = e;
        }

        StateHasChanged();
    }

    protected override void OnInitialized()
    {
        state = TableState.Read(Navigation.Uri, Prefix, Filters);
        Navigation.LocationChanged += Moved;
    }

    protected override async Task OnParametersSetAsync()
    {
        if (rows is not null && Equals(loadedScope, Scope))
        {
            return;
        }

        loadedScope = Scope;
        if (rows is null && Kept.TryTakeFromJson<Page<TItem>>(KeptName, out var before) && before is not null)
        {
            rows = [.. before.Items];
            cursor = before.NextCursor;
            await OnRows.InvokeAsync(rows);
            return;
        }

        rows = null;
        await Again();
        if (!RendererInfo.IsInteractive && rows is { } loaded)
        {
            var page = new Page<TItem>(loaded, cursor);
            var name = KeptName;
            // Parameters that come while rows are loaded load them again; a page takes each name once.
            persisting?.Dispose();
            persisting = Kept.RegisterOnPersisting(() =>
            {
                Kept.PersistAsJson(name, page);
                return Task.CompletedTask;
            });
        }
    }

    private void Merge(Page<TItem> now)
    {
        glow.Clear();
        beats++;
        var shown = rows!.ToDictionary(Key, StringComparer.Ordinal);
        var known = rows!.Count;
        var next = new List<TItem>(now.Items.Count);
        waiting.Clear();
        foreach (var item in now.Items)
        {
            var key = Key(item);
            if (!shown.TryGetValue(key, out var before))
            {
                if (watched && known > 0)
                {
                    waiting.Add(item);
                    continue;
                }

                glow.Add(key);
            }
            else if (!EqualityComparer<TItem>.Default.Equals(before, item))
            {
                glow.Add(key);
            }

            next.Add(item);
        }

        // A list longer than one answer keeps its end as it was.
        if (now.NextCursor is not null && rows!.Count >= PageRequest.MaxLimit)
        {
            var had = next.Concat(waiting).Select(Key).ToHashSet(StringComparer.Ordinal);
            next.AddRange(rows.Where(row => !had.Contains(Key(row))));
        }
        else
        {
            cursor = now.NextCursor;
        }

        rows = next;
    }

    private async Task ShowWaiting()
    {
        watched = false;
        waiting.Clear();
        await Refresh();
        watched = true;
    }

    private async Task NotWatched()
    {
        watched = false;
        if (waiting.Count > 0)
        {
            waiting.Clear();
            await Refresh();
        }
    }

    private async Task More()
    {
        loadingMore = true;
        try
        {
            var page = await Load(Query(cursor, Limit), left);
            var had = rows!.Select(Key).ToHashSet(StringComparer.Ordinal);
            rows!.AddRange(page.Items.Where(item => !had.Contains(Key(item))));
            cursor = page.NextCursor;
            await OnRows.InvokeAsync(rows);
        }
        catch (CityException e)
        {
            Toasts.Failed(e);
        }
        finally
        {
            loadingMore = false;
        }
    }

    private async Task Typed(ChangeEventArgs e)
    {
        var text = e.Value?.ToString();
        var mine = ++question;
        await Task.Delay(Typing, Clock);
        if (mine == question)
        {
            Go(state with { Search = string.IsNullOrWhiteSpace(text) ? null : text.Trim() });
        }
    }

    private void Filter(string name, string? value)
    {
        var filters = new Dictionary<string, string>(state.Filters, StringComparer.Ordinal);
        if (string.IsNullOrEmpty(value))
        {
            filters.Remove(name);
        }
        else
        {
            filters[name] = value;
        }

        Go(state with { Filters = filters });
    }

    private void Clear() => Go(state with { Search = null, Filters = new Dictionary<string, string>(StringComparer.Ordinal) });

    private void Sort(string sort) => Go(state with { Sort = state.Sort == sort ? null : sort });

    private void Toggle(CityColumn<TItem> column)
    {
        var shown = columns.Where(c => c == column ? !IsShown(c) : IsShown(c)).Select(c => c.Name).ToList();
        Go(state with { Columns = shown.Count == 0 ? null : shown });
    }

    // The address is the truth: whatever narrows the list goes there, and comes back from there.
    private void Go(TableState next) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(next.ToQuery(Prefix, Filters)), replace: true);

    private void Moved(object? sender, Microsoft.AspNetCore.Components.Routing.LocationChangedEventArgs e) => _ = InvokeAsync(async () =>
    {
        var next = TableState.Read(Navigation.Uri, Prefix, Filters);
        var same = next.Search == state.Search && next.Sort == state.Sort && next.Filters.Count == state.Filters.Count && !next.Filters.Except(state.Filters).Any();
        state = next;
        if (same)
        {
            StateHasChanged();
            return;
        }

        await Again();
    });

    private async Task Export()
    {
        exporting = true;
        try
        {
            var (text, isWhole) = await Write();
            using var content = new MemoryStream(Encoding.UTF8.GetBytes("\uFEFF" + text));
            using var reference = new DotNetStreamReference(content);
            await Browser.InvokeVoidAsync("daarion.save", $"{Title}.csv", "text/csv;charset=utf-8", reference);
            if (!isWhole)
            {
                Toasts.Done(T.Count("table.csv_cut", MostExported));
            }
        }
        catch (CityException e)
        {
            Toasts.Failed(e);
        }
        finally
        {
            exporting = false;
        }
    }

    private async Task<(string Text, bool IsWhole)> Write()
    {
        var written = columns.Where(column => column.Value is not null).ToList();
        var text = new StringBuilder(Csv.Line(written.Select(column => column.Name)));
        var from = default(string);
        for (var count = 0; count < MostExported;)
        {
            var page = await Load(Query(from, PageRequest.MaxLimit), left);
            foreach (var item in page.Items)
            {
                text.Append(Csv.Line(written.Select(column => Csv.Text(column.Value!(item)))));
            }

            count += page.Items.Count;
            if ((from = page.NextCursor) is null)
            {
                break;
            }
        }

        return (text.ToString(), from is null);
    }

    private TableQuery Query(string? from, int limit) => new(new PageRequest(limit, from), state.Search, state.Sort, state.Filters);

    private bool IsShown(CityColumn<TItem> column) => column.Title.Length == 0 || (state.Columns is { } chosen ? chosen.Contains(column.Name, StringComparer.Ordinal) : !column.Optional);

    private bool IsSorted(CityColumn<TItem> column) => column.Sort is not null && column.Sort == state.Sort;

    private string? SortOf(CityColumn<TItem> column) => column.Sort is null ? null : IsSorted(column) ? "ascending" : "none";

    // A row that glows gets a new element, so that it glows again when it changes again.
    private string RowKey(TItem row, HashSet<string> glowing) => glowing.Contains(Key(row)) ? $"{Key(row)}:{beats}" : Key(row);

    private static string? SlotClass(CityColumn<TItem> column) => column.Slot == Slot.None ? null : $"slot-{char.ToLowerInvariant(column.Slot.ToString()[0])}";
}
