using Daarion.Core.Kernel;

namespace Daarion.Core.Usage;

/// <summary>How far apart the points of a series are.</summary>
public enum SeriesStep
{
    /// <summary>An hour.</summary>
    Hour,

    /// <summary>A day.</summary>
    Day,

    /// <summary>A month.</summary>
    Month,
}

/// <summary>By what the largest users are told apart.</summary>
public enum TopBy
{
    /// <summary>By team.</summary>
    Team,

    /// <summary>By agent.</summary>
    Agent,

    /// <summary>By model.</summary>
    Model,

    /// <summary>By key.</summary>
    Key,
}

/// <summary>Which figures.</summary>
/// <param name="TeamId">Whose.</param>
/// <param name="Metric">Of what.</param>
/// <param name="From">At or after; 30 days before the end without.</param>
/// <param name="To">Before; now without.</param>
/// <param name="Step">How far apart.</param>
public sealed record SeriesQuery(TeamId TeamId, string Metric, DateTimeOffset? From = null, DateTimeOffset? To = null, SeriesStep Step = SeriesStep.Day)
{
    /// <summary>Points of one series at most.</summary>
    public const int MaxPoints = 1000;
}

/// <summary>Figures over time.</summary>
/// <param name="TeamId">Whose.</param>
/// <param name="Metric">Of what.</param>
/// <param name="Step">How far apart.</param>
/// <param name="From">At or after.</param>
/// <param name="To">Before.</param>
/// <param name="Points">In order; steps in which nothing was used are zero.</param>
public sealed record UsageSeries(TeamId TeamId, string Metric, SeriesStep Step, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<UsagePoint> Points);

/// <summary>A figure.</summary>
/// <param name="At">When the step began.</param>
/// <param name="Value">Units used in it.</param>
public sealed record UsagePoint(DateTimeOffset At, Quantity Value);

/// <summary>Which users.</summary>
/// <param name="Metric">Of what.</param>
/// <param name="By">Told apart by what.</param>
/// <param name="TeamId">Of one team; the whole city's without.</param>
/// <param name="From">At or after; 30 days before the end without.</param>
/// <param name="To">Before; now without.</param>
/// <param name="Limit">1 to 200.</param>
public sealed record TopQuery(
    string Metric, TopBy By = TopBy.Team, TeamId? TeamId = null, DateTimeOffset? From = null, DateTimeOffset? To = null, int Limit = PageRequest.DefaultLimit);

/// <summary>The largest users.</summary>
/// <param name="Metric">Of what.</param>
/// <param name="By">Told apart by what.</param>
/// <param name="From">At or after.</param>
/// <param name="To">Before.</param>
/// <param name="Items">The largest first.</param>
public sealed record UsageTop(string Metric, TopBy By, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<TopUser> Items);

/// <summary>One of the largest users.</summary>
/// <param name="Id">Which team, agent, model or key.</param>
/// <param name="Value">Units used.</param>
public sealed record TopUser(string Id, Quantity Value);

/// <summary>What kind of unusual.</summary>
public enum UsageAnomalyKind
{
    /// <summary>More than ten times what is usual in an hour.</summary>
    AboveUsual,

    /// <summary>Many deliveries under a platform's name whose signature was wrong.</summary>
    BadSignatures,
}

/// <summary>Which anomalies.</summary>
/// <param name="TeamId">Of one team; the whole city's without.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record AnomalyQuery(TeamId? TeamId = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null);

/// <summary>Something unusual.</summary>
/// <param name="Id"><c>ano_…</c>.</param>
/// <param name="Kind">What kind.</param>
/// <param name="TeamId">Whose.</param>
/// <param name="SubjectId">Who in it; empty for the team itself.</param>
/// <param name="Metric">Of what.</param>
/// <param name="Hour">In which hour.</param>
/// <param name="Value">How much.</param>
/// <param name="Usual">How much is usual.</param>
/// <param name="FoundAt">When it was found.</param>
public sealed record UsageAnomaly(
    AnomalyId Id, UsageAnomalyKind Kind, TeamId TeamId, string SubjectId, string Metric, DateTimeOffset Hour, Quantity Value, Quantity Usual, DateTimeOffset FoundAt);

/// <summary>What to count again.</summary>
/// <param name="From">Only windows that began at or after; all without.</param>
public sealed record ReconcileUsage(DateTimeOffset? From = null);

/// <summary>What came of counting again.</summary>
/// <param name="Ok">True where there is no difference.</param>
/// <param name="Counters">Counters that were looked at.</param>
/// <param name="Differences">Each difference, the first 1 000.</param>
public sealed record Reconciled(bool Ok, long Counters, IReadOnlyList<UsageDifference> Differences);

/// <summary>A counter that is not what its units say.</summary>
/// <param name="TeamId">Whose.</param>
/// <param name="SubjectId">Who in it.</param>
/// <param name="Metric">Of what.</param>
/// <param name="WindowStart">In which window.</param>
/// <param name="Used">What the counter says is used.</param>
/// <param name="UsedAgain">What the units add up to.</param>
/// <param name="Reserved">What the counter says is held.</param>
/// <param name="ReservedAgain">What the reservations add up to.</param>
public sealed record UsageDifference(
    TeamId TeamId, string SubjectId, string Metric, DateTimeOffset WindowStart, Quantity Used, Quantity UsedAgain, Quantity Reserved, Quantity ReservedAgain);
