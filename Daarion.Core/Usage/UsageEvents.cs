using Daarion.Core.Kernel;

namespace Daarion.Core.Usage;

/// <summary><c>usage.&lt;metric&gt;.increment</c>: units were used since the last event of this counter, at most one a second for each.</summary>
/// <param name="TeamId">Whose.</param>
/// <param name="SubjectId">Who in it; null for the team itself.</param>
/// <param name="Metric">Of what.</param>
/// <param name="Value">How many more; below zero where more was given back than used.</param>
/// <param name="Window">When the window began.</param>
/// <param name="Used">Used in it by now.</param>
public sealed record UsageIncrement(TeamId TeamId, string? SubjectId, string Metric, Quantity Value, DateTimeOffset Window, Quantity Used);

/// <summary><c>usage.quota.warning</c>: four fifths of a quota are used, told once in a window.</summary>
/// <param name="TeamId">Whose.</param>
/// <param name="SubjectId">Who in it; null for the team itself.</param>
/// <param name="Metric">Of what.</param>
/// <param name="Window">When the window began.</param>
/// <param name="Used">Used in it, reservations included.</param>
/// <param name="Quota">What may be used.</param>
public sealed record UsageQuotaWarning(TeamId TeamId, string? SubjectId, string Metric, DateTimeOffset Window, Quantity Used, Quantity Quota);

/// <summary><c>usage.quota.exceeded</c>: somebody was refused for want of quota, told once in a window.</summary>
/// <param name="TeamId">Whose.</param>
/// <param name="SubjectId">Who in it; null for the team itself.</param>
/// <param name="Metric">Of what.</param>
/// <param name="Window">When the window began.</param>
/// <param name="Used">Used in it, reservations included.</param>
/// <param name="Quota">What may be used.</param>
public sealed record UsageQuotaExceeded(TeamId TeamId, string? SubjectId, string Metric, DateTimeOffset Window, Quantity Used, Quantity Quota);

/// <summary><c>usage.anomaly.detected</c>: something unusual.</summary>
/// <param name="AnomalyId">Which.</param>
/// <param name="Kind">What kind.</param>
/// <param name="TeamId">Whose.</param>
/// <param name="SubjectId">Who in it; null for the team itself.</param>
/// <param name="Metric">Of what.</param>
/// <param name="Hour">In which hour.</param>
/// <param name="Value">How much.</param>
/// <param name="Usual">How much is usual.</param>
/// <param name="Keys">The keys by which more than half of it was used; null where there are none.</param>
public sealed record UsageAnomalyDetected(
    AnomalyId AnomalyId, UsageAnomalyKind Kind, TeamId TeamId, string? SubjectId, string Metric, DateTimeOffset Hour, Quantity Value, Quantity Usual, IReadOnlyList<string>? Keys = null);
