using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Daarion.Core.Wallets;

/// <summary>What went wrong goes back: by a new transaction, and by two operators.</summary>
internal sealed partial class WalletService
{
    public async Task<Transfer> ReverseTransaction(Caller caller, ReverseTransaction request, CancellationToken ct)
    {
        await access.Require(caller, Approve, ResourceRef.City, ct);
        var reason = Reason(request.Reason);
        var row = await db.Transactions.AsNoTracking().SingleOrDefaultAsync(transaction => transaction.Id == request.Id, ct) ?? throw CityException.NotFound("transaction");
        if (row.Kind is not (TransactionKind.Transfer or TransactionKind.Payout))
        {
            throw CityException.Conflict("Only transfers and payouts are reversed.", "not_reversible");
        }

        if (await IsReversed(row.Id, ct))
        {
            throw Reversed();
        }

        var entries = (await EntriesOf([request.Id.Value], ct))[request.Id].ToList();
        var (gave, got) = (entries.Single(entry => entry.Amount.IsNegative), entries.Single(entry => entry.Amount.IsPositive));
        var order = new Transfer(
            TransferId.New(db.Now), TransferStatus.Pending, got.OwnerId, gave.OwnerId, got.Symbol, got.Amount, reason, caller.Actor.Id, db.Now, null, null, row.Id);
        try
        {
            return await db.Transact(
                async token =>
                {
                    db.Audit("transaction.reversal_asked", "transaction", row.Id.Value, got.OwnerId.Team, ("amount", order.Amount.ToString()), ("symbol", order.Symbol.Code()), ("reason", reason));
                    return await Hold(order, $"reversal:{row.Id}:{order.Id}", token);
                },
                ct);
        }
        catch (PostgresException e) when (e.ConstraintName == "held_transfers_reverse_once")
        {
            throw Reversed();
        }
        catch (CityException e) when (e.Reason == Ledger.InsufficientReason)
        {
            // It may be another reversal, asked for at the same moment, that holds what is missing.
            if (await IsReversed(row.Id, ct))
            {
                throw Reversed();
            }

            throw;
        }
    }

    private Task<bool> IsReversed(TransferId id, CancellationToken ct) => db.HeldTransfers.AnyAsync(transfer => transfer.Reverses == id && transfer.Status != TransferStatus.Cancelled, ct);

    private static CityException Reversed() => CityException.Conflict("It is reversed already, or another operator is asked to let it go back.", "reversed");
}
