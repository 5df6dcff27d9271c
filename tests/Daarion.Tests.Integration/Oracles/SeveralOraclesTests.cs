using System.Net.Http.Json;
using Daarion.Core.Kernel;
using Daarion.Core.Oracles;
using Daarion.Core.Rwa;
using Daarion.Tests.Integration.Embassies;
using Daarion.Tests.Integration.Running;
using Daarion.Tests.Integration.Wallets;
using static Daarion.Tests.Integration.Embassies.OutsidePlatform;

namespace Daarion.Tests.Integration.Oracles;

/// <summary>Every domain from the door to the payout, and what waits for an operator on the way.</summary>
[Collection(CityCollection.Name)]
public sealed class SeveralOraclesTests(CityFixture city)
{
    private static readonly DateTimeOffset Start = Timestamps.Truncate(TimeProvider.System.GetUtcNow()).AddDays(-2);

    private IOracleService Oracles => city.Get<IOracleService>();

    [Fact]
    public async Task Food_and_water_become_tokens_of_compute_by_their_own_rates()
    {
        var (team, owner) = await city.NewTeam();
        var site = city.Unique("farm");
        var platform = await LetIn(city, await city.NewOperator(), team.Id, ["food", "water"], site);

        await platform.SendTo("food", Batch(Said("food", site, Start, "1000", "g"), Said("food", site, Start.AddHours(1), "0.201", "t")));
        await platform.SendTo("oracle", Batch(Said("water", site, Start, "1000", "l"), Said("water", site, Start.AddHours(1), "3.5", "m3")));
        var refused = await platform.SendTo("energy", Reading(site, Start, 1));

        Assert.Equal((403, "forbidden"), (refused.Status, refused.Code));
        await Eventually.Equal(2, async () => (await city.PayoutsOf(team.Id)).Count);
        Assert.Equal(
            [("food", 2m, "kg", 200m), ("water", 2.5m, "m3", 2.5m)],
            (await city.PayoutsOf(team.Id)).OrderBy(p => p.Domain).Select(p => (p.Domain, p.Amount.Value, p.Unit, p.Delta.Value)));
        Assert.Equal(
            [("food", 200m, "kg"), ("water", 2.5m, "m3")],
            (await city.Get<IRwaService>().ListInventory(owner.Caller, new InventoryQuery(team.Id), default)).Items.OrderBy(i => i.Domain).Select(i => (i.Domain, i.Value.Value, i.Unit)));
    }

    [Fact]
    public async Task A_delivery_of_several_domains_is_one_and_asks_for_each()
    {
        var (team, owner) = await city.NewTeam();
        var site = city.Unique("house");
        var platform = await LetIn(city, await city.NewOperator(), team.Id, ["energy", "water"], site);

        var both = await platform.SendTo("oracle", Batch(Said("energy", site, Start, "10", "kwh"), Said("water", site, Start, "10", "m3")));
        var more = await platform.SendTo("oracle", Batch(Said("energy", site, Start.AddHours(1), "10", "kwh"), Said("food", site, Start, "10", "kg")));

        Assert.Equal((202, 2, 403), (both.Status, both.EventIds.Count, more.Status));
        await Eventually.Equal(2, async () => (await All(owner, team.Id)).Count);
    }

    [Fact]
    public async Task Where_two_platforms_tell_of_a_site_the_first_is_paid_and_disagreement_waits()
    {
        var (first, second, site, team, owner) = await Two();
        await Bring(first, site, (0, 100), (1, 110));
        await Bring(second, site, (0, 100), (1, 110.5m), (2, 150));
        await Eventually.Equal(3, async () => (await Of(second, owner, team)).Count);

        await Bring(first, site, (2, 120));
        await Eventually.Equal(3, async () => (await Of(first, owner, team)).Count);

        // The second said 150 while the first had said nothing yet: it counts nothing anyway. The first at 120 is doubted then.
        var doubted = (await Of(first, owner, team)).Single(r => r.State == ReadingState.Held);
        Assert.Equal(("disagreement", Start.AddHours(2)), (doubted.Rule, doubted.Ts));
        Assert.All(await Of(second, owner, team), r => Assert.Equal((0m, ReadingKind.Witness), (r.Delta.Value, r.Kind)));
        await Eventually.Equal(10m, async () => (await city.PayoutsOf(team)).Sum(p => p.Amount.Value));

        var @operator = await city.NewOperator();
        Assert.Equal(ErrorCode.Forbidden, (await Assert.ThrowsAsync<CityException>(() => Oracles.ApproveReading(owner.Caller, new ReadingRef(doubted.Id), default))).Code);
        var counted = await Oracles.ApproveReading(@operator.Caller, new ReadingRef(doubted.Id), default);

        Assert.Equal((ReadingState.Published, 10m, @operator.Id.Value), (counted.State, counted.Delta.Value, counted.DecidedBy));
        await Eventually.Equal(20m, async () => (await city.PayoutsOf(team)).Sum(p => p.Amount.Value));
        Assert.Equal("not_held", (await Assert.ThrowsAsync<CityException>(() => Oracles.RejectReading(@operator.Caller, new ReadingRef(doubted.Id), default))).Reason);
        Assert.Equal([first.Name, second.Name], (await Oracles.GetSeries(owner.Caller, new SeriesQuery(site), default)).Platforms);
    }

    [Fact]
    public async Task What_an_operator_refuses_never_counts_and_the_next_reading_spans_it()
    {
        var (first, second, site, team, owner) = await Two();
        await Bring(first, site, (0, 100), (1, 110));
        await Bring(second, site, (0, 100), (1, 110), (2, 120), (3, 130));
        await Eventually.Equal(4, async () => (await Of(second, owner, team)).Count);
        await Bring(first, site, (2, 200));
        await Eventually.Equal(1, async () => (await Of(first, owner, team)).Count(r => r.State == ReadingState.Held));

        var refused = await Oracles.RejectReading((await city.NewOperator()).Caller, new ReadingRef((await Of(first, owner, team)).Single(r => r.State == ReadingState.Held).Id), default);
        await Bring(first, site, (3, 130));

        Assert.Equal((ReadingState.Rejected, "disagreement"), (refused.State, refused.Rule));
        await Eventually.Equal(30m, async () => (await city.PayoutsOf(team)).Sum(p => p.Amount.Value));
    }

    [Fact]
    public async Task Of_operators_who_decide_at_once_one_is_heard()
    {
        var (first, second, site, team, owner) = await Two();
        await Bring(first, site, (0, 100), (1, 110));
        await Bring(second, site, (0, 100), (1, 110), (2, 120));
        await Eventually.Equal(3, async () => (await Of(second, owner, team)).Count);
        await Bring(first, site, (2, 200));
        await Eventually.Equal(1, async () => (await Of(first, owner, team)).Count(r => r.State == ReadingState.Held));
        var held = new ReadingRef((await Of(first, owner, team)).Single(r => r.State == ReadingState.Held).Id);
        var operators = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => city.NewOperator()));

        var heard = await Task.WhenAll(operators.Select(async (one, i) =>
        {
            try
            {
                return await (i % 2 == 0 ? Oracles.ApproveReading(one.Caller, held, default) : Oracles.RejectReading(one.Caller, held, default));
            }
            catch (CityException e) when (e.Reason == "not_held")
            {
                return null;
            }
        }));

        var decided = Assert.Single(heard.OfType<OracleReading>());
        var kept = await Oracles.GetReading(owner.Caller, new ReadingRef(decided.Id), default);
        Assert.Equal((decided.State, decided.DecidedBy), (kept.State, kept.DecidedBy));
    }

    [Fact]
    public async Task Pieces_wait_until_somebody_says_what_they_weigh()
    {
        var (team, owner) = await city.NewTeam();
        var site = city.Unique("bakery");
        var platform = await LetIn(city, await city.NewOperator(), team.Id, ["food"], site);
        var @operator = await city.NewOperator();
        await platform.SendTo("food", Said("food", site, Start, "10", "units"));
        await Eventually.Equal(1, async () => (await All(owner, team.Id)).Count);
        var held = new ReadingRef((await All(owner, team.Id)).Single().Id);

        Assert.Equal("no_weight", (await Assert.ThrowsAsync<CityException>(() => Oracles.ApproveReading(@operator.Caller, held, default))).Reason);
        Assert.Equal(["weight"], (await Assert.ThrowsAsync<CityException>(() => Oracles.SetPieceWeight(@operator.Caller, new SetPieceWeight(platform.Name, site, Quantity.Zero), default))).Errors.Keys);
        await Oracles.SetPieceWeight(@operator.Caller, new SetPieceWeight(platform.Name, site, Quantity.Parse("0.5")), default);
        Assert.Equal(5m, (await Oracles.ApproveReading(@operator.Caller, held, default)).NormalizedValue.Value);
        await platform.SendTo("food", Said("food", site, Start.AddHours(1), "210", "units"));

        await Eventually.Equal(1m, async () => (await city.PayoutsOf(team.Id)).Sum(p => p.Amount.Value));
    }

    [Fact]
    public async Task A_service_with_the_right_publishes_by_itself()
    {
        var (team, owner) = await city.NewTeam();
        var site = city.Unique("tank");

        using var key = await city.ServiceClient("service.write.oracles");
        using var answer = await key.PostAsJsonAsync("/internal/v1/oracle", new { platform = "waterworks", site_id = site, team_id = team.Id.Value, value = "12.5", unit = "m3", ts = Timestamps.Format(Start), domain = "water" });
        using var wrong = await key.PostAsJsonAsync("/internal/v1/oracle", new { platform = "waterworks", site_id = site, team_id = team.Id.Value, value = "12.5", unit = "kwh", ts = Timestamps.Format(Start.AddHours(1)), domain = "water" });

        Assert.Equal((201, 400), ((int)answer.StatusCode, (int)wrong.StatusCode));
        Assert.Equal(("water", 12.5m), (await All(owner, team.Id)).Select(r => (r.Domain, r.NormalizedValue.Value)).Single());
    }

    private async Task<(OutsidePlatform First, OutsidePlatform Second, string Site, TeamId Team, Person Owner)> Two()
    {
        var (team, owner) = await city.NewTeam();
        var site = city.Unique("site");
        return (await LetIn(city, await city.NewOperator(), team.Id, site), await LetIn(city, await city.NewOperator(), team.Id, site), site, team.Id, owner);
    }

    private static Task Bring(OutsidePlatform platform, string site, params (int Hour, decimal Counter)[] readings) =>
        platform.Send(Batch(readings.Select(reading => Reading(site, Start.AddHours(reading.Hour), reading.Counter))));

    private async Task<List<OracleReading>> Of(OutsidePlatform platform, Person owner, TeamId team) => [.. (await All(owner, team)).Where(r => r.Platform == platform.Name)];

    private async Task<IReadOnlyList<OracleReading>> All(Person owner, TeamId team) =>
        (await Oracles.ListReadings(owner.Caller, new ReadingQuery(TeamId: team, Limit: 200), default)).Items;
}
