using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Core.Wallets;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Wallets;

[Collection(CityCollection.Name)]
public sealed class TransferTests(CityFixture city)
{
    private IWalletService Wallets => city.Get<IWalletService>();

    [Fact]
    public async Task A_person_sends_what_they_have()
    {
        var (olena, taras) = (await city.PersonWith("10"), await city.NewPerson());

        var sent = await Send(olena, taras, "4.000000001", memo: "дякую");

        Assert.Equal(TransferStatus.Completed, sent.Status);
        Assert.Equal((5.999999999m, 4.000000001m), (await city.Available(OwnerId.Of(olena.Id)), await city.Available(OwnerId.Of(taras.Id))));
        var line = Assert.Single((await Wallets.GetStatement(taras.Caller, new StatementQuery(OwnerId.Of(taras.Id)), default)).Items);
        Assert.Equal((OwnerId.Of(olena.Id), "дякую"), (line.Counterparty, line.Memo));
    }

    [Theory]
    [InlineData("10.000000001", ErrorCode.Conflict)]
    [InlineData("0", ErrorCode.InvalidPayload)]
    [InlineData("-1", ErrorCode.InvalidPayload)]
    public async Task Nobody_sends_what_they_do_not_have(string amount, ErrorCode code)
    {
        var (olena, taras) = (await city.PersonWith("10"), await city.NewPerson());

        var refused = await Assert.ThrowsAsync<CityException>(() => Send(olena, taras, amount));

        Assert.Equal(code, refused.Code);
        Assert.Equal(10m, await city.Available(OwnerId.Of(olena.Id)));
    }

    [Fact]
    public async Task Nothing_goes_to_somebody_who_is_not_there()
    {
        var olena = await city.PersonWith("10");
        var nobody = OwnerId.Of(UserId.New(TimeProvider.System.GetUtcNow()));

        var refused = await Assert.ThrowsAsync<CityException>(() => Wallets.SendTransfer(olena.Caller, new SendTransfer(OwnerId.Of(olena.Id), nobody, Symbol.KWT, Rewards.Of("1")), default));

        Assert.Equal(ErrorCode.NotFound, refused.Code);
    }

    [Fact]
    public async Task Who_gives_and_who_gets_may_be_named_by_their_wallets()
    {
        var (olena, taras) = (await city.PersonWith("10"), await city.PersonWith("1"));
        var (hers, his) = (await WalletOf(olena), await WalletOf(taras));

        var sent = await Wallets.SendTransfer(olena.Caller, new SendTransfer(hers, his, Symbol.KWT, Rewards.Of("4")), default);

        Assert.Equal((OwnerId.Of(olena.Id), OwnerId.Of(taras.Id)), (sent.From, sent.To));
        Assert.Equal(5m, await city.Available(OwnerId.Of(taras.Id)));
        var nowhere = await Assert.ThrowsAsync<CityException>(
            () => Wallets.SendTransfer(olena.Caller, new SendTransfer(hers, WalletId.New(TimeProvider.System.GetUtcNow()), Symbol.KWT, Rewards.Of("4")), default));
        Assert.Equal(ErrorCode.NotFound, nowhere.Code);
        var stolen = await Assert.ThrowsAsync<CityException>(() => Wallets.SendTransfer(taras.Caller, new SendTransfer(hers, his, Symbol.KWT, Rewards.Of("4")), default));
        Assert.Equal(ErrorCode.Forbidden, stolen.Code);

        async Task<PartyId> WalletOf(Person person) => (await Wallets.GetBalance(person.Caller, new BalanceRef(OwnerId.Of(person.Id)), default)).WalletId!.Value;
    }

    [Theory]
    [InlineData("a stranger")]
    [InlineData("an operator")]
    public async Task Nobody_sends_what_is_anothers(string who)
    {
        var olena = await city.PersonWith("10");
        var thief = who == "an operator" ? await city.NewOperator() : await city.NewPerson();

        var refused = await Assert.ThrowsAsync<CityException>(
            () => Wallets.SendTransfer(thief.Caller, new SendTransfer(OwnerId.Of(olena.Id), OwnerId.Of(thief.Id), Symbol.KWT, Rewards.Of("1")), default));

        Assert.Equal(ErrorCode.Forbidden, refused.Code);
    }

    [Fact]
    public async Task Asking_again_with_the_same_key_sends_once()
    {
        var (olena, taras) = (await city.PersonWith("10"), await city.NewPerson());

        var first = await Send(olena, taras, "3", key: "rent");
        var again = await Send(olena, taras, "3", key: "rent");
        var other = await Assert.ThrowsAsync<CityException>(() => Send(olena, taras, "4", key: "rent"));

        Assert.Equal(first.Id, again.Id);
        Assert.Equal(ErrorCode.IdempotencyMismatch, other.Code);
        Assert.Equal(7m, await city.Available(OwnerId.Of(olena.Id)));
    }

    [Fact]
    public async Task Above_the_limit_a_second_operator_lets_it_move()
    {
        var (olena, taras, first) = (await city.PersonWith("15000"), await city.NewPerson(), await city.NewOperator());

        var held = await Send(olena, taras, "10000.5");

        Assert.Equal(TransferStatus.Pending, held.Status);
        Assert.Equal((4999.5m, 0m), (await city.Available(OwnerId.Of(olena.Id)), await city.Available(OwnerId.Of(taras.Id))));
        await city.AssertLedgerHolds();
        Assert.Equal(ErrorCode.Forbidden, (await Assert.ThrowsAsync<CityException>(() => Wallets.ApproveTransfer(olena.Caller, new TransferRef(held.Id), default))).Code);

        var moved = await Wallets.ApproveTransfer(first.Caller, new TransferRef(held.Id), default);
        var twice = await Assert.ThrowsAsync<CityException>(() => Wallets.ApproveTransfer(first.Caller, new TransferRef(held.Id), default));

        Assert.Equal((TransferStatus.Completed, first.Id.Value), (moved.Status, moved.DecidedBy));
        Assert.Equal("not_pending", twice.Reason);
        Assert.Equal((4999.5m, 10000.5m), (await city.Available(OwnerId.Of(olena.Id)), await city.Available(OwnerId.Of(taras.Id))));
        await city.AssertLedgerHolds();
    }

    [Fact]
    public async Task What_a_suspended_team_ordered_before_does_not_move_until_it_goes_on()
    {
        var (team, owner) = await city.NewTeam();
        var (rich, taras, boss) = (await city.PersonWith("12000"), await city.NewPerson(), await city.NewOperator());
        foreach (var part in new[] { "6000", "6000" })
        {
            await Wallets.SendTransfer(rich.Caller, new SendTransfer(OwnerId.Of(rich.Id), OwnerId.Of(team.Id), Symbol.KWT, Rewards.Of(part)), default);
        }

        var held = await Wallets.SendTransfer(owner.Caller, new SendTransfer(OwnerId.Of(team.Id), OwnerId.Of(taras.Id), Symbol.KWT, Rewards.Of("11000")), default);
        await city.Get<ITeamService>().Update(boss.Caller, new UpdateTeam(team.Id, State: TeamState.Suspended), default);

        var refused = await Assert.ThrowsAsync<CityException>(() => Wallets.ApproveTransfer(boss.Caller, new TransferRef(held.Id), default));
        await city.Get<ITeamService>().Update(boss.Caller, new UpdateTeam(team.Id, State: TeamState.Active), default);
        var moved = await Wallets.ApproveTransfer(boss.Caller, new TransferRef(held.Id), default);

        Assert.Equal((ErrorCode.Forbidden, Reasons.TeamLocked), (refused.Code, refused.Reason));
        Assert.Equal(TransferStatus.Completed, moved.Status);
    }

    [Fact]
    public async Task Who_may_see_a_claim_or_a_waiting_transfer_is_told_that_the_other_half_of_it_is_absent()
    {
        var (team, owner) = await city.NewTeam();
        await city.Bring(Rewards.Movement(team.Id, "12.5"));
        var claimed = await city.Get<IPayoutService>().ClaimPayout(owner.Caller, new PayoutRef(Assert.Single(await city.PayoutsOf(team.Id)).Id), default);
        var olena = await city.PersonWith("15000");
        var held = await Send(olena, await city.NewPerson(), "10000.5");

        var noTransfer = await Assert.ThrowsAsync<CityException>(() => Wallets.GetTransfer(owner.Caller, new TransferRef(claimed.TransactionId!.Value), default));
        var noTransaction = await Assert.ThrowsAsync<CityException>(() => Wallets.GetTransaction(olena.Caller, new TransactionRef(held.Id), default));

        Assert.Equal(claimed.Id.Value, (await Wallets.GetTransaction(owner.Caller, new TransactionRef(claimed.TransactionId!.Value), default)).Ref);
        Assert.Equal(TransferStatus.Pending, (await Wallets.GetTransfer(olena.Caller, new TransferRef(held.Id), default)).Status);
        Assert.All([noTransfer, noTransaction], failure => Assert.Equal(ErrorCode.NotFound, failure.Code));
    }

    [Fact]
    public async Task An_operator_finds_whose_a_wallet_is_by_its_id()
    {
        var olena = await city.PersonWith("10");
        var wallet = (await Wallets.GetBalance(olena.Caller, new BalanceRef(OwnerId.Of(olena.Id)), default)).WalletId;

        var accounts = await Wallets.ListAccounts(await city.Operator(), new AccountQuery(WalletId: wallet), default);

        Assert.Equal(OwnerId.Of(olena.Id), Assert.Single(accounts.Items).OwnerId);
    }

    [Fact]
    public async Task Whoever_asked_does_not_approve()
    {
        var (operator1, taras) = (await city.NewOperator(), await city.NewPerson());
        var rich = await city.PersonWith("12000");
        await Wallets.SendTransfer(rich.Caller, new SendTransfer(OwnerId.Of(rich.Id), OwnerId.Of(operator1.Id), Symbol.KWT, Rewards.Of("6000")), default);
        await Wallets.SendTransfer(rich.Caller, new SendTransfer(OwnerId.Of(rich.Id), OwnerId.Of(operator1.Id), Symbol.KWT, Rewards.Of("6000")), default);
        var held = await Send(operator1, taras, "11000");

        var refused = await Assert.ThrowsAsync<CityException>(() => Wallets.ApproveTransfer(operator1.Caller, new TransferRef(held.Id), default));
        var cancelled = await Wallets.CancelTransfer(operator1.Caller, new TransferRef(held.Id), default);

        Assert.Equal((ErrorCode.Conflict, "four_eyes"), (refused.Code, refused.Reason));
        Assert.Equal(TransferStatus.Cancelled, cancelled.Status);
        Assert.Equal(12000m, await city.Available(OwnerId.Of(operator1.Id)));
        await city.AssertLedgerHolds();
    }

    [Fact]
    public async Task Transfers_that_cross_never_wait_for_each_other()
    {
        var people = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => city.PersonWith("100")));

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Send(people[i % 4], people[(i + 1 + (i % 3)) % 4], "0.1")));

        decimal together = 0;
        foreach (var person in people)
        {
            together += await city.Available(OwnerId.Of(person.Id));
        }

        Assert.Equal(400m, together);
        Assert.DoesNotContain(city.Log.Lines, line => line.Contains("40P01", StringComparison.Ordinal));
        await city.AssertLedgerHolds();
    }

    private Task<Transfer> Send(Person from, Person to, string amount, string? memo = null, string? key = null) =>
        Wallets.SendTransfer(from.Caller, new SendTransfer(OwnerId.Of(from.Id), OwnerId.Of(to.Id), Symbol.KWT, Rewards.Of(amount), memo, key), default);
}
