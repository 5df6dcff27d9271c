namespace Daarion.Core.Oracles.Rules;

/// <summary>
/// The counter rises more than 500 % over the site's usual hourly rise. Rises are compared by the hour, so a gap in the data is no jump; a
/// step shorter than the usual one is judged as if it took that long, so a reading that came a little early is none either. Between two known readings there is nothing
/// to gain. Asked only once it is known what is usual: after a whole day, or after a few readings that rise evenly.
/// </summary>
internal sealed class Jump : IReadingRule
{
    private const decimal Times = 6;
    private const long MinReadings = 6;
    private const decimal WholeDay = 24;
    private const decimal Even = 3;

    public string Code => "jump";

    public bool Refuses(JudgedReading reading)
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
        return to.Item2 - from.Item2 > history.UsualRise * Times * hours;
    }

    private static bool IsKnown(SiteHistory history) =>
        history.Readings >= MinReadings && history.Average > 0 && (history.Hours >= WholeDay || history.Peak <= history.Average * Even);
}
