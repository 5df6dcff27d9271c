using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Oracles;
using Daarion.Core.Policy;

namespace Daarion.Core.Rwa.Consumers;

/// <summary>Each published reading with a delta moves the inventory of its site, once.</summary>
internal sealed class MoveInventoryWhenOracleReadingPublished(RwaDbContext db, IAccess access) : InboxConsumer<RwaDbContext, OracleReadingPublished>(db)
{
    private const string Move = "select movement_id, inventory, stock from rwa.move($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

    protected override async Task React(IReadOnlyList<ReceivedEvent<OracleReadingPublished>> events, CancellationToken ct)
    {
        await access.Require(Db.Operation.Caller, "rwa.inventory.update", ResourceRef.City, ct);

        // A base reading says where a counter stands; it moves nothing.
        var moving = events.Where(e => e.Payload.Delta != Quantity.Zero).ToArray();
        if (moving.Length == 0)
        {
            return;
        }

        var at = Db.Now;
        var ids = SqlArrays.NewIds<RwaKind>(moving.Length, at);
        var byId = new Dictionary<string, ReceivedEvent<OracleReadingPublished>>(moving.Length, StringComparer.Ordinal);
        for (var i = 0; i < moving.Length; i++)
        {
            byId.Add(ids[i].Value, moving[i]);
        }

        await using var command = await Db.Command(Move, ct);
        var parameters = command.Parameters;
        parameters.AddTexts(Array.ConvertAll(ids, id => id.Value));
        parameters.AddTexts(Array.ConvertAll(moving, _ => RwaId.New(at).Value));
        parameters.AddTexts(Array.ConvertAll(moving, e => e.Payload.TeamId.Value));
        parameters.AddTexts(Array.ConvertAll(moving, e => e.Payload.Domain));
        parameters.AddTexts(Array.ConvertAll(moving, e => e.Payload.SiteId));
        parameters.AddTexts(Array.ConvertAll(moving, e => e.Payload.Unit));
        parameters.AddNumbers(Array.ConvertAll(moving, e => e.Payload.Delta.Value));
        parameters.AddTexts(Array.ConvertAll(moving, e => Words.Of(e.Payload.Kind)));
        parameters.AddTexts(Array.ConvertAll(moving, e => e.Payload.OracleId.Value));
        parameters.AddTexts(Array.ConvertAll(moving, e => e.Payload.BeneficiaryUserId?.Value));
        parameters.AddTimes(Array.ConvertAll(moving, e => e.Payload.Ts));
        parameters.AddTexts(Array.ConvertAll(moving, e => e.Meta.TraceId));
        parameters.AddTime(at);
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            var movement = reader.GetString(0);
            Publish(RwaId.Parse(movement), RwaId.Parse(reader.GetString(1)), Quantity.Of(reader.GetDecimal(2)), byId[movement]);
        }
    }

    private void Publish(RwaId movement, RwaId inventory, Quantity stock, ReceivedEvent<OracleReadingPublished> cause)
    {
        var reading = cause.Payload;
        Db.Publish(
            new RwaInventoryUpdated(
                inventory,
                reading.TeamId,
                reading.Domain,
                reading.SiteId,
                stock,
                reading.Delta,
                reading.Unit,
                reading.Ts,
                movement,
                reading.Kind,
                reading.OracleId,
                reading.BeneficiaryUserId),
            inventory.Value,
            reading.TeamId,
            cause.AsCause());
    }
}
