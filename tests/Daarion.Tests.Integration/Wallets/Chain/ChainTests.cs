using Daarion.Core.Kernel;
using Daarion.Core.Wallets.Chain;
using Daarion.Core.Wallets;
using Daarion.Testing;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Wallets.Chain;

/// <summary>Claims and withdrawals on a real chain: once each, whatever comes in between.</summary>
[Trait("Servers", "own")]
public sealed class ChainTests(ChainCity city) : IClassFixture<ChainCity>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly EvmAddress resident = EvmAddress.Parse(city.Node.Residents.Dequeue());
    private Caller? @operator;

    private IChainService Chain => city.Get<IChainService>();

    private IPayoutService Payouts => city.Get<IPayoutService>();

    public async Task InitializeAsync()
    {
        await city.Node.MineAtOnce(true);
        @operator = await city.NewOperator();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_payout_is_claimed_to_an_address_that_its_owner_has_shown_to_be_theirs()
    {
        var (person, payouts) = await city.Earner("2.5");
        await city.Prove(person, resident);

        var claiming = await Payouts.ClaimPayout(person.Caller, new PayoutRef(payouts[0].Id), default);
        Assert.Equal(PayoutStatus.Claiming, claiming.Status);
        Assert.Equal("claiming", (await Assert.ThrowsAsync<CityException>(() => Payouts.ClaimPayout(person.Caller, new PayoutRef(payouts[0].Id), default))).Reason);
        await Eventually.Equal(ChainTransactionState.Sent, async () => (await Of(payouts[0])).State, Patience);
        Assert.Equal(PayoutStatus.Claiming, (await Payout(person, payouts[0])).Status);
        await city.Node.Mine(ChainCity.Confirmations);
        await Eventually.Equal(PayoutStatus.Claimed, async () => (await Payout(person, payouts[0])).Status, Patience);

        var (claimed, tx) = (await Payout(person, payouts[0]), await Of(payouts[0]));
        Assert.Equal((ChainTransactionState.Confirmed, tx.Hash), (tx.State, claimed.TxHash));
        Assert.Equal((2.5m, 0m), (await city.Node.Holds(resident.Value), await city.Available(person)));
        var history = (await city.Get<IWalletService>().ListTransactions(person.Caller, new TransactionQuery(OwnerId.Of(person.Id)), default)).Items;
        Assert.Equal([TransactionKind.Withdrawal, TransactionKind.Payout], history.Select(one => one.Kind));
        Assert.True(await city.IsWhole());
    }

    [Fact]
    public async Task Without_an_address_a_payout_goes_into_the_ledger_and_out_when_its_owner_wants()
    {
        var (person, payouts) = await city.Earner("10");
        Assert.Equal(PayoutStatus.Claimed, (await Payouts.ClaimPayout(person.Caller, new PayoutRef(payouts[0].Id), default)).Status);
        var address = await city.Prove(person, resident, payouts: false);

        var asked = await Chain.Withdraw(person.Caller, new WithdrawTokens(address.Id, Symbol.KWT, Quantity.Parse("4")), default);
        Assert.Equal(6m, await city.Available(person));
        Assert.Equal("insufficient_funds", (await Assert.ThrowsAsync<CityException>(() => Chain.Withdraw(person.Caller, new WithdrawTokens(address.Id, Symbol.KWT, Quantity.Parse("7")), default))).Reason);
        Assert.Equal("not_on_chain", (await Assert.ThrowsAsync<CityException>(() => Chain.Withdraw(person.Caller, new WithdrawTokens(address.Id, Symbol.RINGK, Quantity.Parse("1")), default))).Reason);
        await Eventually.Equal(ChainTransactionState.Sent, async () => (await Chain.GetChainTransaction(person.Caller, new ChainTransactionRef(asked.Id), default)).State, Patience);
        await city.Node.Mine(ChainCity.Confirmations);
        await Eventually.Equal(ChainTransactionState.Confirmed, async () => (await Chain.GetChainTransaction(person.Caller, new ChainTransactionRef(asked.Id), default)).State, Patience);

        Assert.Equal((4m, 6m), (await city.Node.Holds(resident.Value), await city.Available(person)));
        Assert.True(await city.IsWhole());
    }

    [Fact]
    public async Task Only_whoever_holds_the_key_shows_that_an_address_is_theirs()
    {
        var (person, stranger) = (await city.NewPerson(), await city.NewPerson());
        var added = await Chain.AddAddress(person.Caller, new AddAddress(OwnerId.Of(person.Id), resident, "Ledger"), default);

        Assert.Equal("duplicate", (await Assert.ThrowsAsync<CityException>(() => Chain.AddAddress(person.Caller, new AddAddress(OwnerId.Of(person.Id), resident), default))).Reason);
        Assert.Equal("not_proven", (await Assert.ThrowsAsync<CityException>(() => Chain.Withdraw(person.Caller, new WithdrawTokens(added.Id, Symbol.KWT, Quantity.Of(1)), default))).Reason);
        Assert.Equal("not_proven", (await Assert.ThrowsAsync<CityException>(() => Chain.PayToAddress(person.Caller, new PayToAddress(added.Id), default))).Reason);
        foreach (var signature in new[] { await city.Node.PersonalSign(EvmNode.Stranger, added.Challenge!), await city.Node.PersonalSign(resident.Value, added.Challenge + " "), "0x00", new string('f', 130) })
        {
            Assert.Equal(["signature"], (await Assert.ThrowsAsync<CityException>(() => Chain.ProveAddress(person.Caller, new ProveAddress(added.Id, signature), default))).Errors.Keys);
        }

        var good = new ProveAddress(added.Id, await city.Node.PersonalSign(resident.Value, added.Challenge!));
        Assert.True((await Assert.ThrowsAsync<CityException>(() => Chain.ProveAddress(stranger.Caller, good, default))).Code is ErrorCode.Forbidden or ErrorCode.NotFound);
        city.Clock.Turn(TimeSpan.FromMinutes(61));
        Assert.Equal("expired", (await Assert.ThrowsAsync<CityException>(() => Chain.ProveAddress(person.Caller, good, default))).Reason);
        await Chain.RemoveAddress(person.Caller, new AddressRef(added.Id), default);
        Assert.NotNull((await city.Prove(person, resident)).ProvenAt);
    }

    [Fact]
    public async Task What_the_contract_refuses_can_be_claimed_again()
    {
        var (person, payouts) = await city.Earner("3");
        await city.Prove(person, resident);
        await city.Node.Refuse(resident.Value, true);

        await Payouts.ClaimPayout(person.Caller, new PayoutRef(payouts[0].Id), default);
        await Eventually.Equal((PayoutStatus.Generated, "refused"), async () => await Payout(person, payouts[0]) is var p ? (p.Status, p.ClaimFailure!) : default, Patience);
        await city.Node.Refuse(resident.Value, false);
        await Payouts.ClaimPayout(person.Caller, new PayoutRef(payouts[0].Id), default);
        await Eventually.Equal(ChainTransactionState.Sent, async () => (await Of(payouts[0])).State, Patience);
        await city.Node.Mine(ChainCity.Confirmations);

        await Eventually.Equal(PayoutStatus.Claimed, async () => (await Payout(person, payouts[0])).Status, Patience);
        Assert.Equal(3m, await city.Node.Holds(resident.Value));
        Assert.True(await city.IsWhole());
    }

    [Fact]
    public async Task What_is_reverted_in_a_block_can_be_claimed_again_once_that_is_final()
    {
        var (person, payouts) = await city.Earner("3");
        await city.Prove(person, resident);
        await city.Node.MineAtOnce(false);
        await Payouts.ClaimPayout(person.Caller, new PayoutRef(payouts[0].Id), default);
        await Eventually.Equal(ChainTransactionState.Sent, async () => (await Of(payouts[0])).State, Patience);

        await city.Node.Refuse(resident.Value, true);
        await city.Node.Mine(1);
        await Eventually.Equal(1, async () => (await Of(payouts[0])).Confirmations, Patience);
        Assert.Equal(PayoutStatus.Claiming, (await Payout(person, payouts[0])).Status);
        await city.Node.Mine(ChainCity.Confirmations);

        await Eventually.Equal((PayoutStatus.Generated, "reverted"), async () => await Payout(person, payouts[0]) is var p ? (p.Status, p.ClaimFailure!) : default, Patience);
        Assert.Equal(0m, await city.Node.Holds(resident.Value));
        Assert.True(await city.IsWhole());
    }

    [Fact]
    public async Task What_somebody_replaced_with_the_signers_key_can_be_claimed_again()
    {
        var (person, payouts) = await city.Earner("3");
        await city.Prove(person, resident);
        await city.Node.MineAtOnce(false);
        await Payouts.ClaimPayout(person.Caller, new PayoutRef(payouts[0].Id), default);
        await Eventually.Equal(ChainTransactionState.Sent, async () => (await Of(payouts[0])).State, Patience);

        await city.Node.Call(
            "eth_sendTransaction",
            new { from = EvmNode.Signer, to = EvmNode.Stranger, value = "0x1", nonce = $"0x{(await Of(payouts[0])).Nonce:x}", gas = "0x5208", maxFeePerGas = "0x2540be40000", maxPriorityFeePerGas = "0x2540be4000" });
        await city.Node.Mine(1);
        await city.Node.Mine(ChainCity.Confirmations + 1);
        city.Clock.Turn(TimeSpan.FromSeconds(20));

        await Eventually.Equal((PayoutStatus.Generated, "replaced"), async () => await Payout(person, payouts[0]) is var p ? (p.Status, p.ClaimFailure!) : default, Patience);
        Assert.True(await city.IsWhole());
    }

    [Fact]
    public async Task After_a_block_was_taken_back_the_same_transaction_goes_out_again()
    {
        var (person, payouts) = await city.Earner("3");
        await city.Prove(person, resident);
        await Payouts.ClaimPayout(person.Caller, new PayoutRef(payouts[0].Id), default);
        await Eventually.Equal(1, async () => (await Of(payouts[0])).Confirmations, Patience);
        var (sent, before) = (await Of(payouts[0]), await city.Node.Sent(EvmNode.Signer));

        await city.Node.Call("anvil_reorg", 1, Array.Empty<object>());
        await Eventually.Equal((long?)null, async () => (await Of(payouts[0])).BlockNumber, Patience);
        Assert.Equal(0m, await city.Node.Holds(resident.Value));
        city.Clock.Turn(TimeSpan.FromSeconds(20));
        await Eventually.Equal(3m, () => city.Node.Holds(resident.Value), Patience);
        await city.Node.Mine(ChainCity.Confirmations);

        await Eventually.Equal(PayoutStatus.Claimed, async () => (await Payout(person, payouts[0])).Status, Patience);
        Assert.Equal((sent.Hash, before), ((await Of(payouts[0])).Hash, await city.Node.Sent(EvmNode.Signer)));
    }

    [Fact]
    public async Task While_the_node_is_away_claims_wait_and_nothing_is_lost()
    {
        var (person, payouts) = await city.Earner("1", "2", "3", "4");
        await city.Prove(person, resident);
        await city.Line.Cut();

        var results = await Payouts.ClaimPayouts(person.Caller, new ClaimPayouts([.. payouts.Select(payout => payout.Id)]), default);
        Assert.All(results.Results, result => Assert.Equal(ClaimStatus.Claiming, result.Status));
        await Eventually.True(async () => (await Chain.GetChain(person.Caller, new ChainRequest(), default)).Problem is not null, () => "the city says that the node is away", Patience);
        Assert.All(await Task.WhenAll(payouts.Select(Of)), tx => Assert.Equal(ChainTransactionState.Queued, tx.State));
        city.Line.Mend();
        await Eventually.Equal(10m, () => city.Node.Holds(resident.Value), Patience);
        await city.Node.Mine(ChainCity.Confirmations);

        await Eventually.True(async () => (await Task.WhenAll(payouts.Select(payout => Payout(person, payout)))).All(payout => payout.Status == PayoutStatus.Claimed), () => "all are claimed", Patience);
        var nonces = (await Task.WhenAll(payouts.Select(Of))).Select(tx => tx.Nonce!.Value).Order().ToList();
        Assert.Equal(Enumerable.Range(0, 4).Select(place => nonces[0] + place), nonces);
        Assert.True(await city.IsWhole());
    }

    [Fact]
    public async Task A_withdrawal_above_the_limit_waits_for_another_operator()
    {
        var (person, payouts) = await city.Earner("900", "900", "900", "900", "900", "900", "900", "900", "900", "900", "900", "100");
        await Payouts.ClaimPayouts(person.Caller, new ClaimPayouts([.. payouts.Select(payout => payout.Id)]), default);
        var address = await city.Prove(person, resident, payouts: false);
        var all = await city.Available(person);
        await using (var connection = await city.Get<Core.Data.CityDatabase>().Of("tests").OpenConnectionAsync())
        await using (var command = new Npgsql.NpgsqlCommand("update wallet.tokens set transfer_limit = 100 where symbol = 'KWT'", connection))
        {
            await command.ExecuteNonQueryAsync();
        }

        city.Clock.Turn(TimeSpan.FromSeconds(30));
        var waiting = await Chain.Withdraw(person.Caller, new WithdrawTokens(address.Id, Symbol.KWT, Quantity.Of(500)), default);
        var ended = await Chain.Withdraw(person.Caller, new WithdrawTokens(address.Id, Symbol.KWT, Quantity.Of(101)), default);
        Assert.Equal((ChainTransactionState.Pending, all - 601), (waiting.State, await city.Available(person)));
        Assert.Equal(ErrorCode.Forbidden, (await Assert.ThrowsAsync<CityException>(() => Chain.ApproveWithdrawal(person.Caller, new ChainTransactionRef(waiting.Id), default))).Code);

        await Chain.ApproveWithdrawal(await city.NewOperator(), new ChainTransactionRef(waiting.Id), default);
        await Chain.CancelWithdrawal(person.Caller, new ChainTransactionRef(ended.Id), default);

        Assert.Equal(all - 500, await city.Available(person));
        Assert.Equal("not_pending", (await Assert.ThrowsAsync<CityException>(() => Chain.CancelWithdrawal(person.Caller, new ChainTransactionRef(ended.Id), default))).Reason);
        await Eventually.Equal(500m, () => city.Node.Holds(resident.Value), Patience);
        Assert.True(await city.IsWhole());
    }

    private async Task<ChainTransaction> Of(Payout payout) =>
        (await Chain.ListChainTransactions(@operator!, new ChainTransactionQuery(PayoutId: payout.Id), default)).Items[0];

    private Task<Payout> Payout(Person person, Payout payout) => Payouts.GetPayout(person.Caller, new PayoutRef(payout.Id), default);
}
