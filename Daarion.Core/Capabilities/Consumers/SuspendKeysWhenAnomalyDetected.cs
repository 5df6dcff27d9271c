using Daarion.Core.Capabilities.AccessKeys;
using Daarion.Core.Capabilities.Changes;
using Daarion.Core.Events;
using Daarion.Core.Policy;
using Daarion.Core.Usage;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Capabilities.Consumers;

/// <summary>Access keys by which most of something unusual was used are suspended, where the city's setting asks for it.</summary>
internal sealed class SuspendKeysWhenAnomalyDetected(CapabilitiesDbContext db, IAccess access, IPolicyCache policies) : InboxConsumer<CapabilitiesDbContext, UsageAnomalyDetected>(db)
{
    private const string Suspending = "access_key.revoke";
    private const string Kind = "access_key";

    protected override async Task React(IReadOnlyList<ReceivedEvent<UsageAnomalyDetected>> events, CancellationToken ct)
    {
        await access.Require(Db.Operation.Caller, Suspending, ResourceRef.City, ct);
        var causes = events.SelectMany(e => (e.Payload.Keys ?? []).Where(id => AccessKeyId.TryParse(id, out _)).Select(id => (Key: AccessKeyId.Parse(id), e.Payload)))
            .DistinctBy(cause => cause.Key).ToDictionary(cause => cause.Key, cause => cause.Payload);
        if (causes.Count == 0 || await Db.Settings.AsNoTracking().SingleOrDefaultAsync(row => row.Name == SettingNames.AnomaliesSuspendKeys, ct) is not { Value: "true" })
        {
            return;
        }

        string[] ids = [.. causes.Keys.Select(id => id.Value)];
        var keys = await Db.AccessKeys.FromSql($"select * from capabilities.access_keys where id = any ({ids}) order by id for no key update").ToListAsync(ct);
        foreach (var key in keys.Where(key => key.Suspend(causes[key.Id].AnomalyId, Db.Now)))
        {
            Db.Publish(new AccessKeySuspended(key.Id, key.SubjectKind, key.SubjectId, key.TeamId, causes[key.Id].AnomalyId, causes[key.Id].Metric), key.Id.Value, key.TeamId);
            Db.Audit("access_key.suspended", Kind, key.Id.Value, key.TeamId, ("anomaly", causes[key.Id].AnomalyId.Value), ("metric", causes[key.Id].Metric));
        }

        await Db.SaveChangesAsync(ct);

        // A question that comes before the commit finds the key as it was: the event forgets it once more, here and on the other replicas.
        foreach (var key in keys)
        {
            policies.ForgetKey(key.Id.Value);
        }
    }
}
