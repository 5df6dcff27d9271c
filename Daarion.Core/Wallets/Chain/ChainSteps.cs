using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace Daarion.Core.Wallets.Chain;

/// <summary>A transaction on its way, with its bytes.</summary>
internal sealed record OpenTransaction(ChainTransactionId Id, ChainTransactionState State, Symbol Symbol, decimal Amount, EvmAddress To, EvmAddress Token, long? Nonce, byte[]? Raw, string? Hash, DateTimeOffset? SentAt);

/// <summary>The steps of a transaction, each in a transaction of the database of its own: whatever comes in between, the next step finds where the last one ended.</summary>
internal sealed class ChainSteps(WalletDbContext db)
{
    private const int AtOnce = 200;
    private const string SettleSql = "select transfer_id, wallet_id, owner_kind, owner_id, symbol, amount, balance_after from wallet.settle_on_chain($1, $2, $3, $4, $5)";

    private const string OpenSql = """
        select id, state, symbol, amount, address, token, nonce, raw, hash, sent_at from wallet.chain_transactions
        where state in ('queued', 'signed', 'sent') order by nonce nulls last, id limit $1
        """;

    // Whoever signs holds the signer's row: nonces follow one another without a gap, and no two are the same.
    private const string NonceSql = """
        insert into wallet.chain_signers as s (chain_id, signer, next) values ($1, $2, $3)
        on conflict (chain_id, signer) do update set next = greatest(s.next, $3) returning next
        """;

    /// <summary>What is on its way, in the order in which it goes out.</summary>
    public async Task<IReadOnlyList<OpenTransaction>> Open(CancellationToken ct)
    {
        var open = new List<OpenTransaction>();
        await using var command = await db.Command(OpenSql, ct);
        command.Parameters.Add(new() { Value = AtOnce });
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            open.Add(new(
                ChainTransactionId.Parse(reader.GetString(0)),
                Words.Parse<ChainTransactionState>(reader.GetString(1)),
                Symbols.Parse(reader.GetString(2)),
                reader.GetDecimal(3),
                EvmAddress.Parse(reader.GetString(4)),
                EvmAddress.Parse(reader.GetString(5)),
                await reader.IsDBNullAsync(6, ct) ? null : reader.GetInt64(6),
                await reader.IsDBNullAsync(7, ct) ? null : await reader.GetFieldValueAsync<byte[]>(7, ct),
                await reader.IsDBNullAsync(8, ct) ? null : reader.GetString(8),
                await reader.IsDBNullAsync(9, ct) ? null : await reader.GetFieldValueAsync<DateTimeOffset>(9, ct)));
        }

        return open;
    }

    /// <summary>Gives a queued transaction its nonce and its bytes, once; nothing where another server has.</summary>
    /// <param name="id">Which.</param>
    /// <param name="chain">Of which chain.</param>
    /// <param name="signer">Who signs.</param>
    /// <param name="known">How many of the signer's are in the chain.</param>
    /// <param name="sign">Makes the bytes of a nonce.</param>
    /// <param name="ct">Cancellation.</param>
    public Task<bool> Sign(ChainTransactionId id, long chain, EvmAddress signer, long known, Func<long, (byte[] Raw, string Hash)> sign, CancellationToken ct) => db.Transact(
        async token =>
        {
            await using var command = await db.Command(NonceSql, token);
            command.Parameters.Add(new() { Value = chain });
            command.Parameters.AddText(signer.Value);
            command.Parameters.Add(new() { Value = known });
            var nonce = (long)(await QueryMeter.Measured(command.ExecuteScalarAsync(token)))!;
            if (!await db.ChainTransactions.AnyAsync(one => one.Id == id && one.State == ChainTransactionState.Queued, token))
            {
                return false;
            }

            var (raw, hash) = sign(nonce);
            await db.Database.ExecuteSqlAsync(
                $"update wallet.chain_transactions set state = 'signed', chain_id = {chain}, signer = {signer.Value}, nonce = {nonce}, raw = {raw}, hash = {hash} where id = {id.Value} and state = 'queued'", token);
            await db.Database.ExecuteSqlAsync($"update wallet.chain_signers set next = {nonce + 1} where chain_id = {chain} and signer = {signer.Value}", token);
            await Tell(id, token);
            return true;
        },
        ct);

    /// <summary>The node has it.</summary>
    public Task Sent(ChainTransactionId id, CancellationToken ct) => db.Transact(
        async token =>
        {
            await db.Database.ExecuteSqlAsync($"update wallet.chain_transactions set state = 'sent', sent_at = {db.Now}, sendings = sendings + 1 where id = {id.Value} and state in ('signed', 'sent')", token);
            await Tell(id, token);
            return true;
        },
        ct);

    /// <summary>Where it is in the chain now; nowhere, where a block that had it was replaced.</summary>
    public Task Seen(ChainTransactionId id, long? block, string? blockHash, int confirmations, CancellationToken ct) => db.Transact(
        async token =>
        {
            var changed = await db.Database.ExecuteSqlAsync(
                $"""
                update wallet.chain_transactions set block_number = {block}, block_hash = {blockHash}, confirmations = {confirmations}
                where id = {id.Value} and state = 'sent' and (block_number, block_hash, confirmations) is distinct from ({block}, {blockHash}, {confirmations})
                """,
                token);
            if (changed > 0)
            {
                await Tell(id, token);
            }

            return true;
        },
        ct);

    /// <summary>It is final: the ledger books it.</summary>
    public Task Settle(ChainTransactionId id, int confirmations, CancellationToken ct) => db.Transact(
        async token =>
        {
            var (claim, transfer) = (TransferId.New(db.Now), TransferId.New(db.Now));
            await using var command = await db.Command(SettleSql, token);
            command.Parameters.AddText(id.Value);
            command.Parameters.AddText(claim.Value);
            command.Parameters.AddText(transfer.Value);
            command.Parameters.Add(new NpgsqlParameter { Value = confirmations, NpgsqlDbType = NpgsqlDbType.Integer });
            command.Parameters.AddTime(db.Now);
            var moved = await Ledger.ReadMoved(command, token);
            if (moved.Count == 0)
            {
                return false;
            }

            foreach (var one in moved)
            {
                db.Publish(one.AsEvent(), one.WalletId.Value, one.OwnerId.Team);
            }

            var tx = await Row(id, token);
            if (tx.PayoutId is { } payout && UserId.TryParse(tx.RequestedBy, out var claimant))
            {
                var paid = await db.Payouts.AsNoTracking().SingleAsync(one => one.Id == payout, token);
                db.Publish(new PayoutClaimed(payout, paid.TeamId, claimant, paid.Symbol, paid.Amount, claim, paid.BeneficiaryId, tx.Hash), payout.Value, paid.TeamId);
                db.Audit("payout.claimed", "payout", payout.Value, paid.TeamId, ("amount", paid.Amount.ToString()), ("symbol", paid.Symbol.Code()), ("transfer", claim.Value), ("tx_hash", tx.Hash!));
            }

            db.Publish(new WalletTransactionConfirmed(tx.Id, tx.Kind, tx.OwnerId, tx.Symbol, tx.Amount, tx.Hash!, tx.BlockNumber ?? 0, tx.PayoutId, transfer), tx.Id.Value, tx.OwnerId.Team);
            return true;
        },
        ct);

    /// <summary>It did not and will not happen.</summary>
    public Task Fail(ChainTransactionId id, string reason, CancellationToken ct) => db.Transact(
        async token =>
        {
            if (!await db.FailOnChain(id, ChainTransactionState.Failed, reason, token))
            {
                return false;
            }

            var tx = await Row(id, token);
            db.Publish(new WalletTransactionFailed(tx.Id, tx.Kind, tx.OwnerId, tx.Symbol, tx.Amount, tx.Hash, reason, tx.PayoutId), tx.Id.Value, tx.OwnerId.Team);
            if (tx.PayoutId is { } payout)
            {
                var claim = await db.Payouts.AsNoTracking().SingleAsync(one => one.Id == payout, token);
                db.Publish(new PayoutFailed(payout, claim.TeamId, claim.Symbol, claim.Amount, reason), payout.Value, claim.TeamId);
            }

            db.Audit("chain.failed", "chain_transaction", tx.Id.Value, tx.OwnerId.Team, ("reason", reason), ("tx_hash", tx.Hash ?? string.Empty));
            return true;
        },
        ct);

    private Task<ChainTransaction> Row(ChainTransactionId id, CancellationToken ct) => db.ChainTransactions.AsNoTracking().SingleAsync(one => one.Id == id, ct);

    private async Task Tell(ChainTransactionId id, CancellationToken ct)
    {
        var tx = await Row(id, ct);
        db.Publish(new WalletTransactionProgressed(tx.Id, tx.OwnerId, tx.State, tx.Hash, tx.Confirmations), tx.Id.Value, tx.OwnerId.Team);
    }
}
