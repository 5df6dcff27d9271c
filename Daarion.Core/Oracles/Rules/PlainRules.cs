namespace Daarion.Core.Oracles.Rules;

/// <summary>In the city's unit it has more digits than are counted.</summary>
internal sealed class TooLarge : IReadingRule
{
    public string Code => "too_large";

    public bool Refuses(JudgedReading reading) => reading.Normalized is null;
}

/// <summary>A counter is never below zero.</summary>
internal sealed class Negative : IReadingRule
{
    public string Code => "negative";

    public bool Refuses(JudgedReading reading) => reading.Value.IsNegative;
}

/// <summary>Its time is more than 5 minutes after it was received.</summary>
internal sealed class Future : IReadingRule
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    public string Code => "future";

    public bool Refuses(JudgedReading reading) => reading.Ts > reading.ReceivedAt + Tolerance;
}

/// <summary>Its time is more than 30 days before it was received. How long it then waited for its site to get a team does not matter.</summary>
internal sealed class TooOld : IReadingRule
{
    private static readonly TimeSpan Limit = TimeSpan.FromDays(30);

    public string Code => "too_old";

    public bool Refuses(JudgedReading reading) => reading.Ts < reading.ReceivedAt - Limit;
}

/// <summary>The site has a reading at that very time.</summary>
internal sealed class SameTime : IReadingRule
{
    public string Code => "same_time";

    public bool Refuses(JudgedReading reading) => reading.SameTime;
}

/// <summary>A counter never falls: neither from the reading before to this one, nor from this one to the reading after. A declared change of the meter parts them.</summary>
internal sealed class CounterFalls : IReadingRule
{
    public string Code => "counter_falls";

    public bool Refuses(JudgedReading reading) => reading.Counter < reading.Before?.Value || reading.Counter > reading.After?.Value;
}
