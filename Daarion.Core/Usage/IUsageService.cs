using Daarion.Core.Kernel;

namespace Daarion.Core.Usage;

/// <summary>What teams use and may use: quotas, taken exactly, and the figures behind them (seed 4.13).</summary>
public interface IUsageService
{
    /// <summary>
    /// Holds units for something that begins, so that its end cannot exceed the quota. Asks <c>service.write.usage</c>. Refused with <c>forbidden</c>
    /// (<c>quota_exceeded</c>, of compute <c>cost_exceeded</c>) where they do not fit the team's quota or the budget of the key.
    /// </summary>
    Task<Reserved> Reserve(Caller caller, ReserveUnits request, CancellationToken ct);

    /// <summary>
    /// Counts the real figure of something that was reserved for; it may be above the estimate, and counts all the same. Asks <c>service.write.usage</c>.
    /// Refused with <c>not_found</c> for a reservation that is not there, <c>conflict</c> for one that was settled with another figure.
    /// </summary>
    Task<UnitsCounted> Settle(Caller caller, SettleUnits request, CancellationToken ct);

    /// <summary>Gives back what was reserved. Asks <c>service.write.usage</c>. Refused with <c>not_found</c> for a reservation that is not there.</summary>
    Task<UnitsCounted> Release(Caller caller, ReservationRef request, CancellationToken ct);

    /// <summary>Counts what has happened, once for each source, whatever the quota. Asks <c>service.write.usage</c>.</summary>
    Task<UnitsCounted> Increment(Caller caller, IncrementUnits request, CancellationToken ct);

    /// <summary>How a team's quotas stand. Asks <c>usage.read</c> in the team.</summary>
    Task<TeamUsage> GetUsage(Caller caller, UsageQuery request, CancellationToken ct);

    /// <summary>How the quotas stand of what is one's own and no team's. Asks <c>usage.read</c> for oneself.</summary>
    Task<TeamUsage> GetOwnUsage(Caller caller, OwnUsageQuery request, CancellationToken ct);

    /// <summary>A team's figures over time. Asks <c>usage.read</c> in the team.</summary>
    Task<UsageSeries> GetSeries(Caller caller, SeriesQuery request, CancellationToken ct);

    /// <summary>Who used most. Asks <c>usage.read</c> in the team that is asked for, in the city where none is.</summary>
    Task<UsageTop> GetTop(Caller caller, TopQuery request, CancellationToken ct);

    /// <summary>What was unusual, newest first. Asks <c>usage.read</c> in the team that is asked for, in the city where none is.</summary>
    Task<Page<UsageAnomaly>> ListAnomalies(Caller caller, AnomalyQuery request, CancellationToken ct);

    /// <summary>Counts every unit again and says where a counter differs; there must be none. Asks <c>city.usage.reconcile</c>.</summary>
    [TimeLimit(60)]
    Task<Reconciled> Reconcile(Caller caller, ReconcileUsage request, CancellationToken ct);
}

/// <summary>Units to be held.</summary>
/// <param name="TeamId">Who pays.</param>
/// <param name="Metric"><c>llm_tokens</c>.</param>
/// <param name="Units">How many, above zero.</param>
/// <param name="Ttl">For how many seconds at most, 1 to 3600.</param>
/// <param name="KeyId">The access key by which it is asked for; of <c>compute_1t</c> its budget is held as well.</param>
public sealed record ReserveUnits(TeamId TeamId, string Metric, Quantity Units, int Ttl = ReserveUnits.DefaultTtl, string? KeyId = null)
{
    /// <summary>A minute.</summary>
    public const int DefaultTtl = 60;

    /// <summary>An hour.</summary>
    public const int MaxTtl = 3600;
}

/// <summary>Units that are held.</summary>
/// <param name="Reservation"><c>res_…</c>, for settling or releasing it.</param>
/// <param name="Remaining">What is left of the quota beside it; null where nothing limits the metric.</param>
/// <param name="ExpiresAt">When it gives back by itself what was not settled.</param>
public sealed record Reserved(ReservationId Reservation, Quantity? Remaining, DateTimeOffset ExpiresAt);

/// <summary>The real figure of a reservation.</summary>
/// <param name="Reservation">The reservation.</param>
/// <param name="Units">What was really used; zero is a figure too.</param>
public sealed record SettleUnits(ReservationId Reservation, Quantity Units);

/// <summary>Names a reservation.</summary>
public sealed record ReservationRef(ReservationId Reservation);

/// <summary>Something that has happened.</summary>
/// <param name="TeamId">Who pays.</param>
/// <param name="Metric">What is counted.</param>
/// <param name="Units">How many; below zero only for what is held (<c>storage_bytes</c>).</param>
/// <param name="SourceId">What it was: an event's or a request's id. The same source counts once.</param>
/// <param name="Agent">The agent that used it.</param>
/// <param name="Model">The model that was used.</param>
/// <param name="KeyId">The key that was presented.</param>
public sealed record IncrementUnits(TeamId TeamId, string Metric, Quantity Units, string SourceId, string? Agent = null, string? Model = null, string? KeyId = null);

/// <summary>How a counter stands after it moved.</summary>
/// <param name="Metric">What is counted.</param>
/// <param name="Used">Used in the window.</param>
/// <param name="Reserved">Held beside it.</param>
/// <param name="Remaining">What is left of the quota; null where nothing limits the metric.</param>
public sealed record UnitsCounted(string Metric, Quantity Used, Quantity Reserved, Quantity? Remaining);

/// <summary>Names a team whose usage is asked for.</summary>
public sealed record UsageQuery(TeamId TeamId);

/// <summary>Asks for one's own usage.</summary>
public sealed record OwnUsageQuery;

/// <summary>How the quotas of a team stand, or of a person for what is theirs alone.</summary>
/// <param name="TeamId">The team; the city's own for a person and for platforms.</param>
/// <param name="UserId">The person; null for a team.</param>
/// <param name="At">When.</param>
/// <param name="Metrics">Each metric.</param>
public sealed record TeamUsage(TeamId TeamId, UserId? UserId, DateTimeOffset At, IReadOnlyList<MetricUsage> Metrics);

/// <summary>How a quota stands.</summary>
/// <param name="Metric">What is counted.</param>
/// <param name="SubjectId">The platform that a quota of the city is for; null for all others.</param>
/// <param name="Window">In which time.</param>
/// <param name="WindowStart">When it began; null for what has no window.</param>
/// <param name="WindowEnd">When it ends; null for what has no window.</param>
/// <param name="Used">Used in it.</param>
/// <param name="Reserved">Held beside it.</param>
/// <param name="BaseQuota">What the plan gives; null where nothing limits it.</param>
/// <param name="Multiplier">By how much the stake multiplies it.</param>
/// <param name="EffectiveQuota">What may be used; null where nothing limits it.</param>
/// <param name="Remaining">What is left; null where nothing limits it.</param>
/// <param name="Forecast">What will have been used at the window's end if it goes on like this.</param>
public sealed record MetricUsage(
    string Metric,
    string? SubjectId,
    UsageWindow Window,
    DateTimeOffset? WindowStart,
    DateTimeOffset? WindowEnd,
    Quantity Used,
    Quantity Reserved,
    Quantity? BaseQuota,
    Quantity Multiplier,
    Quantity? EffectiveQuota,
    Quantity? Remaining,
    Quantity Forecast);
