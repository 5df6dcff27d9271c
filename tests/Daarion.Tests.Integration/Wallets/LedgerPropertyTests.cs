using Daarion.Core.Kernel;
using Daarion.Core.Wallets;
using Daarion.Tests.Integration.Running;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Daarion.Tests.Integration.Wallets;

/// <summary>Whatever people do at the same time, the ledger's invariants hold and nothing comes or goes that should not.</summary>
[Collection(CityCollection.Name)]
public sealed class LedgerPropertyTests(CityFixture city)
{
    private const int Owners = 3;

    /// <summary>One step: who does what with how much.</summary>
    public sealed record Step(int Who, int Whom, int Act, int Millis);

    /// <summary>Steps that mean something.</summary>
    public static class Steps
    {
        public static Arbitrary<Step> Step() => Gen.Choose(0, Owners - 1).SelectMany(who => Gen.Choose(0, Owners - 1).SelectMany(
            whom => Gen.Choose(0, 3).SelectMany(act => Gen.Choose(1, 40_000).Select(millis => new Step(who, whom, act, millis))))).ToArbitrary();
    }

    [Property(MaxTest = 12, Arbitrary = [typeof(Steps)])]
    public async Task Random_rewards_claims_and_transfers_keep_every_invariant(NonEmptyArray<Step> steps)
    {
        var (team, _) = await city.NewTeam();
        var people = await Task.WhenAll(Enumerable.Range(0, Owners).Select(_ => city.NewPerson()));

        await Task.WhenAll(steps.Get.Select(step => Task.Run(() => Do(step, team.Id, people))));

        var payouts = await city.PayoutsOf(team.Id);
        decimal held = 0;
        foreach (var person in people)
        {
            var balance = (await city.Get<IWalletService>().GetBalance(person.Caller, new BalanceRef(OwnerId.Of(person.Id)), default)).Balances[0];
            held += balance.Available.Value + balance.Locked.Value;
        }

        Assert.Equal(payouts.Where(payout => payout.Status == PayoutStatus.Claimed).Sum(payout => payout.Amount.Value), held);
        await city.AssertLedgerHolds();
    }

    private async Task Do(Step step, TeamId team, Person[] people)
    {
        var (who, whom) = (people[step.Who], people[step.Whom]);
        var amount = Quantity.Of(step.Millis / 1000m);
        try
        {
            switch (step.Act)
            {
                case 0:
                    await city.Bring(Rewards.Movement(team, amount.ToString(), beneficiary: who.Id));
                    break;
                case 1:
                    var mine = await city.Get<IPayoutService>().ListPayouts(who.Caller, new PayoutQuery(Beneficiary: OwnerId.Of(who.Id)), default);
                    await city.Get<IPayoutService>().ClaimPayouts(who.Caller, new ClaimPayouts([.. mine.Items.Select(payout => payout.Id)]), default);
                    break;
                default:
                    await city.Get<IWalletService>().SendTransfer(who.Caller, new SendTransfer(OwnerId.Of(who.Id), OwnerId.Of(whom.Id), Symbol.KWT, amount), default);
                    break;
            }
        }
        catch (CityException e) when (e.Code is ErrorCode.Conflict or ErrorCode.InvalidPayload)
        {
            Assert.NotEmpty(e.Message);
        }
    }
}
