using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;

namespace Daarion.Core.Rwa;

/// <summary>Something that moves an inventory.</summary>
/// <param name="Team">Whose.</param>
/// <param name="Domain">Of which asset.</param>
/// <param name="SiteId">At which site.</param>
/// <param name="Unit">In which unit it is counted.</param>
/// <param name="Delta">How much.</param>
/// <param name="Kind">What makes it move.</param>
/// <param name="Ref">The reading, claim or adjustment; each moves something once.</param>
/// <param name="Oracle">The reading, where it is one.</param>
/// <param name="Beneficiary">The person who is paid instead of the team.</param>
/// <param name="Ts">The time it is about.</param>
/// <param name="Cause">The event that brought it.</param>
internal sealed record InventoryMove(
    TeamId Team, string Domain, string SiteId, string Unit, Quantity Delta, MovementKind Kind, string Ref, OracleId? Oracle, UserId? Beneficiary, DateTimeOffset Ts, EventCause? Cause);

/// <summary>Moves inventories and publishes what moved, in the transaction there is.</summary>
internal sealed class InventoryMoves(RwaDbContext db)
{
    private const string Sql = "select movement_id, inventory, stock from rwa.move($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

    /// <summary>Moves in the order given; answers the movement of each that moved something: what did before does not again, nor what takes more than there is.</summary>
    public async Task<IReadOnlyDictionary<string, RwaId>> Make(IReadOnlyList<InventoryMove> moves, CancellationToken ct)
    {
        var made = new Dictionary<string, RwaId>(moves.Count, StringComparer.Ordinal);
        if (moves.Count == 0)
        {
            return made;
        }

        var (all, at) = (moves.ToArray(), db.Now);
        var ids = SqlArrays.NewIds<RwaKind>(all.Length, at);
        var byId = new Dictionary<string, InventoryMove>(all.Length, StringComparer.Ordinal);
        for (var i = 0; i < all.Length; i++)
        {
            byId.Add(ids[i].Value, all[i]);
        }

        await using var command = await db.Command(Sql, ct);
        var parameters = command.Parameters;
        parameters.AddTexts(Array.ConvertAll(ids, id => id.Value));
        parameters.AddTexts(Array.ConvertAll(all, _ => RwaId.New(at).Value));
        parameters.AddTexts(Array.ConvertAll(all, move => move.Team.Value));
        parameters.AddTexts(Array.ConvertAll(all, move => move.Domain));
        parameters.AddTexts(Array.ConvertAll(all, move => move.SiteId));
        parameters.AddTexts(Array.ConvertAll(all, move => move.Unit));
        parameters.AddNumbers(Array.ConvertAll(all, move => move.Delta.Value));
        parameters.AddTexts(Array.ConvertAll(all, move => Words.Of(move.Kind)));
        parameters.AddTexts(Array.ConvertAll(all, move => move.Oracle?.Value));
        parameters.AddTexts(Array.ConvertAll(all, move => move.Ref));
        parameters.AddTexts(Array.ConvertAll(all, move => move.Beneficiary?.Value));
        parameters.AddTimes(Array.ConvertAll(all, move => move.Ts));
        parameters.AddTexts(Array.ConvertAll(all, move => move.Cause?.TraceId));
        parameters.AddTime(at);
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            var movement = RwaId.Parse(reader.GetString(0));
            var move = byId[movement.Value];
            made.Add(move.Ref, movement);
            Publish(movement, RwaId.Parse(reader.GetString(1)), Quantity.Of(reader.GetDecimal(2)), move);
        }

        return made;
    }

    private void Publish(RwaId movement, RwaId inventory, Quantity stock, InventoryMove move) => db.Publish(
        new RwaInventoryUpdated(inventory, move.Team, move.Domain, move.SiteId, stock, move.Delta, move.Unit, move.Ts, movement, move.Kind, move.Oracle, move.Beneficiary),
        inventory.Value,
        move.Team,
        move.Cause);
}
