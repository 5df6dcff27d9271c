using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Oracles;
using Daarion.Core.Policy;

namespace Daarion.Core.Rwa.Consumers;

/// <summary>Each published reading with a delta moves the inventory of its site, once.</summary>
internal sealed class MoveInventoryWhenOracleReadingPublished(RwaDbContext db, IAccess access, InventoryMoves moves) : InboxConsumer<RwaDbContext, OracleReadingPublished>(db)
{
    protected override async Task React(IReadOnlyList<ReceivedEvent<OracleReadingPublished>> events, CancellationToken ct)
    {
        await access.Require(Db.Operation.Caller, RwaModule.Update, ResourceRef.City, ct);

        // A base reading says where a counter stands; it moves nothing.
        await moves.Make([.. events.Where(e => e.Payload.Delta != Quantity.Zero).Select(AsMove)], ct);
    }

    private static InventoryMove AsMove(ReceivedEvent<OracleReadingPublished> e)
    {
        var reading = e.Payload;
        var kind = reading.Kind == ReadingKind.Correction ? MovementKind.Correction : MovementKind.Reading;
        return new(
            reading.TeamId, reading.Domain, reading.SiteId, reading.Unit, reading.Delta, kind, reading.OracleId.Value, reading.OracleId, reading.BeneficiaryUserId, reading.Ts, e.AsCause());
    }
}
