using Daarion.Core.Kernel;
using Daarion.Core.Wallets;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Wallets;

/// <summary>What a transaction moved goes back by a new one, once, and by two operators.</summary>
[Collection(CityCollection.Name)]
public sealed class ReversalTests(CityFixture city)
{
    private IWalletService Wallets => city.Get<IWalletService>();

    [Fact]
    public async Task Two_operators_take_a_transfer_back_and_both_transactions_stay()
    {
        var (olena, taras) = (await city.PersonWith("10"), await city.PersonWith("1"));
        var (first, second) = (await city.NewOperator(), await city.NewOperator());
        var sent = await Wallets.SendTransfer(olena.Caller, new SendTransfer(OwnerId.Of(olena.Id), OwnerId.Of(taras.Id), Symbol.KWT, Rewards.Of("4")), default);

        var asked = await Reverse(first, sent.Id);

        Assert.Equal((TransferStatus.Pending, sent.Id), (asked.Status, asked.Reverses));
        Assert.Equal(1m, await city.Available(OwnerId.Of(taras.Id)));
        Assert.Equal(ErrorCode.Forbidden, (await Assert.ThrowsAsync<CityException>(() => Wallets.CancelTransfer(taras.Caller, new TransferRef(asked.Id), default))).Code);
        Assert.Equal("four_eyes", (await Assert.ThrowsAsync<CityException>(() => Wallets.ApproveTransfer(first.Caller, new TransferRef(asked.Id), default))).Reason);

        await Wallets.ApproveTransfer(second.Caller, new TransferRef(asked.Id), default);

        Assert.Equal((10m, 1m), (await city.Available(OwnerId.Of(olena.Id)), await city.Available(OwnerId.Of(taras.Id))));
        var (original, back) = (await Transaction(olena, sent.Id), await Transaction(olena, asked.Id));
        Assert.Equal((TransactionKind.Transfer, back.Id), (original.Kind, original.ReversedBy));
        Assert.Equal((TransactionKind.Reversal, sent.Id.Value), (back.Kind, back.Ref));
        Assert.Equal("reversed", (await Assert.ThrowsAsync<CityException>(() => Reverse(second, sent.Id))).Reason);
        Assert.Equal("not_reversible", (await Assert.ThrowsAsync<CityException>(() => Reverse(second, back.Id))).Reason);
        Assert.True((await Wallets.Audit(first.Caller, new AuditRequest(), default)).Ok);
    }

    [Fact]
    public async Task What_is_not_there_any_more_does_not_go_back_and_what_was_cancelled_may_be_asked_again()
    {
        var (olena, taras) = (await city.PersonWith("10"), await city.PersonWith("0.5"));
        var (first, second) = (await city.NewOperator(), await city.NewOperator());
        var sent = await Wallets.SendTransfer(olena.Caller, new SendTransfer(OwnerId.Of(olena.Id), OwnerId.Of(taras.Id), Symbol.KWT, Rewards.Of("4")), default);
        var spent = await Wallets.SendTransfer(taras.Caller, new SendTransfer(OwnerId.Of(taras.Id), OwnerId.Of(olena.Id), Symbol.KWT, Rewards.Of("1")), default);

        Assert.Equal("insufficient_funds", (await Assert.ThrowsAsync<CityException>(() => Reverse(first, sent.Id))).Reason);

        var asked = await Reverse(first, spent.Id);
        await Wallets.CancelTransfer(second.Caller, new TransferRef(asked.Id), default);
        var again = await Reverse(second, spent.Id);

        Assert.Equal(spent.Id, again.Reverses);
        Assert.Equal(ErrorCode.Forbidden, (await Assert.ThrowsAsync<CityException>(() => Reverse(olena, sent.Id))).Code);
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<CityException>(() => Reverse(first, TransferId.New(TimeProvider.System.GetUtcNow())))).Code);
        Assert.Equal(ErrorCode.InvalidPayload, (await Assert.ThrowsAsync<CityException>(() => Reverse(first, sent.Id, " "))).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_many_who_ask_at_once_one_is_heard_and_the_others_are_told_so(bool hasMore)
    {
        var (olena, taras) = (await city.PersonWith("10"), hasMore ? await city.PersonWith("100") : await city.NewPerson());
        var asker = await city.NewOperator();
        var sent = await Wallets.SendTransfer(olena.Caller, new SendTransfer(OwnerId.Of(olena.Id), OwnerId.Of(taras.Id), Symbol.KWT, Rewards.Of("4")), default);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                return (await Reverse(asker, sent.Id)).Status.ToString();
            }
            catch (CityException e)
            {
                return e.Reason;
            }
        }));

        Assert.Equal(7, outcomes.Count(outcome => outcome == "reversed"));
        Assert.Equal(hasMore ? 100m : 0m, await city.Available(OwnerId.Of(taras.Id)));
    }

    private Task<Transfer> Reverse(Person who, TransferId what, string reason = "sent to the wrong neighbour") =>
        Wallets.ReverseTransaction(who.Caller, new ReverseTransaction(what, reason), default);

    private Task<Transaction> Transaction(Person who, TransferId id) => Wallets.GetTransaction(who.Caller, new TransactionRef(id), default);
}
