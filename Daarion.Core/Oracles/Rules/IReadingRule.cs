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
internal sealed record JudgedReading(
    Quantity Value, Quantity? Normalized, DateTimeOffset Ts, DateTimeOffset ReceivedAt, TimelinePoint? Before, TimelinePoint? After, bool SameTime, SiteHistory? History)
{
    /// <summary>The counter.</summary>
    public decimal Counter => Normalized?.Value ?? 0;
}

/// <summary>A reason to reject a reading.</summary>
internal interface IReadingRule
{
    /// <summary>Its code, in the row and on the screen.</summary>
    string Code { get; }

    /// <summary>True where the reading must not count.</summary>
    bool Refuses(JudgedReading reading);
}

/// <summary>All rules, in the order they are asked; the first that refuses is the one that is told.</summary>
internal static class ReadingRules
{
    public static readonly IReadOnlyList<IReadingRule> Energy =
        [new TooLarge(), new Negative(), new Future(), new TooOld(), new SameTime(), new CounterFalls(), new TooFrequent(), new Jump()];

    /// <summary>The code of the first rule that refuses, or null.</summary>
    public static string? Judge(JudgedReading reading)
    {
        foreach (var rule in Energy)
        {
            if (rule.Refuses(reading))
            {
                return rule.Code;
            }
        }

        return null;
    }
}
