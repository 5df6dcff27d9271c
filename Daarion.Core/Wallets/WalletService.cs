using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Wallets;

/// <summary>Balances, accounts and the ledger's invariants; transfers and the ledger's history are in the other files.</summary>
internal sealed partial class WalletService(WalletDbContext db, IAccess access, ITeamService teams, IUserService users) : IWalletService
{
    private const string View = "wallet.balance.view";
    private const string SumOfBoundless =
        "select e.wallet_id, e.symbol, sum(e.amount) as available, 0::numeric as locked from wallet.wallet_entries e "
        + "where e.wallet_id in (select id from wallet.wallets where boundless) group by e.wallet_id, e.symbol";

    public async Task<Balance> GetBalance(Caller caller, BalanceRef request, CancellationToken ct)
    {
        await access.Require(caller, View, request.Owner.AsResource(), ct);
        var wallet = await FindWallet(request.Owner, ct);
        var balances = wallet switch
        {
            null => [],
            { Boundless: true } => await db.Balances.FromSqlRaw(SumOfBoundless).AsNoTracking().Where(balance => balance.WalletId == wallet.Id).ToListAsync(ct),
            _ => await db.Balances.AsNoTracking().Where(balance => balance.WalletId == wallet.Id).ToListAsync(ct),
        };
        var bySymbol = balances.ToDictionary(balance => balance.Symbol);
        return new Balance(
            request.Owner,
            request.Owner.Kind,
            wallet?.Id,
            [.. Symbols.All.Select(symbol => bySymbol.TryGetValue(symbol, out var balance) ? new TokenBalance(symbol, balance.Available, balance.Locked) : new(symbol, Quantity.Zero, Quantity.Zero))]);
    }

    public async Task<Page<Account>> ListAccounts(Caller caller, AccountQuery request, CancellationToken ct)
    {
        await access.Require(caller, View, ResourceRef.City, ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var after = PageCursor.Decode(page.Cursor, 2);
        var (afterWallet, afterSymbol) = (after?[0] ?? string.Empty, after?[1] ?? string.Empty);
        var rows = db.Set<Account>().FromSql(
            $"""
            select a.wallet_id, w.owner_kind, w.owner_id, a.symbol, a.available, a.locked
            from (
              select wallet_id, symbol, available, locked from wallet.wallet_balances where available + locked > 0
              union all
              select e.wallet_id, e.symbol, sum(e.amount), 0 from wallet.wallet_entries e
              where e.wallet_id in (select id from wallet.wallets where boundless) group by e.wallet_id, e.symbol) as a
            join wallet.wallets w on w.id = a.wallet_id
            where (a.wallet_id, a.symbol) > ({afterWallet}, {afterSymbol})
            """);
        rows = request.OwnerKind is { } kind ? rows.Where(account => account.OwnerKind == kind) : rows;
        rows = request.Symbol is { } symbol ? rows.Where(account => account.Symbol == symbol) : rows;
        rows = request.WalletId is { } wallet ? rows.Where(account => account.WalletId == wallet) : rows;
        return Page<Account>.From(
            await rows.OrderBy(account => account.WalletId).ThenBy(account => account.Symbol).Take(page.Limit + 1).ToListAsync(ct),
            page,
            account => [account.WalletId.Value, account.Symbol.Code()]);
    }

    public async Task<LedgerAudit> Audit(Caller caller, AuditRequest request, CancellationToken ct)
    {
        await access.Require(caller, "city.wallet.audit", ResourceRef.City, ct);

        // One look at all rows: what is committed while the checks run is not seen by half of them.
        await using var snapshot = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
        var rows = await db.Set<AuditRow>().FromSql($"select name, broken, looked_at from wallet.audit()").ToListAsync(ct);
        var totals = await db.Set<TokenTotals>().FromSql($"select symbol, minted, burned, held, locked, unclaimed from wallet.totals()").ToListAsync(ct);
        var checks = rows.ConvertAll(row => new AuditCheck(row.Name, row.Broken is null, row.Broken is null ? $"{row.LookedAt} looked at" : $"broken at {row.Broken}"));
        return new LedgerAudit(checks.TrueForAll(check => check.Ok), db.Now, checks, [.. totals.OrderBy(total => total.Symbol)]);
    }

    private Task<WalletRow?> FindWallet(OwnerId owner, CancellationToken ct) =>
        db.Wallets.AsNoTracking().SingleOrDefaultAsync(wallet => wallet.OwnerKind == owner.Kind && wallet.OwnerId == owner, ct);
}
