using Daarion.Core.Kernel;
using Daarion.Core.Wallets;
using Daarion.Server.Gateway;
using Daarion.Tests.Integration.Running;
using Daarion.Tests.Integration.Usage;
using Npgsql;

namespace Daarion.Tests.Integration.Wallets;

/// <summary>Transfers that arrive together are written together, each with its own outcome; and what was written is not changed unnoticed.</summary>
[Collection(CityCollection.Name)]
public sealed class BatchTests(CityFixture city)
{
    private const string Superuser = "set session_replication_role = replica; ";

    private IWalletService Wallets => city.Get<IWalletService>();

    [Fact]
    public async Task Of_a_hot_account_exactly_what_there_is_moves_and_each_entry_says_what_was_left()
    {
        const int Senders = 64;
        const int Times = 5;
        var (olena, others) = (await city.PersonWith("100"), await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => city.NewPerson())));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            var moved = 0;
            for (var time = 0; time < Times; time++)
            {
                moved += await Try(olena, others[(sender + time) % others.Length], "0.7") is null ? 1 : 0;
            }

            return moved;
        })));

        Assert.Equal(142, outcomes.Sum());
        Assert.Equal(0.6m, await city.Available(OwnerId.Of(olena.Id)));
        var left = await Lines(olena);
        Assert.Equal(Enumerable.Range(0, 143).Select(sent => 100m - (0.7m * sent)), left.Select(line => line.BalanceAfter!.Value.Value));
        await city.AssertLedgerHolds();
    }

    [Fact]
    public async Task One_that_cannot_move_leaves_its_neighbours_as_they_are()
    {
        var (olena, poor, taras) = (await city.PersonWith("64"), await city.NewPerson(), await city.NewPerson());

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(number => Task.Run(() => Try(number % 2 == 0 ? olena : poor, taras, "2"))));

        Assert.Equal(32, outcomes.Count(outcome => outcome is null));
        Assert.Equal(32, outcomes.Count(outcome => outcome == "insufficient_funds"));
        Assert.Equal(64m, await city.Available(OwnerId.Of(taras.Id)));
        await city.AssertLedgerHolds();
    }

    [Fact]
    public async Task A_key_that_many_use_at_once_moves_once()
    {
        var (olena, taras) = (await city.PersonWith("10"), await city.NewPerson());

        var sent = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => Send(olena, taras, "3", "dues"))));
        var others = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Try(olena, taras, "2", "dues"))));

        Assert.Single(sent.Select(transfer => transfer.Id).Distinct());
        Assert.All(sent, transfer => Assert.Equal((TransferStatus.Completed, 3m), (transfer.Status, transfer.Amount.Value)));
        Assert.All(others, outcome => Assert.Equal(nameof(ErrorCode.IdempotencyMismatch), outcome));
        Assert.Equal(7m, await city.Available(OwnerId.Of(olena.Id)));
    }

    [Fact]
    public async Task Every_transfer_tells_what_each_side_has_after_it()
    {
        var (olena, taras) = (await city.PersonWith("10"), await city.NewPerson());

        var sent = await Task.WhenAll(Enumerable.Range(0, 9).Select(_ => Task.Run(() => Send(olena, taras, "1"))));

        var told = await Rows(
            $"select payload->'payload'->>'owner_id', payload->'payload'->>'balance' from outbox.outbox_events where topic = 'wallet.balance.updated' and payload->'payload'->>'transfer_id' in ({List(sent)}) order by sequence");
        Assert.Equal(18, told.Count);
        Assert.Equal(Enumerable.Range(1, 9).Select(number => (decimal)number), told.Where(row => row[0] == taras.Id.Value).Select(row => Quantity.Parse(row[1]!).Value));
        Assert.Equal(Enumerable.Range(1, 9).Select(number => 10m - number), told.Where(row => row[0] == olena.Id.Value).Select(row => Quantity.Parse(row[1]!).Value));
        Assert.Equal(9, (await Rows($"select 1::text from outbox.outbox_events where topic = 'wallet.tx.sent' and payload->'payload'->>'transfer_id' in ({List(sent)})")).Count);
    }

    [Fact]
    public async Task Whatever_connection_is_cut_each_transfer_moves_once_or_not_at_all()
    {
        const int Senders = 16;
        const int Times = 60;
        var (olena, taras) = (await city.PersonWith("2000"), await city.NewPerson());
        await Send(olena, taras, "1", "first");
        await using var killing = KilledConnections.Of(city, ServiceName.Wallets);

        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            for (var time = 0; time < Times; time++)
            {
                // Whoever gets no answer asks again with the same key, until one comes.
                await Eventually.True(async () => await Try(olena, taras, "1", $"{sender}/{time}") is null, () => $"{sender}/{time}");
            }
        })));

        Assert.True(await killing.Stop() > 5, "too few connections were cut for the test to mean something");
        Assert.Equal(1 + (Senders * Times), await city.Available(OwnerId.Of(taras.Id)));
        Assert.Equal(2000 - 1 - (Senders * Times), await city.Available(OwnerId.Of(olena.Id)));
        await city.AssertLedgerHolds();
    }

    [Fact]
    public async Task An_entry_changed_beside_the_ledger_is_found_and_named()
    {
        var (olena, taras) = (await city.PersonWith("10"), await city.NewPerson());
        var first = await Send(olena, taras, "3");
        await Send(olena, taras, "2");
        await using var connection = await city.OpenDatabase();
        await using var transaction = await connection.BeginTransactionAsync();

        // All sums agree after it: who gave three gave four.
        await using var forge = new NpgsqlCommand(
            $"""
            {Superuser}
            update wallet.wallet_entries set amount = sign(amount) * 4 where transfer_id = '{first.Id}';
            update wallet.wallet_entries set balance_after = balance_after + case when wallet_id = (select id from wallet.wallets where owner_id = '{olena.Id}') then -1 else 1 end
            where (transfer_id = '{first.Id}' or sequence > (select max(sequence) from wallet.wallet_entries where transfer_id = '{first.Id}'))
              and wallet_id in (select id from wallet.wallets where owner_id in ('{olena.Id}', '{taras.Id}'));
            update wallet.wallet_balances set available = available + case when wallet_id = (select id from wallet.wallets where owner_id = '{olena.Id}') then -1 else 1 end
            where wallet_id in (select id from wallet.wallets where owner_id in ('{olena.Id}', '{taras.Id}')) and symbol = 'KWT';
            """,
            connection);
        await forge.ExecuteNonQueryAsync();
        await using var audit = new NpgsqlCommand("select name || ' ' || broken from wallet.audit() where broken is not null", connection);
        var broken = (string?)await audit.ExecuteScalarAsync();
        await using var passing = new NpgsqlCommand("update wallet.audit_mark set sequence = 0; select name || ' ' || broken from wallet.audit_in_passing(now() + interval '1 hour', now()) where broken is not null", connection);
        var found = (string?)await passing.ExecuteScalarAsync();
        await transaction.RollbackAsync();
        await using var back = new NpgsqlCommand("reset session_replication_role", connection);
        await back.ExecuteNonQueryAsync();

        Assert.Equal($"entries_are_chained {first.Id}", broken);
        Assert.Equal($"entries_are_chained {first.Id}", found);
        await city.AssertLedgerHolds();
    }

    [Fact]
    public async Task What_was_written_is_looked_through_in_passing()
    {
        var (olena, taras) = (await city.PersonWith("10"), await city.NewPerson());
        await Send(olena, taras, "3");

        Assert.Empty(await city.Get<LedgerWatch>().Look(default));
        await using var connection = await city.OpenDatabase();
        await using var look = new NpgsqlCommand("select sum(looked_at)::bigint from wallet.audit_in_passing(now() + interval '1 hour', now())", connection);
        Assert.True((long)(await look.ExecuteScalarAsync())! > 0);
        Assert.Equal(0L, await look.ExecuteScalarAsync());
    }

    private async Task<List<string?[]>> Rows(string sql)
    {
        await using var connection = await city.OpenDatabase();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string?[]>();
        while (await reader.ReadAsync())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(column => reader.IsDBNull(column) ? null : reader.GetString(column))]);
        }

        return rows;
    }

    private static string List(IEnumerable<Transfer> transfers) => string.Join(", ", transfers.Select(transfer => $"'{transfer.Id}'"));

    private async Task<List<StatementLine>> Lines(Person person)
    {
        var lines = new List<StatementLine>();
        for (string? cursor = null; ;)
        {
            var page = await Wallets.GetStatement(person.Caller, new StatementQuery(OwnerId.Of(person.Id), Limit: 200, Cursor: cursor), default);
            lines.AddRange(page.Items);
            if ((cursor = page.NextCursor) is null)
            {
                return lines;
            }
        }
    }

    private Task<Transfer> Send(Person from, Person to, string amount, string? key = null) =>
        Wallets.SendTransfer(from.Caller, new SendTransfer(OwnerId.Of(from.Id), OwnerId.Of(to.Id), Symbol.KWT, Quantity.Parse(amount), Key: key), default);

    private async Task<string?> Try(Person from, Person to, string amount, string? key = null)
    {
        try
        {
            await Send(from, to, amount, key);
            return null;
        }
        catch (Exception e) when (e.ToFailure() is { Code: not ErrorCode.InternalError } failure)
        {
            // As whoever asks over HTTP is told it.
            return failure.Reason ?? failure.Code.ToString();
        }
    }
}
