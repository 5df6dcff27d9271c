namespace Daarion.Core.Oracles.Rules;

/// <summary>
/// Another oracle of the site says something else by more than <c>oracles.disagreement_pct</c>: since the reading before, its counter rose more or less; or,
/// where there is none before, it stands elsewhere. Of the two the larger is the whole. Where the other has said nothing about the time yet, there is nothing to compare.
/// </summary>
internal sealed class Disagreement : IReadingRule
{
    public string Code => "disagreement";

    public bool Holds => true;

    public bool Refuses(JudgedReading reading, OracleLimits limits)
    {
        foreach (var other in reading.Others)
        {
            var (mine, theirs) = reading.Before is not { } before ? (reading.Counter, other.Now)
                : other.Before is { } then ? (reading.Counter - before.Value, other.Now - then)
                : (0m, 0m);
            if (decimal.Abs(mine - theirs) > Math.Max(decimal.Abs(mine), decimal.Abs(theirs)) * limits.DisagreementPercent / 100)
            {
                return true;
            }
        }

        return false;
    }
}
