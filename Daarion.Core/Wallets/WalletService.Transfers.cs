using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Daarion.Core.Wallets;

/// <summary>Transfers between owners: at once up to the token's limit, above it by a second operator.</summary>
internal sealed partial class WalletService
{
    private const string TransferCapability = "wallet.transfer";
    private const string Approve = "city.wallet.approve";
    private const int MaxMemoLength = 200;
    private const int MaxKeyLength = 128;

    public async Task<Transfer> SendTransfer(Caller caller, SendTransfer request, CancellationToken ct)
    {
        var giver = await OwnerOf(request.From, ct);
        await access.Require(
            caller, TransferCapability, giver?.AsResource() ?? new ResourceRef("wallet", request.From.Value, null, caller.User?.Value) { TakesNothing = true }, ct);
        var from = giver ?? throw CityException.NotFound("wallet");
        caller.RequireMover(from);
        var order = Order(caller, request, from, await OwnerOf(request.To, ct) ?? throw NoReceiver());
        var key = Texts.Checked("key", request.Key, MaxKeyLength) is { } given ? $"send:{caller.Actor.Id}:{given}" : $"send:{order.Id}";
        if (!await wallets.Exists(order.To, ct))
        {
            throw NoReceiver();
        }

        return order.Amount > await wallets.LimitOf(db, order.Symbol, ct) ? await HoldOnce(order, key, ct) : await Post(order, key, request.Key is not null, ct);
    }

    public async Task<Transfer> GetTransfer(Caller caller, TransferRef request, CancellationToken ct)
    {
        var transfer = await Held(request.Id, ct) ?? await Completed(request.Id, ct);
        await RequireAnyOf(caller, "transfer", transfer is null ? [] : [transfer.From, transfer.To], ct);
        return transfer ?? throw CityException.NotFound("transfer");
    }

    public async Task<Page<Transfer>> ListHeldTransfers(Caller caller, HeldTransferQuery request, CancellationToken ct)
    {
        await access.Require(caller, View, request.Owner?.AsResource() ?? ResourceRef.City, ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var rows = PageCursor.Decode(page.Cursor, 1) is [var after]
            ? db.HeldTransfers.FromSql($"select * from wallet.held_transfers where id < {after}")
            : db.HeldTransfers;
        rows = request.Owner is { } owner ? rows.Where(transfer => transfer.From == owner || transfer.To == owner) : rows;
        rows = request.Status is { } status ? rows.Where(transfer => transfer.Status == status) : rows;
        return Page<Transfer>.From(
            await rows.AsNoTracking().OrderByDescending(transfer => transfer.Id).Take(page.Limit + 1).ToListAsync(ct), page, transfer => [transfer.Id.Value]);
    }

    public async Task<Transfer> ApproveTransfer(Caller caller, TransferRef request, CancellationToken ct)
    {
        await access.Require(caller, Approve, ResourceRef.City, ct);
        var transfer = await Held(request.Id, ct) ?? throw CityException.NotFound("transfer");
        if (transfer.From.Team is { } payer)
        {
            // The order may be older than the lock: a team that takes no change does not pay either.
            await access.Require(caller, Approve, ResourceRef.Team(payer), ct);
        }

        var approver = caller.Actor.Id;
        if (transfer.RequestedBy == approver)
        {
            throw CityException.Conflict("Another operator must let this transfer move: you asked for it.", "four_eyes");
        }

        return await db.Transact(
            async token =>
            {
                await ReleaseOrConflict(request.Id, TransferStatus.Completed, approver, token);
                db.Audit("transfer.approved", "transfer", transfer.Id.Value, transfer.From.Team, ("amount", transfer.Amount.ToString()), ("symbol", transfer.Symbol.Code()));
                return await MoveNow(transfer, $"held:{transfer.Id}", approver, token);
            },
            ct);
    }

    public async Task<Transfer> CancelTransfer(Caller caller, TransferRef request, CancellationToken ct)
    {
        var transfer = await Held(request.Id, ct);
        var giver = (transfer?.From.AsResource() ?? ResourceRef.City) with { TakesNothing = true };
        // Whoever was given something by mistake does not keep it by saying no, nor what the city's policies take away.
        if (transfer is { Reverses: not null } or { To.Kind: OwnerKind.City } || !(await access.Ask(caller, TransferCapability, giver, ct)).Allow || !caller.MayMoveOwn(transfer?.From ?? default))
        {
            await access.Require(caller, Approve, ResourceRef.City, ct);
        }

        if (transfer is null)
        {
            throw CityException.NotFound("transfer");
        }

        return await db.Transact(
            async token =>
            {
                await ReleaseOrConflict(request.Id, TransferStatus.Cancelled, caller.Actor.Id, token);
                db.Audit("transfer.cancelled", "transfer", transfer.Id.Value, transfer.From.Team, ("amount", transfer.Amount.ToString()), ("symbol", transfer.Symbol.Code()));
                return transfer with { Status = TransferStatus.Cancelled, DecidedBy = caller.Actor.Id, DecidedAt = db.Now };
            },
            ct);
    }

    private async ValueTask<OwnerId?> OwnerOf(PartyId party, CancellationToken ct) => party.Wallet is { } wallet ? await wallets.OwnerOf(db, wallet, ct) : party.Owner;

    private static CityException NoReceiver(Exception? cause = null) => new(ErrorCode.NotFound, "There is no such receiver.", cause);

    private Transfer Order(Caller caller, SendTransfer request, OwnerId from, OwnerId to)
    {
        if (from.Kind == OwnerKind.City || to.Kind == OwnerKind.City)
        {
            throw CityException.Invalid(from.Kind == OwnerKind.City ? "from" : "to", "Give a person (u_…) or a team (t_…).");
        }

        if (from == to)
        {
            throw CityException.Invalid("to", "Give another owner than the one who gives.");
        }

        if (!request.Amount.IsPositive)
        {
            throw CityException.Invalid("amount", "Give an amount above zero.");
        }

        var memo = Texts.Checked("memo", request.Memo, MaxMemoLength);
        return new Transfer(
            TransferId.New(db.Now), TransferStatus.Completed, from, to, request.Symbol, request.Amount, memo, caller.Actor.Id, db.Now, null, null);
    }

    // Goes with the others that arrive at this moment.
    private async Task<Transfer> Post(Transfer order, string key, bool isAsked, CancellationToken ct)
    {
        var (from, to) = await wallets.Of(db, order.From, order.To, ct);
        var posting = new Posting(
            order,
            key,
            isAsked,
            from,
            to,
            db.Compose(new WalletBalanceUpdated(from, order.From.Kind, order.From, order.Symbol, Quantity.Zero, -order.Amount, order.Id), from.Value, order.From.Team),
            db.Compose(new WalletBalanceUpdated(to, order.To.Kind, order.To, order.Symbol, Quantity.Zero, order.Amount, order.Id), to.Value, order.To.Team),
            db.Compose(new WalletTransferSent(order.Id, order.From.Kind, order.From, order.To.Kind, order.To, order.Symbol, order.Amount, null), from.Value, order.From.Team));
        var posted = await db.CommitBeside(() => postings.Post(posting, ct));
        return posted.Outcome switch
        {
            PostingOutcome.Done => order with { Status = TransferStatus.Completed },
            PostingOutcome.Insufficient => throw Ledger.InsufficientFunds(new Amount(order.Amount, order.Symbol)),
            PostingOutcome.Mismatch => throw Mismatch(),
            _ => await Again(posted.Id!.Value, ct),
        };
    }

    // What was there already uses up nothing more.
    private async Task<Transfer> Again(TransferId id, CancellationToken ct)
    {
        await db.Operation.GiveBack();
        return await Held(id, ct) ?? await Completed(id, ct) ?? throw CityException.NotFound("transfer");
    }

    private async Task<Transfer> HoldOnce(Transfer order, string key, CancellationToken ct)
    {
        if (await Earlier(key, order, ct) is { } earlier)
        {
            return earlier;
        }

        try
        {
            return await db.Transact(token => Hold(order, key, token), ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return await Earlier(key, order, ct) ?? throw CityException.Conflict("This transfer was asked for twice at the same moment; look at the list before you ask again.");
        }
    }

    private async Task<Transfer> MoveNow(Transfer order, string key, string? approver, CancellationToken ct)
    {
        await db.Open([order.From, order.To], ct);
        var from = await FindWallet(order.From, ct);
        var to = await FindWallet(order.To, ct);
        foreach (var moved in await db.Move(order, key, from!.Id, to!.Id, ct))
        {
            db.Publish(moved.AsEvent(), moved.WalletId.Value, moved.OwnerId.Team);
        }

        db.Publish(
            new WalletTransferSent(order.Id, order.From.Kind, order.From, order.To.Kind, order.To, order.Symbol, order.Amount, approver),
            from.Id.Value,
            order.From.Team);
        return order with { Status = TransferStatus.Completed, DecidedBy = approver, DecidedAt = approver is null ? null : db.Now };
    }

    private async Task<Transfer> Hold(Transfer order, string key, CancellationToken ct)
    {
        var from = await FindWallet(order.From, ct) ?? throw Ledger.InsufficientFunds(new Amount(order.Amount, order.Symbol));
        await db.Hold(order, key, from.Id, ct);
        db.Audit("transfer.held", "transfer", order.Id.Value, order.From.Team, ("amount", order.Amount.ToString()), ("symbol", order.Symbol.Code()));
        return order with { Status = TransferStatus.Pending };
    }

    private async Task ReleaseOrConflict(TransferId id, TransferStatus status, string decidedBy, CancellationToken ct)
    {
        if (!await db.Release(id, status, decidedBy, ct))
        {
            throw CityException.Conflict("This transfer is not waiting any more.", "not_pending");
        }
    }

    // Tokens never go to somebody who is not there. The service asks as itself: whoever sends need not see the receiver's team.
    private async Task EnsureReceiver(Caller caller, OwnerId receiver, CancellationToken ct)
    {
        var self = Caller.ForService(ServiceName.Wallets, caller.CausationId);
        try
        {
            _ = receiver.Team is { } team ? (object)await teams.Get(self, new GetTeam(team), ct) : await users.Get(self, new GetUser(receiver.User!.Value), ct);
        }
        catch (CityException e) when (e.Code == ErrorCode.NotFound)
        {
            throw NoReceiver(e);
        }
    }

    // A repeat gives the transfer of the first time; the same key for something else is a mistake.
    private async Task<Transfer?> Earlier(string key, Transfer order, CancellationToken ct)
    {
        var heldRows = await db.HeldTransfers.FromSql($"select * from wallet.held_transfers where idempotency_key = {key}").AsNoTracking().ToListAsync(ct);
        var moved = await db.Transactions.AsNoTracking().SingleOrDefaultAsync(transaction => transaction.IdempotencyKey == key, ct);
        var earlier = heldRows is [var held] ? held : moved is null ? null : await Completed(moved.Id, ct);
        return earlier is null || (earlier.From, earlier.To, earlier.Symbol, earlier.Amount) == (order.From, order.To, order.Symbol, order.Amount)
            ? earlier
            : throw Mismatch();
    }

    private static CityException Mismatch() => new(ErrorCode.IdempotencyMismatch, "This key was used for another transfer.");

    private Task<Transfer?> Held(TransferId id, CancellationToken ct) => db.HeldTransfers.AsNoTracking().SingleOrDefaultAsync(transfer => transfer.Id == id, ct);

    private async Task<Transfer?> Completed(TransferId id, CancellationToken ct)
    {
        var row = await db.Transactions.AsNoTracking().SingleOrDefaultAsync(transaction => transaction.Id == id && (transaction.Kind == TransactionKind.Transfer || transaction.Kind == TransactionKind.Reversal), ct);
        if (row is null)
        {
            return null;
        }

        var entries = (await EntriesOf([id.Value], ct))[id].ToList();
        var (from, to) = (entries.Single(entry => entry.Amount.IsNegative), entries.Single(entry => entry.Amount.IsPositive));
        return new Transfer(row.Id, TransferStatus.Completed, from.OwnerId, to.OwnerId, to.Symbol, to.Amount, row.Memo, row.Actor, row.At, null, null);
    }
}
