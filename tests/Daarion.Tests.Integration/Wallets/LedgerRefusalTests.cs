using Daarion.Tests.Integration.Running;
using Npgsql;

namespace Daarion.Tests.Integration.Wallets;

/// <summary>What the database refuses by itself, whoever asks it.</summary>
[Collection(CityCollection.Name)]
public sealed class LedgerRefusalTests(CityFixture city)
{
    private const string LastTransfer = "(select max(id) from wallet.wallet_transfers)";
    private const string AnyWallet = "(select wallet_id from wallet.wallet_balances order by available desc limit 1)";
    private const string Moving = "select set_config('wallet.moving', 'on', true); ";

    [Theory]
    [InlineData("update wallet.wallet_entries set amount = amount + 1")]
    [InlineData("delete from wallet.wallet_entries")]
    [InlineData("truncate wallet.wallet_entries cascade")]
    [InlineData("update wallet.wallet_transfers set memo = 'x'")]
    [InlineData("delete from wallet.wallet_transfers")]
    [InlineData("update wallet.wallet_balances set available = available + 1")]
    [InlineData("insert into wallet.wallet_balances (wallet_id, symbol, available) values ('w_00000000000000000000000009', 'KWT', 1)")]
    [InlineData("delete from wallet.wallet_balances")]
    [InlineData("delete from wallet.wallets")]
    [InlineData("delete from wallet.payouts")]
    [InlineData("update wallet.payouts set amount = amount + 1")]
    [InlineData("update wallet.payouts set status = 'generated' where status = 'claimed'")]
    [InlineData("update wallet.payouts set status = 'claimed', claimed_by = 'u_x', claimed_at = now(), transaction_id = 'tx_x' where status = 'generated'")]
    [InlineData("delete from wallet.reward_cuts")]
    [InlineData("insert into wallet.wallet_transfers (id, kind, idempotency_key, at, actor) values ('tx_x', 'transfer', 'x', now(), 'u_x')")]
    public async Task Nothing_is_rewritten_and_nothing_moves_beside_the_ledgers_functions(string statement) =>
        Assert.Contains(await Refusal(statement), new[] { PostgresErrorCodes.RestrictViolation, PostgresErrorCodes.CheckViolation });

    [Theory]
    [InlineData($"insert into wallet.wallet_entries (transfer_id, position, wallet_id, symbol, amount, balance_after, hash) values ({LastTransfer}, 9, {AnyWallet}, 'KWT', 5, 5, sha256(''))", "wallet_entries_sum_to_zero")]
    [InlineData($"insert into wallet.wallet_entries (transfer_id, position, wallet_id, symbol, amount, balance_after, hash) values ({LastTransfer}, 9, {AnyWallet}, 'KWT', -5, -5, sha256(''))", "wallet_entries_balance")]
    [InlineData($"insert into wallet.wallet_entries (transfer_id, position, wallet_id, symbol, amount, balance_after, hash) values ('tx_none', 0, {AnyWallet}, 'KWT', 5, 5, sha256('')), ('tx_none', 1, {AnyWallet}, 'KWT', -5, 0, sha256(''))", "wallet_entries_transfer_id_fkey")]
    [InlineData($"insert into wallet.wallet_entries (transfer_id, position, wallet_id, symbol, amount, balance_after, hash) values ({LastTransfer}, 2, {AnyWallet}, 'KWT', 5, 5, sha256('')), ({LastTransfer}, 3, {AnyWallet}, 'KWT', -5, 0, sha256(''))", "wallet_entries_sum_to_zero")]
    [InlineData($"update wallet.wallet_balances set available = available + 1 where wallet_id = {AnyWallet}", "wallet_balances_are_entries")]
    [InlineData($"update wallet.wallet_balances set available = -1 where wallet_id = {AnyWallet}", "wallet_balances_available")]
    [InlineData("insert into wallet.wallet_transfers (id, kind, idempotency_key, at, actor) select 'tx_x', kind, idempotency_key, now(), 'u_x' from wallet.wallet_transfers limit 1", "wallet_transfers_once")]
    public async Task Even_inside_a_transfer_the_invariants_hold(string statement, string constraint) => Assert.Equal(constraint, await Refusal(Moving + statement));

    [Fact]
    public async Task A_movement_pays_once_by_each_rule()
    {
        var refusal = await Refusal(
            """
            insert into wallet.payouts (id, team_id, symbol, amount, status, rwa_ref, rule, beneficiary_kind, beneficiary_id, domain, site_id, inventory_id, oracle_id,
                                        delta, unit, rate, unpaid, reading_ts, created_at)
            select 'pay_x', team_id, symbol, amount, 'generated', rwa_ref, rule, beneficiary_kind, beneficiary_id, domain, site_id, inventory_id, oracle_id,
                   delta, unit, rate, unpaid, reading_ts, created_at
            from wallet.payouts limit 1
            """);

        Assert.Equal("payouts_once", refusal);
    }

    [Fact]
    public async Task What_leaves_no_trace_in_the_entries_is_found_by_the_audit()
    {
        await city.PersonWith("1");
        await using var connection = await city.OpenDatabase();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var forge = new NpgsqlCommand($"{Moving}alter table wallet.wallet_balances disable trigger wallet_balances_are_entries; update wallet.wallet_balances set available = available + 1 where wallet_id = {AnyWallet}", connection);
        await forge.ExecuteNonQueryAsync();

        await using var audit = new NpgsqlCommand("select string_agg(name, ',') from wallet.audit() where broken is not null", connection);
        var broken = (string?)await audit.ExecuteScalarAsync();

        Assert.Equal("balances_are_sums_of_entries", broken);
        await transaction.RollbackAsync();
    }

    private async Task<string?> Refusal(string statement)
    {
        // One of each: what was paid, what can be claimed, and what was cut at the day's cap.
        await city.PersonWith("2500");
        var (team, _) = await city.NewTeam();
        await city.Bring(Rewards.Movement(team.Id, "1"), Rewards.Movement(team.Id, "20000"), Rewards.Movement(team.Id, "5"));
        await using var connection = await city.OpenDatabase();
        await using var transaction = await connection.BeginTransactionAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        });
        return refused.ConstraintName ?? refused.SqlState;
    }
}
