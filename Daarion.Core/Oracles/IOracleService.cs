using Daarion.Core.Kernel;

namespace Daarion.Core.Oracles;

/// <summary>Readings, normalised and judged (seed 4.10).</summary>
public interface IOracleService
{
    /// <summary>Readings, newest first by the time they were recorded. Asks <c>oracle.read</c> in the team they belong to.</summary>
    Task<Page<OracleReading>> ListReadings(Caller caller, ReadingQuery request, CancellationToken ct);

    /// <summary>One reading. Asks <c>oracle.read</c> in its team.</summary>
    Task<OracleReading> GetReading(Caller caller, ReadingRef request, CancellationToken ct);

    /// <summary>A site's counter over time, at most so many points, with what was rejected. Asks <c>oracle.read</c> in its team.</summary>
    Task<SiteSeries> GetSeries(Caller caller, SeriesQuery request, CancellationToken ct);

    /// <summary>
    /// Says that a reading that waits counts: it is judged as if it came now, but for what made it wait. Asks <c>oracle.manage</c>; audited; publishes
    /// <c>oracle.reading.published</c>. <c>conflict</c> where it does not wait any more, or another rule refuses it.
    /// </summary>
    Task<OracleReading> ApproveReading(Caller caller, ReadingRef request, CancellationToken ct);

    /// <summary>Says that a reading that waits does not count. Asks <c>oracle.manage</c>; audited; publishes <c>oracle.reading.rejected</c>. <c>conflict</c> where it does not wait any more.</summary>
    Task<OracleReading> RejectReading(Caller caller, ReadingRef request, CancellationToken ct);

    /// <summary>Says what a piece of a site weighs, where food is counted in pieces; it holds for readings from then on. Asks <c>oracle.manage</c>; audited.</summary>
    Task<PieceWeight> SetPieceWeight(Caller caller, SetPieceWeight request, CancellationToken ct);

    /// <summary>
    /// Says that a site's meter was changed at a time: the first reading at or after it is a new base, whatever its counter shows. Asks <c>oracle.manage</c>.
    /// </summary>
    Task<MeterChange> DeclareMeterChange(Caller caller, DeclareMeterChange request, CancellationToken ct);

    /// <summary>Records a reading that comes from a service and not through the embassy; the same rules judge it. Asks <c>service.write.oracles</c>.</summary>
    Task<OracleReading> PublishReading(Caller caller, PublishReading request, CancellationToken ct);
}

/// <summary>What became of a reading.</summary>
public enum ReadingState
{
    /// <summary>It counts.</summary>
    Published,

    /// <summary>A rule said no.</summary>
    Rejected,

    /// <summary>It waits for an operator.</summary>
    Held,
}

/// <summary>A row of the oracle: a reading, or the compensation of a late one's neighbour.</summary>
/// <param name="Id"><c>orc_…</c>.</param>
/// <param name="Platform">Who sent it.</param>
/// <param name="Domain"><c>energy</c>.</param>
/// <param name="SiteId">The site.</param>
/// <param name="TeamId">The team it counts for.</param>
/// <param name="Value">As sent, in <paramref name="SourceUnit"/>.</param>
/// <param name="SourceUnit">The unit as sent.</param>
/// <param name="NormalizedValue">The counter in <paramref name="Unit"/>.</param>
/// <param name="Delta">What it adds, in <paramref name="Unit"/>; 0 for the base and for what was rejected.</param>
/// <param name="Unit"><c>kwh</c>.</param>
/// <param name="Ts">The time of the reading.</param>
/// <param name="ReceivedAt">When it was recorded.</param>
/// <param name="State">Whether it counts.</param>
/// <param name="Rule">The rule that said no; null where none did.</param>
/// <param name="Kind">Whether the delta is new, or moved from where it was counted before; only new is paid.</param>
/// <param name="Compensates">For a compensating row: the reading whose delta it corrects.</param>
/// <param name="WebhookEventId">The embassy's event it came in.</param>
/// <param name="TraceId">The trace.</param>
/// <param name="DecidedBy">The operator who decided about it, where it waited.</param>
/// <param name="DecidedAt">When.</param>
public sealed record OracleReading(
    OracleId Id,
    string Platform,
    string Domain,
    string SiteId,
    TeamId TeamId,
    Quantity Value,
    string SourceUnit,
    Quantity NormalizedValue,
    Quantity Delta,
    string Unit,
    DateTimeOffset Ts,
    DateTimeOffset ReceivedAt,
    ReadingState State,
    string? Rule,
    ReadingKind Kind,
    OracleId? Compensates,
    EmbassyId? WebhookEventId,
    string? TraceId,
    string? DecidedBy,
    DateTimeOffset? DecidedAt);

/// <summary>Which readings.</summary>
/// <param name="SiteId">Of one site.</param>
/// <param name="Platform">Of one platform.</param>
/// <param name="TeamId">Of one team.</param>
/// <param name="State">In one state.</param>
/// <param name="Rule">Rejected by one rule.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
/// <param name="Ts">Taken at this time.</param>
/// <param name="Domain">Of one domain.</param>
public sealed record ReadingQuery(
    string? SiteId = null,
    string? Platform = null,
    TeamId? TeamId = null,
    ReadingState? State = null,
    string? Rule = null,
    int Limit = PageRequest.DefaultLimit,
    string? Cursor = null,
    DateTimeOffset? Ts = null,
    string? Domain = null);

/// <summary>Names a reading.</summary>
public sealed record ReadingRef(OracleId Id);

/// <summary>Which part of a site's series, and how fine.</summary>
/// <param name="SiteId">The site.</param>
/// <param name="Platform">Its platform; may be left out where only one platform has such a site.</param>
/// <param name="From">From; 7 days before <paramref name="To"/> when left out.</param>
/// <param name="To">To; now when left out.</param>
/// <param name="Points">At most so many: 2 to 1 000.</param>
/// <param name="Domain">Its domain; the one of its newest reading when left out.</param>
public sealed record SeriesQuery(string SiteId, string? Platform = null, DateTimeOffset? From = null, DateTimeOffset? To = null, int Points = 300, string? Domain = null);

/// <summary>A site's counter over time.</summary>
/// <param name="SiteId">The site.</param>
/// <param name="Platform">Its platform.</param>
/// <param name="TeamId">The team it counts for.</param>
/// <param name="Domain"><c>energy</c>.</param>
/// <param name="Unit"><c>kwh</c>.</param>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Points">In the order of time; each stands for the readings of its slice.</param>
/// <param name="Rejections">What was rejected in that time, the newest 200.</param>
/// <param name="MeterChanges">Declared changes of the meter in that time.</param>
/// <param name="Platforms">All platforms that tell of this site for this team, the one that counts first.</param>
public sealed record SiteSeries(
    string SiteId,
    string Platform,
    TeamId TeamId,
    string Domain,
    string Unit,
    DateTimeOffset From,
    DateTimeOffset To,
    IReadOnlyList<SeriesPoint> Points,
    IReadOnlyList<RejectedPoint> Rejections,
    IReadOnlyList<DateTimeOffset> MeterChanges,
    IReadOnlyList<string> Platforms);

/// <summary>A point of a series.</summary>
/// <param name="Ts">The time of the last reading in it.</param>
/// <param name="Value">The counter there.</param>
/// <param name="Delta">What was added in it.</param>
/// <param name="Readings">How many readings it stands for.</param>
/// <param name="ReadingId">The last reading in it.</param>
public sealed record SeriesPoint(DateTimeOffset Ts, Quantity Value, Quantity Delta, int Readings, OracleId ReadingId);

/// <summary>A rejected reading in a series.</summary>
/// <param name="Id">The reading.</param>
/// <param name="Ts">Its time.</param>
/// <param name="Value">What it said.</param>
/// <param name="Rule">The rule that said no.</param>
public sealed record RejectedPoint(OracleId Id, DateTimeOffset Ts, Quantity Value, string Rule);

/// <summary>A change of a meter to declare.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="SiteId">The site.</param>
/// <param name="At">When the meter was changed; now when left out.</param>
/// <param name="Domain">Its domain; may be left out where the site has only one.</param>
public sealed record DeclareMeterChange(string Platform, string SiteId, DateTimeOffset? At = null, string? Domain = null);

/// <summary>A declared change of a meter.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="SiteId">The site.</param>
/// <param name="At">When the meter was changed.</param>
/// <param name="DeclaredAt">When it was declared.</param>
/// <param name="DeclaredBy">By whom.</param>
/// <param name="Domain">Its domain.</param>
public sealed record MeterChange(string Platform, string SiteId, DateTimeOffset At, DateTimeOffset DeclaredAt, string DeclaredBy, string Domain);

/// <summary>What a piece weighs.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="SiteId">The site.</param>
/// <param name="Weight">Kilograms of one piece: above zero, at most a million.</param>
public sealed record SetPieceWeight(string Platform, string SiteId, Quantity Weight);

/// <summary>What a piece of a site weighs.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="SiteId">The site.</param>
/// <param name="Weight">Kilograms of one piece.</param>
/// <param name="SetAt">When it was said.</param>
/// <param name="SetBy">By whom.</param>
public sealed record PieceWeight(string Platform, string SiteId, Quantity Weight, DateTimeOffset SetAt, string SetBy);

/// <summary>A reading that comes from a service.</summary>
/// <param name="Platform">In whose name.</param>
/// <param name="SiteId">The site.</param>
/// <param name="TeamId">The team it counts for.</param>
/// <param name="Value">The counter.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Ts">The time of the reading.</param>
/// <param name="UserId">The person who is paid instead of the team.</param>
/// <param name="Domain"><c>energy</c> when left out.</param>
public sealed record PublishReading(string Platform, string SiteId, TeamId TeamId, Quantity Value, string Unit, DateTimeOffset Ts, UserId? UserId = null, string? Domain = null);
