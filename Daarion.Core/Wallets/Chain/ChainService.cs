using System.Diagnostics;
using System.Security.Cryptography;
using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Daarion.Core.Wallets.Chain;

/// <inheritdoc cref="IChainService"/>
internal sealed class ChainService(WalletDbContext db, IAccess access, OwnersWallets wallets, ChainLink link, ChainWorker worker) : IChainService
{
    private const string View = "wallet.balance.view";
    private const string Move = "wallet.transfer";
    private const string Approve = "city.wallet.approve";
    private const int MaxAddresses = 50;
    private const int MaxLabel = 80;
    private const string WithdrawSql = "select wallet.withdraw($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    private static readonly TimeSpan ChallengeLife = TimeSpan.FromHours(1);

    public async Task<ChainState> GetChain(Caller caller, ChainRequest request, CancellationToken ct)
    {
        await access.Require(caller, View, caller.User is { } user ? ResourceRef.Own("chain", null, user) : ResourceRef.City, ct);
        var open = await db.ChainTransactions.CountAsync(one => one.SettledAt == null, ct);
        return link.Settings is not { } settings
            ? new(false, null, new Dictionary<string, EvmAddress>(StringComparer.Ordinal), 0, false, null, open)
            : new(true, worker.Signer, settings.Tokens.ToDictionary(token => token.Key.Code(), token => token.Value, StringComparer.Ordinal), settings.Confirmations, worker.Problem is null, worker.Problem, open);
    }

    public async Task<Page<OwnersAddress>> ListAddresses(Caller caller, AddressQuery request, CancellationToken ct)
    {
        await access.Require(caller, View, request.Owner.AsResource(), ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var rows = PageCursor.Decode(page.Cursor, 1) is [var after]
            ? db.Addresses.FromSql($"select * from wallet.addresses where id < {after}")
            : db.Addresses;
        var found = await rows.AsNoTracking().Where(one => one.OwnerId == request.Owner && one.RemovedAt == null).OrderByDescending(one => one.Id).Take(page.Limit + 1).ToListAsync(ct);
        return Page<AddressRow>.From(found, page, one => [one.Id.Value]).Select(one => one.View());
    }

    public async Task<OwnersAddress> AddAddress(Caller caller, AddAddress request, CancellationToken ct)
    {
        await RequireOwner(caller, request.Owner, ct);
        if (request.Owner.Kind == OwnerKind.City)
        {
            throw CityException.Invalid("owner", "Give a person (u_…) or a team (t_…).");
        }

        if (await db.Addresses.CountAsync(one => one.OwnerId == request.Owner && one.RemovedAt == null, ct) >= MaxAddresses)
        {
            throw CityException.Conflict($"There are {MaxAddresses} already; end one first.", "too_many");
        }

        var id = AddressId.New(db.Now);
        var row = new AddressRow
        {
            Id = id,
            OwnerId = request.Owner,
            Address = request.Address,
            Label = Texts.Checked("label", request.Label, MaxLabel) ?? string.Empty,
            Challenge = $"Daarion: {request.Address} belongs to {request.Owner}.\nNumber: {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}\nUntil: {Timestamps.Format(db.Now + ChallengeLife)}",
            ExpiresAt = db.Now + ChallengeLife,
            CreatedAt = db.Now,
            CreatedBy = caller.Actor.Id,
        };
        db.Add(row);
        Note("address.added", row);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            throw CityException.Conflict("This address is in the book already.", "duplicate");
        }

        return row.View();
    }

    public async Task<OwnersAddress> ProveAddress(Caller caller, ProveAddress request, CancellationToken ct)
    {
        var row = await Load(caller, request.Id, ct);
        if (row.ProvenAt is not null)
        {
            return row.View();
        }

        if (row.ExpiresAt < db.Now)
        {
            throw CityException.Conflict("The challenge is over; take the address out of the book and add it again.", "expired");
        }

        if (EvmKey.SignerOf(row.Challenge, request.Signature) != row.Address)
        {
            throw CityException.Invalid("signature", "This is not the challenge signed by the address.");
        }

        (row.ProvenAt, row.ProvenBy) = (db.Now, caller.Actor.Id);
        return await Save("address.proven", row, ct);
    }

    public async Task<OwnersAddress> PayToAddress(Caller caller, PayToAddress request, CancellationToken ct)
    {
        var row = await Load(caller, request.Id, ct);
        if (row.ProvenAt is null)
        {
            throw NotProven();
        }

        return await db.Transact(
            async token =>
            {
                if (request.Payouts)
                {
                    await db.Addresses.Where(one => one.OwnerId == row.OwnerId && one.Payouts && one.Id != row.Id).ExecuteUpdateAsync(set => set.SetProperty(one => one.Payouts, false), token);
                }

                row.Payouts = request.Payouts;
                return await Save(request.Payouts ? "address.paid_to" : "address.not_paid_to", row, token);
            },
            ct);
    }

    public async Task<OwnersAddress> RemoveAddress(Caller caller, AddressRef request, CancellationToken ct)
    {
        var row = await Load(caller, request.Id, ct);
        (row.Payouts, row.RemovedAt) = (false, db.Now);
        return await Save("address.removed", row, ct);
    }

    public async Task<ChainTransaction> Withdraw(Caller caller, WithdrawTokens request, CancellationToken ct)
    {
        var address = await Load(caller, request.AddressId, ct);
        var settings = link.Settings ?? throw new CityException(ErrorCode.Unavailable, "This city is linked to no chain.") { Reason = "no_chain" };
        if (address.ProvenAt is null)
        {
            throw NotProven();
        }

        if (!settings.Tokens.TryGetValue(request.Symbol, out var contract))
        {
            throw CityException.Conflict($"{request.Symbol.Code()} is not on the chain.", "not_on_chain");
        }

        if (!request.Amount.IsPositive)
        {
            throw CityException.Invalid("amount", "Give an amount above zero.");
        }

        var amount = new Amount(request.Amount, request.Symbol);
        var from = (await db.WalletsOf([address.OwnerId], ct)).TryGetValue(address.OwnerId, out var wallet) ? wallet : throw Ledger.InsufficientFunds(amount);
        var waits = request.Amount > await wallets.LimitOf(db, request.Symbol, ct);
        var id = ChainTransactionId.New(db.Now);
        await db.Transact(
            async token =>
            {
                await using var command = await db.Command(WithdrawSql, token);
                var parameters = command.Parameters;
                parameters.AddText(id.Value);
                parameters.AddText(from.Value);
                parameters.AddText(address.OwnerId.Value);
                parameters.AddText(request.Symbol.Code());
                parameters.Add(new NpgsqlParameter { Value = request.Amount.Value });
                parameters.AddText(address.Address.Value);
                parameters.AddText(contract.Value);
                parameters.AddText(caller.Actor.Id);
                parameters.AddText(Activity.Current?.TraceId.ToHexString());
                parameters.AddTime(db.Now);
                parameters.Add(new NpgsqlParameter { Value = waits });
                try
                {
                    await QueryMeter.Measured(command.ExecuteNonQueryAsync(token));
                }
                catch (PostgresException e) when (Ledger.IsNotEnough(e))
                {
                    throw Ledger.InsufficientFunds(amount, e);
                }

                db.Audit("withdrawal.asked", "withdrawal", id.Value, address.OwnerId.Team, ("amount", request.Amount.ToString()), ("symbol", request.Symbol.Code()), ("address", address.Address.Value));
                return true;
            },
            ct);
        worker.Wake();
        return await Find(id, ct);
    }

    public async Task<ChainTransaction> ApproveWithdrawal(Caller caller, ChainTransactionRef request, CancellationToken ct)
    {
        await access.Require(caller, Approve, ResourceRef.City, ct);
        var waiting = await db.ChainTransactions.AsNoTracking().SingleOrDefaultAsync(one => one.Id == request.Id, ct) ?? throw CityException.NotFound("transaction");
        if (waiting.OwnerId.Team is { } payer)
        {
            await access.Require(caller, Approve, ResourceRef.Team(payer), ct);
        }

        var by = caller.Actor.Id;
        if (waiting.RequestedBy == by)
        {
            throw CityException.Conflict("Another operator must let this transfer move: you asked for it.", "four_eyes");
        }

        await db.Transact(
            async token =>
            {
                db.Audit("withdrawal.approved", "withdrawal", waiting.Id.Value, waiting.OwnerId.Team, ("amount", waiting.Amount.ToString()), ("symbol", waiting.Symbol.Code()));
                var changed = await db.Database.ExecuteSqlAsync($"update wallet.chain_transactions set state = 'queued', approved_by = {by} where id = {waiting.Id.Value} and state = 'pending'", token);
                return changed == 1 ? true : throw NotPending();
            },
            ct);
        worker.Wake();
        return await Find(request.Id, ct);
    }

    public async Task<ChainTransaction> CancelWithdrawal(Caller caller, ChainTransactionRef request, CancellationToken ct)
    {
        var waiting = await db.ChainTransactions.AsNoTracking().SingleOrDefaultAsync(one => one.Id == request.Id, ct);
        if (!(await access.Ask(caller, Move, (waiting?.OwnerId.AsResource() ?? ResourceRef.City) with { TakesNothing = true }, ct)).Allow || !caller.MayMoveOwn(waiting?.OwnerId ?? default))
        {
            await access.Require(caller, Approve, ResourceRef.City, ct);
        }

        if (waiting is null)
        {
            throw CityException.NotFound("transaction");
        }

        await db.Transact(
            async token =>
            {
                if (await db.Database.ExecuteSqlAsync($"select from wallet.chain_transactions where id = {waiting.Id.Value} and state = 'pending' for update", token) == 0
                    && !await db.ChainTransactions.AnyAsync(one => one.Id == waiting.Id && one.State == ChainTransactionState.Pending, token))
                {
                    throw NotPending();
                }

                db.Audit("withdrawal.cancelled", "withdrawal", waiting.Id.Value, waiting.OwnerId.Team, ("amount", waiting.Amount.ToString()), ("symbol", waiting.Symbol.Code()));
                return await db.FailOnChain(waiting.Id, ChainTransactionState.Cancelled, "cancelled", token) ? true : throw NotPending();
            },
            ct);
        return await Find(request.Id, ct);
    }

    public async Task<Page<ChainTransaction>> ListChainTransactions(Caller caller, ChainTransactionQuery request, CancellationToken ct)
    {
        await access.Require(caller, View, request.Owner?.AsResource() ?? ResourceRef.City, ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var rows = PageCursor.Decode(page.Cursor, 1) is [var after]
            ? db.ChainTransactions.FromSql($"select * from wallet.chain_transactions where id < {after}")
            : db.ChainTransactions;
        rows = request.Owner is { } owner ? rows.Where(one => one.OwnerId == owner) : rows;
        rows = request.State is { } state ? rows.Where(one => one.State == state) : rows;
        rows = request.PayoutId is { } payout ? rows.Where(one => one.PayoutId == payout) : rows;
        return Page<ChainTransaction>.From(await rows.AsNoTracking().OrderByDescending(one => one.Id).Take(page.Limit + 1).ToListAsync(ct), page, one => [one.Id.Value]);
    }

    public async Task<ChainTransaction> GetChainTransaction(Caller caller, ChainTransactionRef request, CancellationToken ct)
    {
        var found = await db.ChainTransactions.AsNoTracking().SingleOrDefaultAsync(one => one.Id == request.Id, ct);
        await access.Require(caller, View, found?.OwnerId.AsResource() ?? ResourceRef.City, ct);
        return found ?? throw CityException.NotFound("transaction");
    }

    private Task<ChainTransaction> Find(ChainTransactionId id, CancellationToken ct) => db.ChainTransactions.AsNoTracking().SingleAsync(one => one.Id == id, ct);

    private async Task RequireOwner(Caller caller, OwnerId owner, CancellationToken ct)
    {
        await access.Require(caller, Move, owner.AsResource() with { TakesNothing = true }, ct);
        caller.RequireMover(owner);
    }

    // Whoever may not move what is an owner's does not learn of the book.
    private async Task<AddressRow> Load(Caller caller, AddressId id, CancellationToken ct)
    {
        var row = await db.Addresses.SingleOrDefaultAsync(one => one.Id == id && one.RemovedAt == null, ct);
        if (row is null)
        {
            await access.Require(caller, Move, caller.User is { } user ? ResourceRef.Own("address", id.Value, user) with { TakesNothing = true } : ResourceRef.City, ct);
            throw CityException.NotFound("address");
        }

        await RequireOwner(caller, row.OwnerId, ct);
        return row;
    }

    private void Note(string what, AddressRow row) => db.Audit(what, "address", row.Id.Value, row.OwnerId.Team, ("address", row.Address.Value), ("owner", row.OwnerId.Value));

    private async Task<OwnersAddress> Save(string what, AddressRow row, CancellationToken ct)
    {
        Note(what, row);
        await db.SaveChangesAsync(ct);
        return row.View();
    }

    private static CityException NotProven() => CityException.Conflict("It is not shown yet that this address is the owner's.", "not_proven");

    private static CityException NotPending() => CityException.Conflict("This transfer is not waiting any more.", "not_pending");
}
