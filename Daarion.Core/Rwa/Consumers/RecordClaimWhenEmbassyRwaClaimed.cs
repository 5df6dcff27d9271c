using Daarion.Core.Data;
using Daarion.Core.Embassies;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Rwa.Consumers;

/// <summary>Each claim, statement and certificate of a platform is recorded, once; a claim moves the inventory where what it takes is there.</summary>
internal sealed class RecordClaimWhenEmbassyRwaClaimed(RwaDbContext db, IAccess access, InventoryMoves moves) : InboxConsumer<RwaDbContext, EmbassyRwaClaim>(db)
{
    private const string Counted = """
        select coalesce(sum(m.delta), 0)
        from unnest($1, $2, $3, $4, $5) with ordinality as k (team_id, domain, site_id, unit, at, place)
        left join rwa.rwa_inventory i on (i.team_id, i.domain, i.site_id, i.unit) = (k.team_id, k.domain, k.site_id, k.unit)
        left join rwa.rwa_movements m on m.inventory_id = i.id and m.ts <= k.at
        group by k.place order by k.place
        """;

    protected override async Task React(IReadOnlyList<ReceivedEvent<EmbassyRwaClaim>> events, CancellationToken ct)
    {
        await access.Require(Db.Operation.Caller, RwaModule.Update, ResourceRef.City, ct);
        var claims = events.Select(e => (Event: e, Id: RwaId.New(Db.Now), Claim: e.Payload, Counting: InCountedUnit(e.Payload))).ToList();
        var counted = await CountedAt([.. claims.Select(one => (one.Claim, one.Counting.Unit))], ct);
        var moved = await moves.Make(
            [
                .. from one in claims
                   where one.Claim.Kind == ClaimKind.Claim && one.Counting.Value is { } value && value != Quantity.Zero
                   select new InventoryMove(
                       one.Claim.TeamId, one.Claim.Domain, one.Claim.SiteId, one.Counting.Unit, one.Counting.Value!.Value, MovementKind.Claim, one.Id.Value, null, null, one.Claim.Ts, one.Event.AsCause()),
            ],
            ct);
        for (var i = 0; i < claims.Count; i++)
        {
            var (e, id, claim, (value, unit)) = claims[i];
            var movement = moved.TryGetValue(id.Value, out var made) ? made : (RwaId?)null;
            var state = value is null || (claim.Kind == ClaimKind.Claim && movement is null && value != Quantity.Zero) ? ClaimState.Disputed : ClaimState.Recorded;
            Db.Add(new Claim(
                id, claim.TeamId, claim.Platform, claim.Domain, claim.SiteId, claim.Kind, value ?? Quantity.Zero, unit, claim.Value, claim.Unit, counted[i], state, claim.Reference, movement,
                claim.WebhookEventId, claim.Ts, Db.Now, e.Meta.TraceId));
            Db.Publish(
                new RwaClaimRecorded(id, claim.TeamId, claim.Platform, claim.Domain, claim.SiteId, claim.Kind, value ?? Quantity.Zero, unit, state, movement), id.Value, claim.TeamId, e.AsCause());
        }
    }

    // What is not measured by meters is counted as it is sent.
    private static (Quantity? Value, string Unit) InCountedUnit(EmbassyRwaClaim claim) => Measures.UnitsOf(claim.Domain).Count == 0 || claim.Unit == Measures.Pieces
        ? (claim.Value, claim.Unit)
        : (Measures.Normalize(claim.Domain, claim.Value, claim.Unit), Measures.CountedIn(claim.Domain));

    private async Task<List<Quantity>> CountedAt(IReadOnlyList<(EmbassyRwaClaim Claim, string Unit)> claims, CancellationToken ct)
    {
        await using var command = await Db.Command(Counted, ct);
        command.Parameters.AddTexts([.. claims.Select(one => one.Claim.TeamId.Value)]);
        command.Parameters.AddTexts([.. claims.Select(one => one.Claim.Domain)]);
        command.Parameters.AddTexts([.. claims.Select(one => one.Claim.SiteId)]);
        command.Parameters.AddTexts([.. claims.Select(one => one.Unit)]);
        command.Parameters.AddTimes([.. claims.Select(one => one.Claim.Ts)]);
        var counted = new List<Quantity>(claims.Count);
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            counted.Add(Quantity.Of(reader.GetDecimal(0)));
        }

        return counted;
    }
}
