using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Wallets;

/// <summary>Balances, accounts and the ledger's invariants; transfers and the ledger's history are in the other files.</summary>
internal sealed partial class WalletService(
    WalletDbContext db, CityDatabase database, IAccess access, ITeamService teams, IUserService users, OwnersWallets wallets, Postings postings,
    IPolicySnapshots snapshots) : IWalletService
{
    private const string View = "wallet.balance.view";

    private const string BalancesOfWalletSql = "select wallet_id, symbol, available, locked from wallet.wallet_balances where wallet_id = $1";

    private const string BalancesOfOwnerSql =
        "select w.id, b.symbol, b.available, b.locked from wallet.wallets w left join wallet.wallet_balances b on b.wallet_id = w.id where w.owner_kind = $1 and w.owner_id = $2";

    // An account without a bottom keeps no balance: it is the sum of its entries.
    private const string BalancesOfCitySql =
        """
        select w.id, b.symbol, b.available, b.locked from wallet.wallets w left join wallet.wallet_balances b on b.wallet_id = w.id
        where w.owner_kind = $1 and w.owner_id = $2 and not w.boundless
        union all
        select w.id, e.symbol, e.available, 0 from wallet.wallets w
        left join lateral (select x.symbol, sum(x.amount) as available from wallet.wallet_entries x where x.wallet_id = w.id group by x.symbol) as e on true
        where w.owner_kind = $1 and w.owner_id = $2 and w.boundless
        """;

    public async Task<Balance> GetBalance(Caller caller, BalanceRef request, CancellationToken ct)
    {
        await access.Require(caller, View, request.Owner.AsResource(), ct);
        var (wallet, balances) = await BalancesOf(request.Owner, ct);
        return new Balance(
            request.Owner,
            request.Owner.Kind,
            wallet,
            [.. Symbols.All.Select(symbol => balances.TryGetValue(symbol, out var balance) ? new TokenBalance(symbol, balance.Available, balance.Locked) : new(symbol, Quantity.Zero, Quantity.Zero))]);
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

    private async Task<(WalletId? Wallet, IReadOnlyDictionary<Symbol, TokenBalance> Balances)> BalancesOf(OwnerId owner, CancellationToken ct)
    {
        var (wallet, balances) = (wallets.Find(owner), new Dictionary<Symbol, TokenBalance>());
        await using var command = database.Of(ServiceName.Wallets).CreateCommand(wallet is not null ? BalancesOfWalletSql : owner.Kind == OwnerKind.City ? BalancesOfCitySql : BalancesOfOwnerSql);
        if (wallet is { } known)
        {
            command.Parameters.AddText(known.Value);
        }
        else
        {
            command.Parameters.AddText(Words.Of(owner.Kind));
            command.Parameters.AddText(owner.Value);
        }

        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            wallet ??= wallets.Keep(owner, WalletId.Parse(reader.GetString(0)));
            if (!await reader.IsDBNullAsync(1, ct))
            {
                var symbol = Symbols.Parse(reader.GetString(1));
                balances[symbol] = new(symbol, Quantity.Of(reader.GetDecimal(2)), Quantity.Of(reader.GetDecimal(3)));
            }
        }

        return (wallet, balances);
    }

    private Task<WalletRow?> FindWallet(OwnerId owner, CancellationToken ct) =>
        db.Wallets.AsNoTracking().SingleOrDefaultAsync(wallet => wallet.OwnerKind == owner.Kind && wallet.OwnerId == owner, ct);
}
