using System.Globalization;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Wallets;

/// <summary>The ledger's history: transactions, entries, statements.</summary>
internal sealed partial class WalletService
{
    public async Task<Page<Transaction>> ListTransactions(Caller caller, TransactionQuery request, CancellationToken ct)
    {
        await access.Require(caller, View, request.Owner?.AsResource() ?? ResourceRef.City, ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var rows = request.Owner is { } owner ? await OfOwner(owner, request.Kind, page, ct) : await OfAll(request.Kind, page, ct);
        var entries = await EntriesOf([.. rows.Items.Select(row => row.Id.Value)], ct);
        var reversed = await ReversedBy([.. rows.Items.Select(row => row.Id.Value)], ct);
        return rows.Select(row => new Transaction(row.Id, row.Kind, row.At, row.Actor, row.Ref, row.Memo, [.. entries[row.Id]], reversed.TryGetValue(row.Id.Value, out var by) ? by : null));
    }

    public async Task<Transaction> GetTransaction(Caller caller, TransactionRef request, CancellationToken ct)
    {
        var row = await db.Transactions.AsNoTracking().SingleOrDefaultAsync(transaction => transaction.Id == request.Id, ct);
        var entries = (await EntriesOf([request.Id.Value], ct))[request.Id].ToList();
        await RequireAnyOf(caller, "transaction", entries.Select(entry => entry.OwnerId), ct);
        var reversed = await ReversedBy([request.Id.Value], ct);
        return row is null
            ? throw CityException.NotFound("transaction")
            : new Transaction(row.Id, row.Kind, row.At, row.Actor, row.Ref, row.Memo, entries, reversed.TryGetValue(row.Id.Value, out var by) ? by : null);
    }

    public async Task<Page<StatementLine>> GetStatement(Caller caller, StatementQuery request, CancellationToken ct)
    {
        await access.Require(caller, View, request.Owner.AsResource(), ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var after = SequenceOf(page.Cursor) ?? 0;
        if (await FindWallet(request.Owner, ct) is not { } wallet)
        {
            return Page<StatementLine>.Empty;
        }

        var rows = db.Set<StatementRow>().FromSql(
            $"""
            select e.sequence, t.at, t.id as transaction_id, t.kind, other.owner_id as counterparty, e.symbol, e.amount, e.balance_after, t.ref, t.memo
            from wallet.wallet_entries e
            join wallet.wallet_transfers t on t.id = e.transfer_id
            join lateral (
              select w.owner_id from wallet.wallet_entries o join wallet.wallets w on w.id = o.wallet_id
              where o.transfer_id = e.transfer_id and o.position <> e.position order by o.position limit 1) as other on true
            where e.wallet_id = {wallet.Id.Value} and e.sequence > {after}
            """);
        rows = request.Symbol is { } symbol ? rows.Where(row => row.Symbol == symbol) : rows;
        rows = request.From is { } from ? rows.Where(row => row.At >= from) : rows;
        rows = request.To is { } to ? rows.Where(row => row.At < to) : rows;
        return Page<StatementRow>.From(await rows.OrderBy(row => row.Sequence).Take(page.Limit + 1).ToListAsync(ct), page, row => [Text(row.Sequence)])
            .Select(row => new StatementLine(row.At, row.TransactionId, row.Kind, row.Counterparty, row.Symbol, row.Amount, row.BalanceAfter, row.Ref, row.Memo));
    }

    public async Task<StatementSummary> SummariseStatement(Caller caller, StatementQuery request, CancellationToken ct)
    {
        await access.Require(caller, View, request.Owner.AsResource(), ct);
        var (from, to) = (request.From ?? DateTimeOffset.UnixEpoch, request.To ?? db.Now);
        if (from > to)
        {
            throw CityException.Invalid("from", "Give a time before to.");
        }

        if (await FindWallet(request.Owner, ct) is not { } wallet)
        {
            return new(request.Owner, null, request.From, to, []);
        }

        var symbol = request.Symbol?.Code();
        var totals = await db.Database.SqlQuery<StatementTotalRow>(
            $"""
            select e.symbol,
                   coalesce(sum(e.amount) filter (where t.at < {from}), 0) as opening,
                   coalesce(sum(e.amount) filter (where t.at >= {from} and e.amount > 0), 0) as received,
                   coalesce(-sum(e.amount) filter (where t.at >= {from} and e.amount < 0), 0) as given,
                   sum(e.amount) as closing,
                   count(*) filter (where t.at >= {from}) as lines
            from wallet.wallet_entries e join wallet.wallet_transfers t on t.id = e.transfer_id
            where e.wallet_id = {wallet.Id.Value} and t.at < {to} and ({symbol}::text is null or e.symbol = {symbol})
            group by e.symbol order by e.symbol
            """).ToListAsync(ct);
        return new(
            request.Owner,
            wallet.Id,
            request.From,
            to,
            totals.ConvertAll(row => new StatementTotal(
                Symbols.Parse(row.Symbol), Quantity.Of(row.Opening), Quantity.Of(row.Received), Quantity.Of(row.Given), Quantity.Of(row.Closing), row.Lines)));
    }

    private async Task<Page<TransactionRow>> OfAll(TransactionKind? kind, PageRequest page, CancellationToken ct)
    {
        var rows = PageCursor.Decode(page.Cursor, 1) is [var after]
            ? db.Transactions.FromSql($"select * from wallet.wallet_transfers where id < {after}")
            : db.Transactions;
        rows = kind is { } one ? rows.Where(row => row.Kind == one) : rows;
        return Page<TransactionRow>.From(await rows.AsNoTracking().OrderByDescending(row => row.Id).Take(page.Limit + 1).ToListAsync(ct), page, row => [row.Id.Value]);
    }

    private async Task<Page<TransactionRow>> OfOwner(OwnerId owner, TransactionKind? kind, PageRequest page, CancellationToken ct)
    {
        var before = SequenceOf(page.Cursor) ?? long.MaxValue;
        if (await FindWallet(owner, ct) is not { } wallet)
        {
            return Page<TransactionRow>.Empty;
        }

        var rows = db.Set<OwnersTransaction>().FromSql(
            $"""
            select e.sequence, t.id, t.kind, t.at, t.actor, t.ref, t.memo
            from wallet.wallet_entries e join wallet.wallet_transfers t on t.id = e.transfer_id
            where e.wallet_id = {wallet.Id.Value} and e.sequence < {before}
            """);
        rows = kind is { } one ? rows.Where(row => row.Kind == one) : rows;
        return Page<OwnersTransaction>.From(await rows.OrderByDescending(row => row.Sequence).Take(page.Limit + 1).ToListAsync(ct), page, row => [Text(row.Sequence)])
            .Select(row => new TransactionRow(row.Id, row.Kind, string.Empty, row.At, row.Actor, row.Ref, row.Memo));
    }

    private async Task<ILookup<TransferId, LedgerEntry>> EntriesOf(string[] transactions, CancellationToken ct)
    {
        var rows = await db.Set<EntryRow>().FromSql(
            $"""
            select e.transfer_id, e.position::integer as position, e.wallet_id, w.owner_kind, w.owner_id, e.symbol, e.amount, e.balance_after
            from wallet.wallet_entries e join wallet.wallets w on w.id = e.wallet_id
            where e.transfer_id = any ({transactions})
            """).OrderBy(entry => entry.TransferId).ThenBy(entry => entry.Position).ToListAsync(ct);
        return rows.ToLookup(row => row.TransferId, row => new LedgerEntry(row.WalletId, row.OwnerKind, row.OwnerId, row.Symbol, row.Amount, row.BalanceAfter));
    }

    private async Task<Dictionary<string, TransferId>> ReversedBy(string[] transactions, CancellationToken ct) =>
        await db.Transactions.AsNoTracking().Where(row => row.Kind == TransactionKind.Reversal && transactions.Contains(row.Ref)).ToDictionaryAsync(row => row.Ref!, row => row.Id, ct);

    // Whoever may see one of the owners may see what happened between them. What nobody takes part in is absent for everybody but those who see the whole city.
    private async Task RequireAnyOf(Caller caller, string what, IEnumerable<OwnerId> owners, CancellationToken ct)
    {
        var candidates = owners.Where(owner => owner.Kind != OwnerKind.City).Distinct().ToList();
        foreach (var owner in candidates)
        {
            if ((await access.Ask(caller, View, owner.AsResource(), ct)).Allow)
            {
                return;
            }
        }

        if (candidates is [var first, ..])
        {
            await access.Require(caller, View, first.AsResource(), ct);
        }
        else if (!(await access.Ask(caller, View, ResourceRef.City, ct)).Allow)
        {
            throw CityException.NotFound(what);
        }
    }

    private sealed record StatementTotalRow(string Symbol, decimal Opening, decimal Received, decimal Given, decimal Closing, long Lines);

    private static string Text(long sequence) => sequence.ToString(CultureInfo.InvariantCulture);

    private static long? SequenceOf(string? cursor) => PageCursor.Decode(cursor, 1) is not [var text] ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence
        : throw CityException.Invalid("cursor", "This is not a cursor of this list; begin again without one.");
}
