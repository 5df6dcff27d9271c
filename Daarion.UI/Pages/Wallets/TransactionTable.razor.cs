using Daarion.Core.Kernel;
using Daarion.Core.Wallets;
using Daarion.UI.Components.Tables;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Wallets;

/// <summary>Transactions of the ledger: of one owner, seen from their side, or all.</summary>
public sealed partial class TransactionTable
{
    private CityTable<Transaction>? table;
    private IReadOnlyList<TableFilter> filters = [];

    /// <summary>Whose; the whole ledger's without.</summary>
    [Parameter]
    public OwnerId? Owner { get; set; }

    /// <summary>What the list is called.</summary>
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    [Inject]
    private IWalletService Wallets { get; set; } = null!;

    [Inject]
    private IConsoleSession Session { get; set; } = null!;

    /// <summary>Looks again.</summary>
    public Task Refresh() => table?.Refresh() ?? Task.CompletedTask;

    protected override void OnInitialized() =>
        filters = [new("kind", T["wallets.kind"], [.. Enum.GetValues<TransactionKind>().Select(kind => (Words.Of(kind), T.Word(kind)))])];

    private static LedgerEntry? From(Transaction transaction) => transaction.Entries.FirstOrDefault(entry => entry.Amount.Value < 0);

    private static LedgerEntry? To(Transaction transaction) => transaction.Entries.FirstOrDefault(entry => entry.Amount.Value > 0);

    private LedgerEntry? Mine(Transaction transaction) => Owner is { } owner ? transaction.Entries.FirstOrDefault(entry => entry.OwnerId == owner) : To(transaction);

    private Task<Page<Transaction>> List(TableQuery query, CancellationToken ct) =>
        Wallets.ListTransactions(Session.Caller, new TransactionQuery(Owner, query.Filter<TransactionKind>("kind"), query.Limit, query.Cursor), ct);
}
