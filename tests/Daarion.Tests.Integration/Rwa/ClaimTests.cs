using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Core.Rwa;
using Daarion.Tests.Integration.Embassies;
using Daarion.Tests.Integration.Running;
using Daarion.Tests.Integration.Wallets;
using static Daarion.Tests.Integration.Embassies.OutsidePlatform;

namespace Daarion.Tests.Integration.Rwa;

/// <summary>What platforms say about assets, how operators set an inventory right, and what was there before.</summary>
[Collection(CityCollection.Name)]
public sealed class ClaimTests(CityFixture city)
{
    private static readonly DateTimeOffset Start = Timestamps.Truncate(TimeProvider.System.GetUtcNow()).AddDays(-2);

    private IRwaService Rwa => city.Get<IRwaService>();

    [Fact]
    public async Task A_claim_moves_the_inventory_and_is_not_paid_and_one_too_large_is_disputed()
    {
        var (platform, site, team, owner) = await Site("energy", "rwa");
        await platform.SendTo("energy", Batch(Reading(site, Start, 100), Reading(site, Start.AddHours(1), 110)));
        await Eventually.Equal(10m, () => Stock(owner, team));

        await platform.SendTo("rwa", Said("energy", site, Start.AddHours(2), "-0.004", "mwh", "claim", "export-1"));
        await Eventually.Equal(6m, () => Stock(owner, team));
        await platform.SendTo("rwa", Said("energy", site, Start.AddHours(3), "-7", "kwh"));
        await platform.SendTo("rwa", Said("energy", site, Start.AddHours(4), "5", "kwh", "statement"));
        await platform.SendTo("rwa", Said("essence", site, Start.AddHours(4), "3", "units", "certificate", "GO-1"));

        await Eventually.Equal(4, async () => (await Claims(owner, team)).Count);
        var claims = await Claims(owner, team);
        Assert.Equal(
            [
                ("energy", ClaimKind.Claim, -4m, 10m, ClaimState.Recorded, true),
                ("energy", ClaimKind.Claim, -7m, 6m, ClaimState.Disputed, false),
                ("energy", ClaimKind.Statement, 5m, 6m, ClaimState.Recorded, false),
                ("essence", ClaimKind.Certificate, 3m, 0m, ClaimState.Recorded, false),
            ],
            claims.OrderBy(c => c.Ts).ThenBy(c => c.Kind).Select(c => (c.Domain, c.Kind, c.Value.Value, c.Counted.Value, c.State, c.MovementId is not null)));
        Assert.Equal(6m, await Stock(owner, team));
        Assert.Equal(10m, (await city.PayoutsOf(team)).Sum(p => p.Amount.Value));
        var moved = claims.Single(c => c.MovementId is not null);
        var movement = await Rwa.GetMovement(owner.Caller, new MovementRef(moved.MovementId!.Value), default);
        Assert.Equal((MovementKind.Claim, moved.Id.Value, "export-1"), (movement.Kind, movement.Ref, moved.Reference));
        Assert.Equal(moved, await Rwa.GetClaim(owner.Caller, new ClaimRef(moved.Id), default));
    }

    [Fact]
    public async Task The_same_claim_twice_is_one_and_what_the_city_does_not_count_is_refused_by_name()
    {
        var (platform, site, team, owner) = await Site("rwa");
        var claim = Said("energy", site, Start, "5", "kwh");

        var answers = new[] { await platform.SendTo("rwa", claim), await platform.SendTo("rwa", claim), await platform.SendTo("rwa", Said("energy", site, Start, "6", "kwh")) };
        var unknown = await platform.SendTo("rwa", Said("gold", site, Start, "5", "kg"));
        var unit = await platform.SendTo("rwa", Said("generic", site, Start, "5", "kg"));

        Assert.Equal([202, 200, 409], answers.Select(a => a.Status));
        Assert.Equal((400, "domain", 400, "unit"), (unknown.Status, Field(unknown), unit.Status, Field(unit)));
        await Eventually.Equal(5m, () => Stock(owner, team));
    }

    [Fact]
    public async Task Claims_of_a_site_without_a_team_flow_on_when_it_gets_one()
    {
        var (team, owner) = await city.NewTeam();
        var @operator = await city.NewOperator();
        var (site, platform) = (city.Unique("site"), await LetIn(city, @operator, null, domains: ["rwa"]));
        Assert.Equal(202, (await platform.SendTo("rwa", Said("water", site, Start, "2000", "l", "claim", "tanker"))).Status);

        await city.Get<IEmbassyService>().CreateIdentity(@operator.Caller, new CreateIdentity(platform.Name, site, TeamId: team.Id), default);

        await Eventually.Equal(1, async () => (await Claims(owner, team.Id)).Count);
        var claim = (await Claims(owner, team.Id))[0];
        Assert.Equal(("water", 2m, "m3", "tanker"), (claim.Domain, claim.Value.Value, claim.Unit, claim.Reference));
    }

    [Fact]
    public async Task Two_operators_set_an_inventory_right_and_nobody_alone()
    {
        var (inventory, team, owner) = await Stocked();
        var (first, second) = (await city.NewOperator(), await city.NewOperator());

        var asked = await Rwa.Adjust(first.Caller, new AdjustInventory(inventory, Quantity.Parse("-2.5"), "meter read wrong"), default);

        Assert.Equal((AdjustmentStatus.Pending, 10m), (asked.Status, await Stock(owner, team)));
        Assert.Equal("four_eyes", (await Assert.ThrowsAsync<CityException>(() => Rwa.ApproveAdjustment(first.Caller, new AdjustmentRef(asked.Id), default))).Reason);
        Assert.Equal(ErrorCode.Forbidden, (await Assert.ThrowsAsync<CityException>(() => Rwa.Adjust(owner.Caller, new AdjustInventory(inventory, Quantity.Of(1), "mine"), default))).Code);

        var applied = await Rwa.ApproveAdjustment(second.Caller, new AdjustmentRef(asked.Id), default);

        Assert.Equal((AdjustmentStatus.Applied, 7.5m), (applied.Status, await Stock(owner, team)));
        Assert.Equal("not_pending", (await Assert.ThrowsAsync<CityException>(() => Rwa.CancelAdjustment(second.Caller, new AdjustmentRef(asked.Id), default))).Reason);
        Assert.Equal(10m, (await city.PayoutsOf(team)).Sum(p => p.Amount.Value));

        var tooMuch = await Rwa.Adjust(first.Caller, new AdjustInventory(inventory, Quantity.Parse("-8"), "all of it"), default);
        Assert.Equal("too_little", (await Assert.ThrowsAsync<CityException>(() => Rwa.ApproveAdjustment(second.Caller, new AdjustmentRef(tooMuch.Id), default))).Reason);
        Assert.Equal(AdjustmentStatus.Cancelled, (await Rwa.CancelAdjustment(first.Caller, new AdjustmentRef(tooMuch.Id), default)).Status);
        Assert.Equal(7.5m, await Stock(owner, team));
        Assert.Equal([AdjustmentStatus.Cancelled, AdjustmentStatus.Applied], (await Rwa.ListAdjustments(first.Caller, new AdjustmentQuery(inventory), default)).Items.Select(a => a.Status));
    }

    [Theory]
    [InlineData("0", "why", "delta")]
    [InlineData("1", " ", "reason")]
    public async Task An_adjustment_says_how_much_and_why(string delta, string reason, string field)
    {
        var @operator = await city.NewOperator();

        var refused = await Assert.ThrowsAsync<CityException>(() => Rwa.Adjust(@operator.Caller, new AdjustInventory(RwaId.New(Start), Quantity.Parse(delta), reason), default));

        Assert.Equal([field], refused.Errors.Keys);
    }

    [Fact]
    public async Task Of_operators_who_approve_at_once_one_moves_it()
    {
        var (inventory, team, owner) = await Stocked();
        var asked = new AdjustmentRef((await Rwa.Adjust((await city.NewOperator()).Caller, new AdjustInventory(inventory, Quantity.Parse("1"), "found"), default)).Id);
        var operators = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => city.NewOperator()));

        var outcomes = await Task.WhenAll(operators.Select(async one =>
        {
            try
            {
                return (await Rwa.ApproveAdjustment(one.Caller, asked, default)).DecidedBy;
            }
            catch (CityException e) when (e.Reason == "not_pending")
            {
                return null;
            }
        }));

        Assert.Single(outcomes.OfType<string>());
        Assert.Equal(11m, await Stock(owner, team));
    }

    [Fact]
    public async Task What_was_there_at_a_past_moment_is_told_by_what_is_known_now()
    {
        var (platform, site, team, owner) = await Site("energy");
        await platform.SendTo("energy", Batch(Reading(site, Start, 100), Reading(site, Start.AddHours(4), 140)));
        await Eventually.Equal(40m, () => Stock(owner, team));
        Assert.Equal(0m, await Stock(owner, team, Start.AddHours(2)));

        await platform.SendTo("energy", Reading(site, Start.AddHours(1), 115));

        // What the late reading adds and what it takes from its neighbour are two movements.
        await Eventually.Equal((0m, 15m, 40m), async () => (await Stock(owner, team, Start), await Stock(owner, team, Start.AddHours(1)), await Stock(owner, team, Start.AddHours(4))));
        Assert.Equal(15m, await Stock(owner, team, Start.AddHours(2)));
        var inventory = (await Rwa.ListInventory(owner.Caller, new InventoryQuery(team), default)).Items.Single();
        var series = await Rwa.GetInventorySeries(owner.Caller, new InventorySeriesQuery(inventory.Id, Start.AddHours(-1), Start.AddHours(5)), default);
        Assert.Equal([(15m, 15m), (40m, 25m)], series.Points.Select(p => (p.Value.Value, p.Delta.Value)));
        var later = await Rwa.GetInventorySeries(owner.Caller, new InventorySeriesQuery(inventory.Id, Start.AddHours(2), Start.AddHours(5)), default);
        Assert.Equal((15m, 40m), (later.Before.Value, later.Points.Single().Value.Value));
    }

    [Fact]
    public async Task Inventory_and_movements_come_as_files()
    {
        var (inventory, team, _) = await Stocked();
        using var key = await city.ServiceClient("rwa.inventory.read");

        var places = await key.GetStringAsync($"/internal/v1/rwa/inventory?team_id={team}&format=csv");
        var movements = await key.GetStringAsync($"/internal/v1/rwa/inventory/{inventory}/movements?format=csv&limit=1");

        Assert.StartsWith("id,team_id,domain,site_id,unit,value,updated_at,version\r\n" + inventory, places, StringComparison.Ordinal);
        Assert.Equal(1 + 2, movements.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private static string Field(Answer answer) => answer.Json.GetProperty("errors").EnumerateObject().Single().Name;

    private async Task<(RwaId Inventory, TeamId Team, Person Owner)> Stocked()
    {
        var (platform, site, team, owner) = await Site("energy");
        await platform.SendTo("energy", Batch(Reading(site, Start, 100), Reading(site, Start.AddHours(1), 105), Reading(site, Start.AddHours(2), 110)));
        await Eventually.Equal(10m, () => Stock(owner, team));
        await Eventually.Equal(10m, async () => (await city.PayoutsOf(team)).Sum(p => p.Amount.Value));
        return ((await Rwa.ListInventory(owner.Caller, new InventoryQuery(team), default)).Items.Single().Id, team, owner);
    }

    private async Task<(OutsidePlatform Platform, string Site, TeamId Team, Person Owner)> Site(params string[] domains)
    {
        var (team, owner) = await city.NewTeam();
        var site = city.Unique("site");
        return (await LetIn(city, await city.NewOperator(), team.Id, domains, site), site, team.Id, owner);
    }

    private async Task<decimal> Stock(Person owner, TeamId team, DateTimeOffset? asOf = null) =>
        (await Rwa.ListInventory(owner.Caller, new InventoryQuery(team, "energy", AsOf: asOf), default)).Items.Sum(i => i.Value.Value);

    private async Task<IReadOnlyList<Claim>> Claims(Person owner, TeamId team) => (await Rwa.ListClaims(owner.Caller, new ClaimQuery(team), default)).Items;
}
