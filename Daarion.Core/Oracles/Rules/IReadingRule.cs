using Daarion.Core.Kernel;

namespace Daarion.Core.Oracles.Rules;

/// <summary>A reading before the rules.</summary>
/// <param name="Value">As sent.</param>
/// <param name="Normalized">In the city's unit; null where it is too large to be counted.</param>
/// <param name="Ts">Its time.</param>
/// <param name="ReceivedAt">When it came to the city.</param>
/// <param name="Before">The reading before it in time.</param>
/// <param name="After">The reading after it in time: then it is late.</param>
/// <param name="SameTime">True where the site has a reading at that very time.</param>
/// <param name="History">What is usual for the site; null before its first reading.</param>
/// <param name="Weightless">True for pieces whose weight nobody has said.</param>
/// <param name="Others">What the site's other oracles say of the same time.</param>
internal sealed record JudgedReading(
    Quantity Value,
    Quantity? Normalized,
    DateTimeOffset Ts,
    DateTimeOffset ReceivedAt,
    TimelinePoint? Before,
    TimelinePoint? After,
    bool SameTime,
    SiteHistory? History,
    bool Weightless,
    IReadOnlyList<OtherOracle> Others)
{
    /// <summary>The counter.</summary>
    public decimal Counter => Normalized?.Value ?? 0;
}

/// <summary>What another oracle of the site says.</summary>
/// <param name="Now">Its counter at the time of the reading.</param>
/// <param name="Before">Its counter at the time of the reading before; null where it had none yet.</param>
internal readonly record struct OtherOracle(decimal Now, decimal? Before);

/// <summary>A reason not to count a reading.</summary>
internal interface IReadingRule
{
    /// <summary>Its code, in the row and on the screen.</summary>
    string Code { get; }

    /// <summary>True where an operator may still say that it counts.</summary>
    bool Holds => false;

    /// <summary>True where the rule is asked about a domain.</summary>
    bool Judges(string domain) => true;

    /// <summary>True where the reading must not count.</summary>
    bool Refuses(JudgedReading reading, OracleLimits limits);
}

/// <summary>All rules, in the order they are asked; the first that refuses is the one that is told.</summary>
internal static class ReadingRules
{
    private static readonly IReadOnlyList<IReadingRule> All =
        [new TooLarge(), new Negative(), new Future(), new TooOld(), new SameTime(), new NoWeight(), new CounterFalls(), new TooFrequent(), new Jump(), new Spike(), new Disagreement()];

    private static readonly Dictionary<string, IReadOnlyList<IReadingRule>> ByDomain =
        Measures.Measured.ToDictionary(domain => domain, domain => (IReadOnlyList<IReadingRule>)[.. All.Where(rule => rule.Judges(domain))], StringComparer.Ordinal);

    /// <summary>The first rule that refuses, or null.</summary>
    public static IReadingRule? Judge(string domain, JudgedReading reading, OracleLimits limits, bool isApproved)
    {
        foreach (var rule in ByDomain[domain])
        {
            if (!(isApproved && rule is Disagreement) && rule.Refuses(reading, limits))
            {
                return rule;
            }
        }

        return null;
    }
}
