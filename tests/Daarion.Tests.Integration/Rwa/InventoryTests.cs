using System.Text.Json;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Oracles;
using Daarion.Core.Rwa;
using Daarion.Core.Rwa.Consumers;
using Daarion.Tests.Integration.Running;
using Daarion.Tests.Integration.Wallets;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Daarion.Tests.Integration.Rwa;

[Collection(CityCollection.Name)]
public sealed class InventoryTests(CityFixture city)
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 14, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Readings_move_the_inventory_of_their_site_in_order()
    {
        var (team, owner) = await city.NewTeam();

        await Bring(Readings(team.Id, "0", "1.5", "2", "-0.5"));

        var inventory = Assert.Single((await city.Get<IRwaService>().ListInventory(owner.Caller, new InventoryQuery(team.Id), default)).Items);
        Assert.Equal((3m, 3L), (inventory.Value.Value, inventory.Version));
        var movements = (await city.Get<IRwaService>().ListMovements(owner.Caller, new MovementQuery(inventory.Id), default)).Items;
        Assert.Equal([3m, 3.5m, 1.5m], movements.Select(movement => movement.ValueAfter.Value));
        Assert.Equal(movements[0], await city.Get<IRwaService>().GetMovement(owner.Caller, new MovementRef(movements[0].Id), default));
    }

    [Fact]
    public async Task The_same_reading_moves_once()
    {
        var (team, owner) = await city.NewTeam();
        var readings = Readings(team.Id, "1", "2");

        await Bring(readings);
        await Bring(readings);

        Assert.Equal(3m, (await city.Get<IRwaService>().ListInventory(owner.Caller, new InventoryQuery(team.Id), default)).Items.Single().Value.Value);
    }

    [Fact]
    public async Task A_movement_becomes_a_payout_by_its_event()
    {
        var (team, _) = await city.NewTeam();

        await Bring(Readings(team.Id, "1.25", "2"));

        await Eventually.Equal(3.25m, async () => (await city.PayoutsOf(team.Id)).Sum(payout => payout.Amount.Value));
        var payout = (await city.PayoutsOf(team.Id))[0];
        var movement = await city.Get<IRwaService>().GetMovement(await city.Operator(), new MovementRef(payout.RwaRef), default);
        Assert.Equal((payout.OracleId, payout.InventoryId, payout.Delta), (movement.OracleId, movement.InventoryId, movement.Delta));
    }

    [Fact]
    public async Task A_stranger_does_not_learn_that_a_team_has_inventory()
    {
        var (team, owner) = await city.NewTeam();
        await Bring(Readings(team.Id, "1"));
        var id = (await city.Get<IRwaService>().ListInventory(owner.Caller, new InventoryQuery(team.Id), default)).Items.Single().Id;
        var stranger = await city.NewPerson();

        var refused = await Assert.ThrowsAsync<CityException>(() => city.Get<IRwaService>().GetInventory(stranger.Caller, new InventoryRef(id), default));

        Assert.Equal(ErrorCode.NotFound, refused.Code);
    }

    [Theory]
    [InlineData("update rwa.rwa_movements set delta = delta + 1")]
    [InlineData("delete from rwa.rwa_movements")]
    [InlineData("truncate rwa.rwa_movements")]
    [InlineData("update rwa.rwa_inventory set value = value + 1")]
    [InlineData("delete from rwa.rwa_inventory")]
    [InlineData("insert into rwa.rwa_movements select 'rwa_x', inventory_id, number + 1, team_id, 5, value_after + 5, kind, 'orc_x', null, ts, recorded_at, null, 'orc_x' from rwa.rwa_movements where team_id = '{team}' order by number desc limit 1")]
    public async Task The_sum_of_movements_is_the_value_whoever_writes(string statement)
    {
        var (team, _) = await city.NewTeam();
        await Bring(Readings(team.Id, "1", "2"));
        await using var connection = await city.OpenDatabase();
        await using var transaction = await connection.BeginTransactionAsync();

        var refused = await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            await using var command = new NpgsqlCommand(statement.Replace("{team}", team.Id.Value, StringComparison.Ordinal), connection);
            await command.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        });

        Assert.Contains(refused.SqlState, new[] { PostgresErrorCodes.RestrictViolation, PostgresErrorCodes.CheckViolation });
    }

    private static EventEnvelope[] Readings(TeamId team, params string[] deltas) =>
    [
        .. deltas.Select((delta, i) => new OracleReadingPublished(
            OracleId.New(Noon), "energy", "EU-KYIV-01", "energyunion", team, Quantity.Parse("100"), Quantity.Parse(delta), "kwh", Noon.AddHours(i), ReadingKind.Reading, EmbassyId.New(Noon), null))
            .Select(reading => new EventEnvelope(
                EventId.New(Noon),
                Noon,
                "oracle",
                "oracle.reading.published",
                1,
                new EventActor("service:oracles", SubjectKind.Service),
                JsonSerializer.SerializeToElement(reading, EventJson.Options),
                new EventMeta(team, null, null, null, reading.SiteId))),
    ];

    private Task Bring(IReadOnlyList<EventEnvelope> batch) => city.Get<OperationRunner>().Run(
        ServiceName.Rwa,
        nameof(MoveInventoryWhenOracleReadingPublished),
        CityFixture.Service(ServiceName.Rwa),
        OperationLimits.Consumer,
        async (services, ct) =>
        {
            await services.GetRequiredService<MoveInventoryWhenOracleReadingPublished>().Consume("rwa-move-inventory-when-oracle-reading-published", batch, ct);
            return batch.Count;
        },
        default);
}
