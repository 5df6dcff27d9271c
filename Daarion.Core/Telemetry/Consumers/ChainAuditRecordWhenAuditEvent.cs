using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Telemetry.Consumers;

/// <summary>Puts what was audited into the log, each record chained to the one before by its hash.</summary>
internal sealed class ChainAuditRecordWhenAuditEvent(TelemetryDbContext db, IAccess access) : InboxConsumer<TelemetryDbContext, AuditEvent>(db)
{
    // The chain has one end: whoever adds to it holds this lock until the records are committed.
    private const string LockChain = "select pg_advisory_xact_lock(hashtextextended('telemetry.audit_records', 0))";

    protected override async Task React(IReadOnlyList<ReceivedEvent<AuditEvent>> events, CancellationToken ct)
    {
        await access.Require(Db.Operation.Caller, TelemetryModule.RecordAudit, ResourceRef.City, ct);
        await using (var command = await Db.Command(LockChain, ct))
        {
            await QueryMeter.Measured(command.ExecuteNonQueryAsync(ct));
        }

        var (number, hash) = await Db.AuditRecords.OrderByDescending(row => row.Number).Select(row => new { row.Number, row.Hash }).FirstOrDefaultAsync(ct) is { } last
            ? (last.Number, last.Hash)
            : (0L, AuditRow.Genesis);
        foreach (var received in events)
        {
            var row = AuditRow.After(++number, hash, received);
            hash = row.Hash;
            Db.AuditRecords.Add(row);
        }
    }
}
