using System.Globalization;
using Daarion.Core.Kernel;
using Daarion.Core.Wallets;
using Daarion.UI.Components;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Wallets;

/// <summary>A month of a wallet as a sheet of paper: what there was, what came and went, what there is, and every line with its cause.</summary>
public sealed partial class PrintedStatementPage
{
    private const int MostLines = 2_000;
    private readonly List<StatementLine> lines = [];
    private StatementSummary? summary;
    private string? name;
    private string symbol = "";
    private DateTime? month;
    private bool isCut;

    /// <summary>Whose.</summary>
    [Parameter]
    public string Owner { get; set; } = "";

    [Inject]
    private IWalletService Wallets { get; set; } = null!;

    [Inject]
    private NameBook Names { get; set; } = null!;

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    [Inject]
    private CityLabel City { get; set; } = null!;

    private DateTime Month => month ?? Clock.Now.UtcDateTime;

    private string Host => new Uri(Navigation.BaseUri).Host;

    private string Period => Month.ToString("Y", CultureInfo.CurrentCulture);

    protected override async Task Load()
    {
        var from = new DateTimeOffset(Month.Year, Month.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var query = new StatementQuery(OwnerId.Parse(Owner), symbol.Length > 0 ? Symbols.Parse(symbol) : null, from, from.AddMonths(1), PageRequest.MaxLimit);
        month ??= from.UtcDateTime;
        name = await Names.Find(Owner);
        summary = await Wallets.SummariseStatement(Caller, query, Gone);
        lines.Clear();
        for (string? cursor = null; ;)
        {
            var page = await Wallets.GetStatement(Caller, query with { Cursor = cursor }, Gone);
            lines.AddRange(page.Items);
            (cursor, isCut) = (page.NextCursor, page.NextCursor is not null && lines.Count >= MostLines);
            if (cursor is null || isCut)
            {
                return;
            }
        }
    }
}
