using Bunit;
using Daarion.Core.Kernel;
using Daarion.UI.Components.Tables;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Tests.Ui;

/// <summary>A list as the console shows lists.</summary>
public sealed class TableTests : Screen
{
    private static readonly TableFilter[] ByColour = [new("colour", "Colour", [("red", "Red"), ("blue", "Blue")])];
    private readonly List<TableQuery> asked = [];
    private List<Row> rows = [.. Enumerable.Range(1, 5).Select(i => new Row($"r{i}", $"Row {i}", i))];

    [Fact]
    public void Rows_come_with_their_columns_and_lead_to_their_pages()
    {
        var table = Show();

        Assert.Equal(["Name", "Size"], table.FindAll("th").Select(th => th.TextContent.Trim()));
        Assert.Equal(5, table.FindAll("tbody tr").Count);
        Assert.Equal("/rows/r1", table.Find("tbody a.row-link").GetAttribute("href"));
    }

    [Fact]
    public void The_address_says_what_is_searched_and_filtered()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/rows?q=kyiv&colour=blue");

        Show();

        var query = Assert.Single(asked);
        Assert.Equal(("kyiv", "blue"), (query.Search, query.Filter("colour")));
    }

    [Fact]
    public void Choosing_a_filter_goes_into_the_address_and_asks_again()
    {
        var table = Show();

        table.Find("select").Change("red");

        Assert.EndsWith("?colour=red", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
        table.WaitForAssertion(() => Assert.Equal("red", asked[^1].Filter("colour")));
    }

    [Fact]
    public void An_empty_list_says_what_it_is()
    {
        rows = [];

        var table = Show();

        Assert.Contains("Nothing here yet", table.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_changed_glows_and_the_others_stay()
    {
        var table = Show();
        rows = [rows[0], rows[1] with { Size = 99 }, .. rows.Skip(2)];

        await table.InvokeAsync(() => table.Instance.Refresh());

        Assert.Equal("Row 2", Assert.Single(table.FindAll("tr.glow")).QuerySelector("a")!.TextContent.Trim());
        Assert.Equal(5, table.FindAll("tbody tr").Count);
    }

    [Fact]
    public async Task A_new_row_waits_behind_a_button_while_the_pointer_is_on_the_list()
    {
        var table = Show();
        await table.Find(".scroll").TriggerEventAsync("onmouseenter", new Microsoft.AspNetCore.Components.Web.MouseEventArgs());
        rows = [new Row("r0", "Row 0", 0), .. rows];

        await table.InvokeAsync(() => table.Instance.Refresh());

        Assert.Equal(5, table.FindAll("tbody tr").Count);
        await table.Find(".fresh button").ClickAsync(new());
        table.WaitForAssertion(() => Assert.Equal(6, table.FindAll("tbody tr").Count));
    }

    [Fact]
    public void More_rows_are_asked_for_from_where_the_last_page_ended()
    {
        var table = Show(limit: 2);

        table.Find(".more-row button").Click();

        Assert.Equal("2", asked[^1].Cursor);
        Assert.Equal(4, table.FindAll("tbody tr").Count);
    }

    [Fact]
    public void A_file_that_does_not_hold_everything_says_so()
    {
        rows = [.. Enumerable.Range(1, 10_050).Select(i => new Row($"r{i}", $"Row {i}", i))];
        var table = Show();

        table.Find("button[title='Download as CSV']").Click();

        var toasts = Services.GetRequiredService<Daarion.UI.Components.Toasts>();
        table.WaitForAssertion(() => Assert.Contains("Only the first 10,000 rows", Assert.Single(toasts.Shown).Text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_day_is_chosen_in_the_persons_own_zone_and_ends_where_the_next_begins()
    {
        var clock = Services.GetRequiredService<Daarion.UI.Text.ScreenClock>();
        clock.SetZone("Europe/Kyiv");
        Services.GetRequiredService<NavigationManager>().NavigateTo("/rows?from=2026-11-24&to=never");

        Show(filters: [TableFilter.Day("from", "From"), TableFilter.Day("to", "To")]);

        var query = Assert.Single(asked);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 22, 0, 0, TimeSpan.Zero), query.Day("from", clock));
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 22, 0, 0, TimeSpan.Zero), query.Day("from", clock, after: 1));
        Assert.Null(query.Day("to", clock));
    }

    [Fact]
    public async Task A_list_whose_contract_cannot_search_is_searched_over_all_its_pages()
    {
        rows = [.. Enumerable.Range(1, 450).Select(i => new Row($"r{i}", i == 430 ? "Kyiv" : $"Row {i}", i))];

        var found = await Sifted.Of(new TableQuery(new PageRequest(), "kyiv", null, new Dictionary<string, string>()), page => Load(new TableQuery(page, null, null, new Dictionary<string, string>()), default), row => row.Name);

        Assert.Equal("r430", Assert.Single(found.Items).Id);
        Assert.Null(found.NextCursor);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("-5", "-5")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("", "")]
    public void A_file_never_holds_a_formula(string value, string cell) => Assert.Equal(cell + "\r\n", Csv.Line([value]));

    private IRenderedComponent<CityTable<Row>> Show(int limit = 50, IReadOnlyList<TableFilter>? filters = null) => Render<CityTable<Row>>(table => table
        .Add(t => t.Title, "Rows")
        .Add(t => t.Limit, limit)
        .Add(t => t.Searchable, true)
        .Add(t => t.Filters, filters ?? ByColour)
        .Add(t => t.Key, row => row.Id)
        .Add(t => t.Href, row => $"/rows/{row.Id}")
        .Add(t => t.Load, Load)
        .Add(t => t.Columns, builder =>
        {
            foreach (var (name, title, text) in new (string, string, Func<Row, string>)[] { ("name", "Name", row => row.Name), ("size", "Size", row => $"{row.Size}") })
            {
                builder.OpenComponent<CityColumn<Row>>(0);
                builder.AddComponentParameter(1, nameof(CityColumn<Row>.Name), name);
                builder.AddComponentParameter(2, nameof(CityColumn<Row>.Title), title);
                builder.AddComponentParameter(5, nameof(CityColumn<Row>.Value), (Func<Row, object?>)(row => text(row)));
                builder.AddComponentParameter(3, nameof(CityColumn<Row>.ChildContent), (RenderFragment<Row>)(row => cell => cell.AddContent(4, text(row))));
                builder.CloseComponent();
            }
        }));

    private Task<Page<Row>> Load(TableQuery query, CancellationToken ct)
    {
        asked.Add(query);
        var from = query.Cursor is { } cursor ? int.Parse(cursor) : 0;
        var page = rows.Skip(from).Take(query.Limit).ToList();
        return Task.FromResult(new Page<Row>(page, from + page.Count < rows.Count ? $"{from + page.Count}" : null));
    }

    private sealed record Row(string Id, string Name, int Size);
}
