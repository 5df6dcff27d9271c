using Daarion.Core.Kernel;
using Daarion.Core.Rwa;
using Daarion.Core.Wallets;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Wallets;

[Collection(CityCollection.Name)]
public sealed class PayoutGenerationTests(CityFixture city)
{
    [Theory]
    [InlineData("1.5", "1.500000000")]
    [InlineData("0.000000001", "0.000000001")]
    [InlineData("123.456789012", "123.456789012")]
    [InlineData("1000", "1000.000000000")]
    public async Task A_movement_earns_one_token_for_each_unit(string delta, string amount)
    {
        var (team, _) = await city.NewTeam();

        await city.Bring(Rewards.Movement(team.Id, delta));

        var payout = Assert.Single(await city.PayoutsOf(team.Id));
        Assert.Equal(Rewards.Of(amount), payout.Amount);
        Assert.Equal((Symbol.KWT, PayoutStatus.Generated, OwnerId.Of(team.Id)), (payout.Symbol, payout.Status, payout.BeneficiaryId));
    }

    [Theory]
    [InlineData("-3", MovementKind.Reading)]
    [InlineData("3", MovementKind.Correction)]
    [InlineData("-3", MovementKind.Correction)]
    public async Task What_brings_nothing_new_earns_nothing(string delta, MovementKind kind)
    {
        var (team, _) = await city.NewTeam();

        await city.Bring(Rewards.Movement(team.Id, delta, kind: kind));

        Assert.Empty(await city.PayoutsOf(team.Id));
    }

    [Fact]
    public async Task A_residents_site_pays_the_resident()
    {
        var (team, _) = await city.NewTeam();
        var resident = await city.NewPerson();

        await city.Bring(Rewards.Movement(team.Id, "7", beneficiary: resident.Id));

        Assert.Equal(OwnerId.Of(resident.Id), Assert.Single(await city.PayoutsOf(team.Id)).BeneficiaryId);
    }

    [Fact]
    public async Task The_same_batch_twice_pays_once()
    {
        var (team, _) = await city.NewTeam();
        var batch = new[] { Rewards.Movement(team.Id, "1"), Rewards.Movement(team.Id, "2") }.AsEvents();

        await city.Bring(batch);
        await city.Bring(batch);

        Assert.Equal(3m, (await city.PayoutsOf(team.Id)).Sum(payout => payout.Amount.Value));
    }

    [Fact]
    public async Task A_movement_told_again_under_another_event_pays_once()
    {
        var (team, _) = await city.NewTeam();
        var movement = Rewards.Movement(team.Id, "4");

        await city.Bring(movement);
        await city.Bring(movement);

        Assert.Single(await city.PayoutsOf(team.Id));
    }

    [Fact]
    public async Task Above_the_days_cap_nothing_is_paid_and_the_rest_is_recorded()
    {
        var (team, owner) = await city.NewTeam();
        var movements = Enumerable.Range(0, 12).Select(_ => Rewards.Movement(team.Id, "900"));

        await city.Bring(movements);

        var payouts = await city.PayoutsOf(team.Id);
        Assert.Equal(12, payouts.Count);
        Assert.Equal((100m, 800m), (payouts[^1].Amount.Value, payouts[^1].Unpaid.Value));
        var day = Assert.Single((await city.Get<IPayoutService>().ListRewardDays(owner.Caller, new RewardDayQuery(team.Id), default)).Items);
        Assert.Equal((10_000m, 800m, 10_000m), (day.Paid.Value, day.Unpaid.Value, day.Cap.Value));

        await city.Bring(Rewards.Movement(team.Id, "5"));

        Assert.Equal(12, (await city.PayoutsOf(team.Id)).Count);
        await city.AssertLedgerHolds();
    }

    [Fact]
    public async Task The_cap_counts_by_the_UTC_day_of_the_reading()
    {
        var (team, _) = await city.NewTeam();
        var midnight = new DateTimeOffset(2026, 11, 15, 0, 0, 0, TimeSpan.Zero);
        var fill = Enumerable.Range(0, 10).Select(_ => Rewards.Movement(team.Id, "1000", midnight.AddHours(-3)));
        await city.Bring(fill);

        await city.Bring(
            Rewards.Movement(team.Id, "1", midnight.AddMilliseconds(-1)),
            Rewards.Movement(team.Id, "2", midnight),
            Rewards.Movement(team.Id, "4", midnight.AddHours(-24)),
            Rewards.Movement(team.Id, "8", midnight.AddHours(-24).AddMilliseconds(-1)));

        Assert.Equal(10_000m + 2 + 8, (await city.PayoutsOf(team.Id)).Sum(payout => payout.Amount.Value));
    }

    [Fact]
    public async Task Above_the_review_limit_an_operator_looks_first()
    {
        var (team, owner) = await city.NewTeam();
        await city.Bring(Rewards.Movement(team.Id, "1000.000000001"));
        var payout = Assert.Single(await city.PayoutsOf(team.Id));
        Assert.Equal(PayoutStatus.Review, payout.Status);

        var tooEarly = await Assert.ThrowsAsync<CityException>(() => city.Get<IPayoutService>().ClaimPayout(owner.Caller, new PayoutRef(payout.Id), default));
        var notTheirs = await Assert.ThrowsAsync<CityException>(() => city.Get<IPayoutService>().ApprovePayout(owner.Caller, new ReviewPayout(payout.Id), default));
        var approved = await city.Get<IPayoutService>().ApprovePayout(await city.Operator(), new ReviewPayout(payout.Id, "Seen on site"), default);
        var claimed = await city.Get<IPayoutService>().ClaimPayout(owner.Caller, new PayoutRef(payout.Id), default);

        Assert.Equal((ErrorCode.Conflict, "in_review"), (tooEarly.Code, tooEarly.Reason));
        Assert.Equal(ErrorCode.Forbidden, notTheirs.Code);
        Assert.Equal((PayoutStatus.Generated, "Seen on site"), (approved.Status, approved.ReviewNote));
        Assert.Equal(PayoutStatus.Claimed, claimed.Status);
    }

    [Fact]
    public async Task A_cancelled_payout_is_never_paid_and_leaves_its_day()
    {
        var (team, owner) = await city.NewTeam();
        await city.Bring(Rewards.Movement(team.Id, "1500"));
        var payout = Assert.Single(await city.PayoutsOf(team.Id));

        await city.Get<IPayoutService>().CancelPayout(await city.Operator(), new ReviewPayout(payout.Id), default);
        var refused = await Assert.ThrowsAsync<CityException>(() => city.Get<IPayoutService>().ClaimPayout(owner.Caller, new PayoutRef(payout.Id), default));
        var again = await Assert.ThrowsAsync<CityException>(() => city.Get<IPayoutService>().ApprovePayout(city.Operator().Result, new ReviewPayout(payout.Id), default));

        Assert.Equal((ErrorCode.Conflict, "cancelled"), (refused.Code, refused.Reason));
        Assert.Equal((ErrorCode.Conflict, "not_in_review"), (again.Code, again.Reason));
        Assert.Equal(0m, (await city.Get<IPayoutService>().ListRewardDays(owner.Caller, new RewardDayQuery(team.Id), default)).Items.Single().Paid.Value);
        await city.AssertLedgerHolds();
    }
}
