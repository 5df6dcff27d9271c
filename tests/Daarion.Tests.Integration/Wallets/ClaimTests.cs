using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Core.Telemetry;
using Daarion.Core.Wallets;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Wallets;

[Collection(CityCollection.Name)]
public sealed class ClaimTests(CityFixture city)
{
    private IPayoutService Payouts => city.Get<IPayoutService>();

    [Fact]
    public async Task A_claim_pays_the_team_and_tells_its_story()
    {
        var (team, owner) = await city.NewTeam();
        await city.Bring(Rewards.Movement(team.Id, "12.5"));
        var payout = Assert.Single(await city.PayoutsOf(team.Id));

        var claimed = await Payouts.ClaimPayout(owner.Caller, new PayoutRef(payout.Id), default);

        Assert.Equal((PayoutStatus.Claimed, owner.Id), (claimed.Status, claimed.ClaimedBy!.Value));
        Assert.Equal(12.5m, await city.Available(OwnerId.Of(team.Id)));
        var transaction = await city.Get<IWalletService>().GetTransaction(owner.Caller, new TransactionRef(claimed.TransactionId!.Value), default);
        Assert.Equal((TransactionKind.Payout, payout.Id.Value), (transaction.Kind, transaction.Ref));
        Assert.Equal([OwnerId.Mint(Symbol.KWT), OwnerId.Of(team.Id)], transaction.Entries.Select(entry => entry.OwnerId));
        Assert.Equal(0m, transaction.Entries.Sum(entry => entry.Amount.Value));

        var operators = await city.Operator();
        var history = new ListAudit(new PageRequest(), TargetId: payout.Id.Value);
        await Eventually.True(
            async () => (await city.Get<ITelemetryService>().ListAudit(operators, history, default)).Items is [{ Action: "payout.claimed" } record] && record.ActorId == owner.Id.Value,
            () => $"the claim is in the payout's history\n{city.Log}");
    }

    [Theory]
    [InlineData("owner", true, false)]
    [InlineData("guardian", true, false)]
    [InlineData("member", false, false)]
    [InlineData("resident member", false, true)]
    [InlineData("resident from elsewhere", false, true)]
    [InlineData("visitor", false, false)]
    [InlineData("stranger", false, false)]
    [InlineData("operator", false, false)]
    [InlineData("platform", false, false)]
    public async Task Who_may_claim(string who, bool theTeams, bool theResidents)
    {
        var (team, owner) = await city.NewTeam();
        var person = who is "operator" ? await city.NewOperator() : await city.NewPerson();
        await Join(team.Id, owner, person, who);
        var resident = who.StartsWith("resident", StringComparison.Ordinal) ? person : await city.NewPerson();
        await city.Bring(Rewards.Movement(team.Id, "1"), Rewards.Movement(team.Id, "2", beneficiary: resident.Id));
        var payouts = await city.PayoutsOf(team.Id);
        var caller = who switch
        {
            "owner" => owner.Caller,
            "platform" => Caller.ForPlatform("energyunion", new Origin("req_test", null, null)),
            _ => person.Caller,
        };

        var paidToTeam = await MayClaim(caller, payouts.Single(payout => payout.BeneficiaryKind == OwnerKind.Team).Id);
        var paidToResident = await MayClaim(caller, payouts.Single(payout => payout.BeneficiaryKind == OwnerKind.User).Id);

        Assert.Equal((theTeams, theResidents), (paidToTeam, paidToResident));
    }

    [Fact]
    public async Task Many_claims_at_once_have_an_outcome_each()
    {
        var (team, owner) = await city.NewTeam();
        var (other, _) = await city.NewTeam();
        await city.Bring(Rewards.Movement(team.Id, "1"), Rewards.Movement(team.Id, "2"), Rewards.Movement(team.Id, "1001"), Rewards.Movement(other.Id, "4"));
        var (mine, theirs) = (await city.PayoutsOf(team.Id), await city.PayoutsOf(other.Id));
        await Payouts.ClaimPayout(owner.Caller, new PayoutRef(mine[0].Id), default);
        var nobodys = PayoutId.New(TimeProvider.System.GetUtcNow());

        var answer = await Payouts.ClaimPayouts(owner.Caller, new ClaimPayouts([mine[0].Id, mine[1].Id, mine[2].Id, theirs[0].Id, nobodys]), default);

        Assert.Equal(
            [ErrorCode.Conflict, null, ErrorCode.Conflict, ErrorCode.NotFound, ErrorCode.NotFound],
            answer.Results.Select(result => result.Code));
        Assert.Equal(3m, await city.Available(OwnerId.Of(team.Id)));
    }

    [Fact]
    public async Task Of_two_callers_at_once_one_gets_it()
    {
        var (team, owner) = await city.NewTeam();
        await city.Bring(Enumerable.Range(0, 20).Select(_ => Rewards.Movement(team.Id, "1")));

        foreach (var payout in await city.PayoutsOf(team.Id))
        {
            var claims = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => MayClaim(owner.Caller, payout.Id)));

            Assert.Single(claims, claimed => claimed);
        }

        Assert.Equal(20m, await city.Available(OwnerId.Of(team.Id)));
        await city.AssertLedgerHolds();
    }

    [Fact]
    public async Task Sixty_four_callers_with_overlapping_sets_pay_each_payout_once()
    {
        const int Callers = 64;
        var (team, owner) = await city.NewTeam();
        await city.Bring(Enumerable.Range(0, 200).Select(i => Rewards.Movement(team.Id, $"{i % 7 + 1}.25")));
        var payouts = await city.PayoutsOf(team.Id);
        var random = new Random(20261124);
        var sets = Enumerable.Range(0, Callers).Select(_ => payouts.Where(_ => random.Next(3) > 0).OrderBy(_ => random.Next()).Select(payout => payout.Id).ToList()).ToList();

        var answers = await Task.WhenAll(sets.Select(set => Task.Run(() => Payouts.ClaimPayouts(owner.Caller, new ClaimPayouts(set), default))));

        var won = answers.SelectMany(answer => answer.Results).Where(result => result.Status == ClaimStatus.Claimed).ToList();
        var asked = sets.SelectMany(set => set).ToHashSet();
        Assert.Equal(asked.Count, won.Count);
        Assert.Equal(asked.Count, won.Select(result => result.PayoutId).Distinct().Count());
        Assert.Equal(payouts.Where(payout => asked.Contains(payout.Id)).Sum(payout => payout.Amount.Value), await city.Available(OwnerId.Of(team.Id)));
        await city.AssertLedgerHolds();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(501)]
    public async Task A_claim_names_one_to_five_hundred(int count)
    {
        var person = await city.NewPerson();
        var ids = Enumerable.Range(0, count).Select(_ => PayoutId.New(TimeProvider.System.GetUtcNow())).ToList();

        var refused = await Assert.ThrowsAsync<CityException>(() => Payouts.ClaimPayouts(person.Caller, new ClaimPayouts(ids), default));

        Assert.Equal(ErrorCode.InvalidPayload, refused.Code);
    }

    [Fact]
    public async Task A_service_says_for_whom_it_claims()
    {
        var (team, owner) = await city.NewTeam();
        await city.Bring(Rewards.Movement(team.Id, "3"), Rewards.Movement(team.Id, "4"));
        var ids = (await city.PayoutsOf(team.Id)).ConvertAll(payout => payout.Id.Value);
        using var service = await city.ServiceClient("wallet.payout.claim", "service.act_as");

        using var forNobody = await service.PostAsJsonAsync("/internal/v1/wallet/payout/claim", new { payout_id = ids[0] });
        service.DefaultRequestHeaders.Add("Daarion-Subject", owner.Id.Value);
        using var one = await service.PostAsJsonAsync("/internal/v1/wallet/payout/claim", new { payout_id = ids[0] });
        using var many = await service.PostAsJsonAsync("/internal/v1/wallet/payout/claim", new { payout_ids = ids });

        Assert.Equal(HttpStatusCode.BadRequest, forNobody.StatusCode);
        Assert.Equal("claimed", (await one.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString());
        var results = (await many.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(["conflict", null], results.Select(result => result.GetProperty("code").GetString()));
    }

    private async Task<bool> MayClaim(Caller caller, PayoutId payout)
    {
        try
        {
            await Payouts.ClaimPayout(caller, new PayoutRef(payout), default);
            return true;
        }
        catch (CityException e) when (e.Code is ErrorCode.Forbidden or ErrorCode.NotFound or ErrorCode.Conflict)
        {
            return false;
        }
    }

    private async Task Join(TeamId team, Person owner, Person person, string who)
    {
        TeamRole? role = who switch
        {
            "guardian" => TeamRole.Guardian,
            "member" or "resident member" => TeamRole.Member,
            "visitor" => TeamRole.Visitor,
            _ => null,
        };
        if (role is { } one)
        {
            await city.Get<IMembershipService>().Add(owner.Caller, new AddMember(team, person.Id, Role: one), default);
        }
    }
}
