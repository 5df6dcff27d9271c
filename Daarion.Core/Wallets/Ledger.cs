using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Daarion.Core.Wallets;

/// <summary>What a transaction did to an account that keeps a balance.</summary>
internal readonly record struct Moved(TransferId TransferId, WalletId WalletId, OwnerKind OwnerKind, OwnerId OwnerId, Amount Amount, Quantity BalanceAfter)
{
    public WalletBalanceUpdated AsEvent() => new(WalletId, OwnerKind, OwnerId, Amount.Symbol, BalanceAfter, Amount.Value, TransferId);
}

/// <summary>The ledger's functions, called in the transaction of the operation.</summary>
internal static class Ledger
{
    /// <summary>The reason that a refusal for want of tokens carries.</summary>
    public const string InsufficientReason = "insufficient_funds";

    private const string OpenSql = "select wallet.open($1, $2, $3, $4)";
    private const string TransferSql = "select transfer_id, wallet_id, owner_kind, owner_id, symbol, amount, balance_after from wallet.transfer($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    private const string HoldSql = "select wallet.hold($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    private const string ReleaseSql = "select wallet.release($1, $2, $3, $4)";
    private const string NotEnough = "wallet_balances_available";

    /// <summary>Opens the wallets of owners who have none.</summary>
    public static async Task Open(this WalletDbContext db, IReadOnlyCollection<OwnerId> owners, CancellationToken ct)
    {
        await using var command = await db.Command(OpenSql, ct);
        command.Parameters.AddTexts([.. owners.Select(_ => WalletId.New(db.Now).Value)]);
        command.Parameters.AddTexts([.. owners.Select(owner => Words.Of(owner.Kind))]);
        command.Parameters.AddTexts([.. owners.Select(owner => owner.Value)]);
        command.Parameters.AddTime(db.Now);
        await QueryMeter.Measured(command.ExecuteNonQueryAsync(ct));
    }

    /// <summary>The wallets of owners, of those who have one.</summary>
    public static async Task<IReadOnlyDictionary<OwnerId, WalletId>> WalletsOf(this WalletDbContext db, IReadOnlyCollection<OwnerId> owners, CancellationToken ct)
    {
        var rows = await db.Wallets.AsNoTracking().Where(wallet => owners.Contains(wallet.OwnerId)).ToListAsync(ct);
        return rows.ToDictionary(wallet => wallet.OwnerId, wallet => wallet.Id);
    }

    /// <summary>Above what amount of each token a transfer waits for a second operator.</summary>
    public static async Task<IReadOnlyDictionary<Symbol, Quantity>> TransferLimits(this WalletDbContext db, CancellationToken ct) =>
        await db.Tokens.AsNoTracking().ToDictionaryAsync(token => token.Symbol, token => token.TransferLimit, ct);

    /// <summary>Moves an amount from one open wallet to another.</summary>
    /// <exception cref="CityException"><c>conflict</c> (<c>insufficient_funds</c>).</exception>
    public static async Task<IReadOnlyList<Moved>> Move(
        this WalletDbContext db, Transfer order, string idempotencyKey, WalletId from, WalletId to, CancellationToken ct)
    {
        await using var command = await db.Command(TransferSql, ct);
        var parameters = command.Parameters;
        parameters.AddTexts(order.Id.Value);
        parameters.AddText(Words.Of(order.Reverses is null ? TransactionKind.Transfer : TransactionKind.Reversal));
        parameters.AddTexts(idempotencyKey);
        parameters.AddTexts([order.Reverses?.Value]);
        parameters.AddTexts([order.Memo]);
        parameters.AddTexts(from.Value);
        parameters.AddTexts(to.Value);
        parameters.AddTexts(order.Symbol.Code());
        parameters.AddNumbers(order.Amount.Value);
        parameters.AddText(order.RequestedBy);
        parameters.AddTime(db.Now);
        try
        {
            return await ReadMoved(command, ct);
        }
        catch (PostgresException e) when (IsNotEnough(e))
        {
            throw InsufficientFunds(new Amount(order.Amount, order.Symbol), e);
        }
    }

    /// <summary>Runs a command whose answer are the entries of accounts that keep a balance.</summary>
    public static async Task<IReadOnlyList<Moved>> ReadMoved(NpgsqlCommand command, CancellationToken ct)
    {
        var moved = new List<Moved>();
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            moved.Add(Read(reader, 0));
        }

        return moved;
    }

    /// <summary>Locks the amount of a transfer that has to wait.</summary>
    /// <exception cref="CityException"><c>conflict</c> (<c>insufficient_funds</c>).</exception>
    public static async Task Hold(this WalletDbContext db, Transfer transfer, string idempotencyKey, WalletId from, CancellationToken ct)
    {
        await using var command = await db.Command(HoldSql, ct);
        var parameters = command.Parameters;
        parameters.AddText(transfer.Id.Value);
        parameters.AddText(idempotencyKey);
        parameters.AddText(from.Value);
        parameters.AddText(transfer.From.Value);
        parameters.AddText(transfer.To.Value);
        parameters.AddText(transfer.Symbol.Code());
        parameters.Add(new NpgsqlParameter { Value = transfer.Amount.Value });
        parameters.AddText(transfer.Memo);
        parameters.AddText(transfer.RequestedBy);
        parameters.AddTime(transfer.RequestedAt);
        try
        {
            await QueryMeter.Measured(command.ExecuteNonQueryAsync(ct));
        }
        catch (PostgresException e) when (IsNotEnough(e))
        {
            throw InsufficientFunds(new Amount(transfer.Amount, transfer.Symbol), e);
        }
    }

    /// <summary>Unlocks what a waiting transfer locked; false when it was not waiting any more.</summary>
    public static async Task<bool> Release(this WalletDbContext db, TransferId id, TransferStatus status, string decidedBy, CancellationToken ct)
    {
        await using var command = await db.Command(ReleaseSql, ct);
        command.Parameters.AddText(id.Value);
        command.Parameters.AddText(Words.Of(status));
        command.Parameters.AddText(decidedBy);
        command.Parameters.AddTime(db.Now);
        return await QueryMeter.Measured(command.ExecuteScalarAsync(ct)) is true;
    }

    /// <summary>An entry as the functions answer it, from a column on.</summary>
    public static Moved Read(NpgsqlDataReader reader, int column) => new(
        TransferId.Parse(reader.GetString(column)),
        WalletId.Parse(reader.GetString(column + 1)),
        Words.Parse<OwnerKind>(reader.GetString(column + 2)),
        OwnerId.Parse(reader.GetString(column + 3)),
        new Amount(Quantity.Of(reader.GetDecimal(column + 5)), Symbols.Parse(reader.GetString(column + 4))),
        Quantity.Of(reader.GetDecimal(column + 6)));

    public static bool IsNotEnough(PostgresException e) => e is { SqlState: PostgresErrorCodes.CheckViolation, ConstraintName: NotEnough or "wallet_entries_balance" };

    public static CityException InsufficientFunds(Amount amount, Exception? cause = null) =>
        new(ErrorCode.Conflict, $"There is less than {amount} available.", cause) { Reason = InsufficientReason };
}
