using Daarion.Core.Kernel;

namespace Daarion.Core.Telemetry;

/// <summary>How the city's services do, where a request went, and who did what (seed 4.15).</summary>
public interface ITelemetryService
{
    /// <summary>
    /// Every service with its figures of the last minutes and one point a minute of the last hour.
    /// Capability <c>city.telemetry.read</c>. Publishes nothing.
    /// </summary>
    Task<ServicesOverview> ListServices(Caller caller, ListServices request, CancellationToken ct);

    /// <summary>
    /// One service over a longer time, at one-minute grain, kept 14 days. Capability <c>city.telemetry.read</c>.
    /// <c>not_found</c> for a name that is no service.
    /// </summary>
    Task<ServiceFigures> GetService(Caller caller, GetService request, CancellationToken ct);

    /// <summary>
    /// The spans of one trace: from the request through PDP, database, outbox and NATS to the last consumer, kept 3 days.
    /// Capability <c>city.telemetry.read</c>. <c>not_found</c> when nothing of it was kept.
    /// </summary>
    Task<Trace> GetTrace(Caller caller, GetTrace request, CancellationToken ct);

    /// <summary>
    /// The audit log, newest first. Capability <c>audit.read</c> in the team asked for; without a team, in the city.
    /// </summary>
    Task<Page<AuditRecord>> ListAudit(Caller caller, ListAudit request, CancellationToken ct);

    /// <summary>One audit record. Capability <c>audit.read</c> in the record's team, or in the city. <c>not_found</c>.</summary>
    Task<AuditRecord> GetAudit(Caller caller, GetAudit request, CancellationToken ct);

    /// <summary>
    /// Computes the chain of hashes again and says where, if anywhere, it breaks. Capability <c>audit.read</c> in the city.
    /// </summary>
    [TimeLimit(60)]
    Task<AuditVerification> VerifyAudit(Caller caller, VerifyAudit request, CancellationToken ct);
}

/// <summary>Asks for every service.</summary>
/// <param name="Minutes">Points of the past to give, 1 to 180.</param>
public sealed record ListServices(int Minutes = 60);

/// <summary>Asks for one service.</summary>
/// <param name="Name">A service's name, for example <c>wallet</c>.</param>
/// <param name="Minutes">Points of the past to give, 1 to 20 160 (14 days).</param>
public sealed record GetService(string Name, int Minutes = 60);

/// <summary>Asks for a trace.</summary>
/// <param name="TraceId">32 hex digits.</param>
public sealed record GetTrace(string TraceId);

/// <summary>Asks for the audit log.</summary>
/// <param name="Page">How many, from where.</param>
/// <param name="TeamId">Only what is about this team; what a team's Owner and Guardians may ask for.</param>
/// <param name="TargetKind">Only what was done to this kind of thing: <c>team</c>, <c>platform</c>, <c>service_key</c>.</param>
/// <param name="TargetId">Only what was done to this one.</param>
/// <param name="ActorId">Only what this subject did: <c>u_…</c>, <c>service:&lt;name&gt;</c>.</param>
/// <param name="Action">Only this action, or with a point at its end everything that begins so: <c>embassy.</c>.</param>
/// <param name="From">Done at or after.</param>
/// <param name="To">Done before.</param>
public sealed record ListAudit(
    PageRequest Page,
    TeamId? TeamId = null,
    string? TargetKind = null,
    string? TargetId = null,
    string? ActorId = null,
    string? Action = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null);

/// <summary>Asks for one audit record.</summary>
public sealed record GetAudit(AuditId Id);

/// <summary>Asks for the chain to be computed again.</summary>
public sealed record VerifyAudit;

/// <summary>Every service of this city.</summary>
/// <param name="At">When the figures were taken.</param>
/// <param name="Services">In the order of the seed.</param>
public sealed record ServicesOverview(DateTimeOffset At, IReadOnlyList<ServiceFigures> Services);

/// <summary>What one service does and what it costs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Now">The last five whole minutes and the current one together.</param>
/// <param name="Points">One a minute, oldest first, without gaps.</param>
/// <param name="Consumers">Its reactions to events and how far behind they are; empty where it has none or NATS cannot be asked.</param>
public sealed record ServiceFigures(string Name, ServiceRates Now, IReadOnlyList<ServicePoint> Points, IReadOnlyList<ReactionLag> Consumers);

/// <summary>Figures of a time span.</summary>
/// <param name="RequestsPerSecond">Operations ended, each second.</param>
/// <param name="ErrorRate">0 to 1: those that failed by the service's own fault.</param>
/// <param name="P50Ms">Half were faster, in milliseconds.</param>
/// <param name="P95Ms">95 of 100 were faster.</param>
/// <param name="P99Ms">99 of 100 were faster.</param>
/// <param name="QueriesPerSecond">Database round trips each second.</param>
/// <param name="QueryMsPerRequest">Milliseconds an operation waited for the database, on average.</param>
/// <param name="CpuCores">Processors kept busy: 0.5 is half of one.</param>
/// <param name="AllocatedBytesPerSecond">Managed memory allocated each second.</param>
public sealed record ServiceRates(
    double RequestsPerSecond, double ErrorRate, double P50Ms, double P95Ms, double P99Ms, double QueriesPerSecond, double QueryMsPerRequest, double CpuCores, double AllocatedBytesPerSecond);

/// <summary>One minute of a service.</summary>
/// <param name="At">The minute's beginning.</param>
/// <param name="Rates">Its figures.</param>
public sealed record ServicePoint(DateTimeOffset At, ServiceRates Rates);

/// <summary>How far a reaction is behind.</summary>
/// <param name="Durable">The consumer's name.</param>
/// <param name="Stream">The stream it reads.</param>
/// <param name="Lag">Messages of the stream it has not been given yet.</param>
/// <param name="Pending">Messages given and not acknowledged yet.</param>
public sealed record ReactionLag(string Durable, string Stream, long Lag, long Pending);

/// <summary>A trace as far as it was kept.</summary>
/// <param name="TraceId">32 hex digits.</param>
/// <param name="StartedAt">When its first span began.</param>
/// <param name="DurationMs">To the end of its last span.</param>
/// <param name="Spans">In the order of their beginning, at most <see cref="MaxSpans"/>.</param>
public sealed record Trace(string TraceId, DateTimeOffset StartedAt, double DurationMs, IReadOnlyList<TraceSpan> Spans)
{
    /// <summary>The most spans of one trace that are given.</summary>
    public const int MaxSpans = 1000;
}

/// <summary>One step of a trace.</summary>
/// <param name="SpanId">16 hex digits.</param>
/// <param name="ParentId">The span around it; null for the first.</param>
/// <param name="Service">The service whose work it is; <c>http</c> for the entrance, <c>database</c> for a round trip.</param>
/// <param name="Name">What was done.</param>
/// <param name="Kind"><c>internal</c>, <c>server</c>, <c>client</c>, <c>producer</c>, <c>consumer</c>.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="OffsetMs">Milliseconds after the trace began.</param>
/// <param name="DurationMs">How long it took.</param>
/// <param name="Failed">Whether it failed.</param>
/// <param name="Tags">What it says of itself; ids and figures only.</param>
public sealed record TraceSpan(
    string SpanId, string? ParentId, string Service, string Name, string Kind, DateTimeOffset StartedAt, double OffsetMs, double DurationMs, bool Failed, IReadOnlyDictionary<string, string> Tags);

/// <summary>Somebody did something that may be asked about later.</summary>
/// <param name="Id"><c>aud_…</c>.</param>
/// <param name="Number">Its place in the chain, from 1.</param>
/// <param name="At">When it was done.</param>
/// <param name="ActorId">Who did it.</param>
/// <param name="ActorKind">What kind of subject that is.</param>
/// <param name="Action">What was done.</param>
/// <param name="TargetKind">What it was done to.</param>
/// <param name="TargetId">Which one.</param>
/// <param name="TeamId">The team it is about.</param>
/// <param name="DecisionId">The decision of the PDP that allowed it.</param>
/// <param name="EventId">The event that brought it.</param>
/// <param name="TraceId">The trace it happened in.</param>
/// <param name="CausationId">The request that caused it.</param>
/// <param name="Details">What changed; ids and words, never secrets.</param>
/// <param name="Hash">SHA-256 over this record and the hash of the one before, in hex.</param>
public sealed record AuditRecord(
    AuditId Id,
    long Number,
    DateTimeOffset At,
    string ActorId,
    string ActorKind,
    string Action,
    string TargetKind,
    string TargetId,
    TeamId? TeamId,
    string? DecisionId,
    string EventId,
    string? TraceId,
    string? CausationId,
    IReadOnlyDictionary<string, string> Details,
    string Hash);

/// <summary>Whether the chain of the audit log holds.</summary>
/// <param name="Ok">True when every hash is right and no record is missing.</param>
/// <param name="Records">How many were looked at.</param>
/// <param name="BrokenAt">The number of the first record that does not fit; null where all do.</param>
/// <param name="Detail">A sentence for a person.</param>
/// <param name="Head">The hash of the last record: write it down elsewhere, and a log that was cut short can be told.</param>
public sealed record AuditVerification(bool Ok, long Records, long? BrokenAt, string Detail, string? Head);
