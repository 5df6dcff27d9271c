using Daarion.Core.Governance;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Core.Wallets;
using Daarion.Tests.Integration.Running;
using Daarion.Tests.Integration.Usage;

namespace Daarion.Tests.Integration.Wallets;

/// <summary>Tokens changed into others: at the rate that policies set, no more in a day than they say, and every unit accounted for.</summary>
[Trait("Servers", "own")]
public sealed class ConversionTests(StrictCity city) : IClassFixture<StrictCity>
{
    private const string Limit = "wallets.conversion_daily_limit";
    private static readonly Caller Treasurer = Caller.ForService(ServiceName.Wallets);

    private IWalletService Wallets => city.Get<IWalletService>();

    [Fact]
    public async Task What_is_given_ends_and_what_is_got_is_made_at_the_rate_in_force()
    {
        var olena = await PersonWith("100");
        var before = await Totals();

        var made = await Wallets.Convert(olena.Caller, new ConvertTokens(OwnerId.Of(olena.Id), Symbol.KWT, Symbol.OneT, Quantity.Parse("10.000000001")), default);

        Assert.Equal((0.8m, 8.000000001m), (made.Rate.Value, made.Received.Value));
        Assert.Equal((89.999999999m, 8.000000001m), (await Has(olena, Symbol.KWT), await Has(olena, Symbol.OneT)));
        var after = await Totals();
        Assert.Equal(10.000000001m, after.Burned - before.Burned);
        Assert.Equal(8.000000001m, after.Made - before.Made);
        Assert.Equal([made.Id], (await Wallets.ListConversions(olena.Caller, new ConversionQuery(OwnerId.Of(olena.Id)), default)).Items.Select(one => one.Id));
        var half = await Wallets.GetTransaction(olena.Caller, new TransactionRef(made.GotBy), default);
        Assert.Equal((TransactionKind.Conversion, made.Id.Value), (half.Kind, half.Ref));
        var rate = (await Rates(olena)).Rates.Single(one => (one.From, one.To) == (Symbol.KWT, Symbol.OneT));
        Assert.Equal((0.8m, 989.999999999m), (rate.Rate.Value, rate.LeftToday.Value));
        await AssertLedgerHolds();
    }

    [Fact]
    public async Task A_policy_changes_the_rate_for_all_that_come_after()
    {
        var olena = await PersonWith("100");
        Assert.Equal(0.8m, (await Convert(olena, "1")).Received.Value);

        await city.Get<IGovernanceService>().PutSetting(await city.NewOperator(), new PutGovernanceSetting(Limit, "5"), default);
        try
        {
            Assert.Equal(4m, (await Rates(olena)).Rates.Single(one => one.To == Symbol.OneT).LeftToday.Value);
            Assert.Equal("daily_limit", (await Refused(ErrorCode.Conflict, olena, "4.1")).Reason);
        }
        finally
        {
            await city.Get<IGovernanceService>().PutSetting(await city.NewOperator(), new PutGovernanceSetting(Limit, "1000"), default);
        }
    }

    [Fact]
    public async Task Many_at_once_convert_no_more_than_the_day_gives_and_the_next_day_gives_again()
    {
        var (team, owner) = await city.NewTeam();
        await city.Get<ITeamService>().Update(await city.NewOperator(), new UpdateTeam(team, Plan: TeamPlan.Platformium), default);
        await Wallets.Mint(Treasurer, new MintTokens(OwnerId.Of(team), Symbol.KWT, Quantity.Of(3000), "founding"), default);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 30).Select(async _ =>
        {
            try
            {
                await Convert("90");
                return "done";
            }
            catch (CityException e)
            {
                return e.Reason ?? e.Code.ToString();
            }
        }));

        Assert.Equal(11, outcomes.Count(outcome => outcome == "done"));
        Assert.Equal(19, outcomes.Count(outcome => outcome == "daily_limit"));
        var balances = (await Wallets.GetBalance(owner.Caller, new BalanceRef(OwnerId.Of(team)), default)).Balances.ToDictionary(one => one.Symbol, one => one.Available.Value);
        Assert.Equal((2010m, 792m), (balances[Symbol.KWT], balances[Symbol.OneT]));
        city.Clock.Turn(TimeSpan.FromDays(1));
        await Convert("1000");
        await AssertLedgerHolds();

        Task<Conversion> Convert(string amount) => Wallets.Convert(owner.Caller, new ConvertTokens(OwnerId.Of(team), Symbol.KWT, Symbol.OneT, Quantity.Parse(amount)), default);
    }

    [Theory]
    [InlineData("0", ErrorCode.InvalidPayload, null)]
    [InlineData("0.0000000001", ErrorCode.InvalidPayload, null)]
    [InlineData("0.000000001", ErrorCode.InvalidPayload, "RINGK")]
    [InlineData("5", ErrorCode.InvalidPayload, "RINGK")]
    [InlineData("5", ErrorCode.InvalidPayload, "KWT")]
    [InlineData("100.1", ErrorCode.Conflict, null)]
    public async Task What_cannot_be_converted_moves_nothing(string amount, ErrorCode code, string? to)
    {
        var olena = await PersonWith("100");

        var refused = await Assert.ThrowsAsync<CityException>(async () => await Wallets.Convert(
            olena.Caller, new ConvertTokens(OwnerId.Of(olena.Id), Symbol.KWT, to is null ? Symbol.OneT : Symbols.Parse(to), Quantity.Parse(amount)), default));

        Assert.Equal(code, refused.Code);
        Assert.Equal((100m, 0m), (await Has(olena, Symbol.KWT), await Has(olena, Symbol.OneT)));
    }

    [Fact]
    public async Task Everybody_converts_their_own_and_the_Owner_a_teams()
    {
        var (team, owner) = await city.NewTeam();
        var (member, stranger) = (await PersonWith("10"), await city.NewPerson());
        await city.Get<IMembershipService>().Add(owner.Caller, new AddMember(team, member.Id, Role: TeamRole.Member), default);
        await Wallets.Mint(Treasurer, new MintTokens(OwnerId.Of(team), Symbol.KWT, Quantity.Of(10), "founding"), default);

        await Wallets.Convert(owner.Caller, new ConvertTokens(OwnerId.Of(team), Symbol.KWT, Symbol.OneT, Quantity.Of(5)), default);
        await Convert(member, "5");

        foreach (var (who, whose) in new[] { (member.Caller, OwnerId.Of(team)), (stranger.Caller, OwnerId.Of(team)), (stranger.Caller, OwnerId.Of(member.Id)), (owner.Caller, OwnerId.Of(member.Id)) })
        {
            var refused = await Assert.ThrowsAsync<CityException>(() => Wallets.Convert(who, new ConvertTokens(whose, Symbol.KWT, Symbol.OneT, Quantity.Of(1)), default));
            Assert.Equal(ErrorCode.Forbidden, refused.Code);
        }
    }

    private async Task<CityException> Refused(ErrorCode code, Person who, string amount)
    {
        var refused = await Assert.ThrowsAsync<CityException>(() => Convert(who, amount));
        Assert.Equal(code, refused.Code);
        return refused;
    }

    private Task<Conversion> Convert(Person who, string amount) =>
        Wallets.Convert(who.Caller, new ConvertTokens(OwnerId.Of(who.Id), Symbol.KWT, Symbol.OneT, Quantity.Parse(amount)), default);

    private Task<ConversionRates> Rates(Person who) => Wallets.GetConversionRates(who.Caller, new ConversionRatesRef(OwnerId.Of(who.Id)), default);

    private async Task<Person> PersonWith(string kwt)
    {
        var person = await city.NewPerson();
        await Wallets.Mint(Treasurer, new MintTokens(OwnerId.Of(person.Id), Symbol.KWT, Quantity.Parse(kwt), "for a test"), default);
        return person;
    }

    private async Task<decimal> Has(Person who, Symbol symbol) =>
        (await Wallets.GetBalance(who.Caller, new BalanceRef(OwnerId.Of(who.Id)), default)).Balances.Single(one => one.Symbol == symbol).Available.Value;

    private async Task<(decimal Burned, decimal Made)> Totals()
    {
        var audit = await Wallets.Audit(Treasurer, new AuditRequest(), default);
        return (audit.Totals.Single(one => one.Symbol == Symbol.KWT).Burned.Value, audit.Totals.Single(one => one.Symbol == Symbol.OneT).Minted.Value);
    }

    private async Task AssertLedgerHolds()
    {
        var audit = await Wallets.Audit(Treasurer, new AuditRequest(), default);
        Assert.True(audit.Ok, string.Join("; ", audit.Checks.Where(check => !check.Ok).Select(check => $"{check.Name}: {check.Detail}")));
    }
}
