namespace Daarion.Core.Oracles.Rules;

/// <summary>
/// The counter rises far more than is usual for the site. Rises are compared by the hour, so a gap in the data is no jump; a step shorter than the usual one is
/// judged as if it took that long, so a reading that came a little early is none either. Between two known readings there is nothing to gain.
/// Asked only once it is known what is usual: after a whole day, or after a few readings that rise evenly.
/// </summary>
internal abstract class UnusualRise(string domain, string code) : IReadingRule
{
    private const long MinReadings = 6;
    private const decimal WholeDay = 24;
    private const decimal Even = 3;

    public string Code => code;

    public bool Judges(string asked) => asked == domain;

    public bool Refuses(JudgedReading reading, OracleLimits limits)
    {
        var (from, to) = reading switch
        {
            { Before: { } before, After: null } => ((before.Ts, before.Value), (reading.Ts, reading.Counter)),
            { Before: null, After: { } after } => ((reading.Ts, reading.Counter), (after.Ts, after.Value)),
            _ => default,
        };
        if (from == to || reading.History is not { } history || !IsKnown(history))
        {
            return false;
        }

        var hours = Math.Max(SiteHistory.Between(from.Item1, to.Item1), history.Step);
        return to.Item2 - from.Item2 > history.UsualRise * Times(limits) * hours;
    }

    /// <summary>How many times the usual is too much.</summary>
    protected abstract decimal Times(OracleLimits limits);

    private static bool IsKnown(SiteHistory history) =>
        history.Readings >= MinReadings && history.Average > 0 && (history.Hours >= WholeDay || history.Peak <= history.Average * Even);
}

/// <summary>Energy rises by more per cent over the usual hourly rise than <c>oracles.jump_pct</c>.</summary>
internal sealed class Jump() : UnusualRise("energy", "jump")
{
    protected override decimal Times(OracleLimits limits) => 1 + (limits.JumpPercent / 100);
}

/// <summary>Water rises more times the usual hourly rise than <c>oracles.spike_factor</c>.</summary>
internal sealed class Spike() : UnusualRise("water", "spike")
{
    protected override decimal Times(OracleLimits limits) => limits.SpikeFactor;
}
