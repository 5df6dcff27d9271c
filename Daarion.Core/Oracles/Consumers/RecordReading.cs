using Daarion.Core.Embassies;
using Daarion.Core.Events;
using Daarion.Core.Policy;

namespace Daarion.Core.Oracles.Consumers;

/// <summary>Each reading that the embassy passed on is normalised, judged and recorded, once.</summary>
internal abstract class RecordReading(OracleDbContext db, IAccess access, ReadingRecorder recorder) : InboxConsumer<OracleDbContext, EmbassyReadingUpdate>(db)
{
    protected override async Task React(IReadOnlyList<ReceivedEvent<EmbassyReadingUpdate>> events, CancellationToken ct)
    {
        await access.Require(Db.Operation.Caller, OracleModule.Publish, ResourceRef.City, ct);
        await recorder.Record([.. events.Select(AsReading)], ct);
    }

    // The embassy's id tells when the reading came to the city: waiting for a team makes it no older.
    private static ReadingToRecord AsReading(ReceivedEvent<EmbassyReadingUpdate> e) => new(
        new SiteKey(e.Payload.Platform, e.Payload.Domain, e.Payload.SiteId),
        e.Payload.Value,
        e.Payload.Unit,
        e.Payload.Ts,
        e.Payload.TeamId,
        e.Payload.BeneficiaryUserId,
        e.Payload.WebhookEventId,
        ReadingIds.TimeOf(e.Payload.WebhookEventId),
        e.AsCause());
}
