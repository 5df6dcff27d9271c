namespace Daarion.Core.Oracles.Rules;

/// <summary>Pieces whose weight is not known: an operator says it, and then whether the reading counts.</summary>
internal sealed class NoWeight : IReadingRule
{
    public string Code => "no_weight";

    public bool Holds => true;

    public bool Judges(string domain) => domain == "food";

    public bool Refuses(JudgedReading reading, OracleLimits limits) => reading.Weightless;
}

/// <summary>In the city's unit it has more digits than are counted.</summary>
internal sealed class TooLarge : IReadingRule
{
    public string Code => "too_large";

    public bool Refuses(JudgedReading reading, OracleLimits limits) => reading.Normalized is null;
}

/// <summary>A counter is never below zero.</summary>
internal sealed class Negative : IReadingRule
{
    public string Code => "negative";

    public bool Refuses(JudgedReading reading, OracleLimits limits) => reading.Value.IsNegative;
}

/// <summary>Its time is more than <c>oracles.future_seconds</c> after it was received.</summary>
internal sealed class Future : IReadingRule
{
    public string Code => "future";

    public bool Refuses(JudgedReading reading, OracleLimits limits) => reading.Ts > reading.ReceivedAt + limits.Future;
}

/// <summary>Its time is more than <c>oracles.max_age_days</c> before it was received. How long it then waited for its site to get a team does not matter.</summary>
internal sealed class TooOld : IReadingRule
{
    public string Code => "too_old";

    public bool Refuses(JudgedReading reading, OracleLimits limits) => reading.Ts < reading.ReceivedAt - limits.MaxAge;
}

/// <summary>The site has a reading at that very time.</summary>
internal sealed class SameTime : IReadingRule
{
    public string Code => "same_time";

    public bool Refuses(JudgedReading reading, OracleLimits limits) => reading.SameTime;
}

/// <summary>A counter never falls: neither from the reading before to this one, nor from this one to the reading after. A declared change of the meter parts them.</summary>
internal sealed class CounterFalls : IReadingRule
{
    public string Code => "counter_falls";

    public bool Refuses(JudgedReading reading, OracleLimits limits) => reading.Counter < reading.Before?.Value || reading.Counter > reading.After?.Value;
}
