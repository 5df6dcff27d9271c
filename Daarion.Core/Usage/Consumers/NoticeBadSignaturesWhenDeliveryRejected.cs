using Daarion.Core.Data;
using Daarion.Core.Embassies;
using Daarion.Core.Events;
using Daarion.Core.Policy;

namespace Daarion.Core.Usage.Consumers;

/// <summary>Many wrong signatures under one platform's name within an hour are told as an anomaly.</summary>
internal sealed class NoticeBadSignaturesWhenDeliveryRejected(UsageDbContext db, IAccess access, Anomalies anomalies) : InboxConsumer<UsageDbContext, EmbassyEventRejected>(db)
{
    private const string Unsigned = "unauthenticated";

    private const string CountSql =
        """
        insert into usage.usage_events (source_id, team_id, subject_id, metric, units, at)
        select e.id, $2, e.subject, $3, 1, $5 from unnest($1, $4) as e (id, subject) on conflict do nothing
        """;

    private const string SumSql =
        """
        select subject_id, sum(units) from usage.usage_events where metric = $1 and at >= $2 and team_id = $3 and subject_id = any ($4) group by subject_id
        """;

    protected override async Task React(IReadOnlyList<ReceivedEvent<EmbassyEventRejected>> events, CancellationToken ct)
    {
        await access.Require(Db.Operation.Caller, UsageModule.Write, ResourceRef.City, ct);
        var bad = events.Where(e => e.Payload.Reason == Unsigned).Select(e => (Id: e.EventId.Value, Payer: Payer.OfPlatform(e.Payload.Platform))).ToList();
        if (bad.Count == 0)
        {
            return;
        }

        await Count(bad, ct);
        var hour = Metrics.StartOf(UsageWindow.Hour, Db.Now);
        foreach (var (payer, value) in await Sums([.. bad.Select(one => one.Payer).Distinct()], hour, ct))
        {
            if (value >= Anomalies.BadSignaturesBurst)
            {
                await anomalies.Tell(UsageAnomalyKind.BadSignatures, payer, Anomalies.BadSignatures, hour, value, 0, ct);
            }
        }
    }

    private async Task Count(List<(string Id, Payer Payer)> bad, CancellationToken ct)
    {
        await using var command = await Db.Command(CountSql, ct);
        command.Parameters.AddTexts([.. bad.Select(one => one.Id)]);
        command.Parameters.AddText(bad[0].Payer.TeamId.Value);
        command.Parameters.AddText(Anomalies.BadSignatures);
        command.Parameters.AddTexts([.. bad.Select(one => one.Payer.SubjectId)]);
        command.Parameters.AddTime(Db.Now);
        await QueryMeter.Measured(command.ExecuteNonQueryAsync(ct));
    }

    private async Task<List<(Payer Payer, decimal Value)>> Sums(Payer[] payers, DateTimeOffset hour, CancellationToken ct)
    {
        var sums = new List<(Payer, decimal)>();
        await using var command = await Db.Command(SumSql, ct);
        command.Parameters.AddText(Anomalies.BadSignatures);
        command.Parameters.AddTime(hour);
        command.Parameters.AddText(payers[0].TeamId.Value);
        command.Parameters.AddTexts([.. payers.Select(payer => payer.SubjectId)]);
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        while (await reader.ReadAsync(ct))
        {
            sums.Add((new(payers[0].TeamId, reader.GetString(0)), reader.GetDecimal(1)));
        }

        return sums;
    }
}
