namespace Daarion.Server.Relay;

/// <summary>How long what was refused waits before the next attempt: twice as long each time, up to a limit, each ±20 % so that many do not come back at once.</summary>
/// <param name="First">The first pause.</param>
/// <param name="Longest">The longest.</param>
internal sealed record RetryPace(TimeSpan First, TimeSpan Longest)
{
    /// <summary>1, 2, 4 … 60 seconds.</summary>
    public static readonly RetryPace Default = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

    /// <summary>The pause after so many attempts.</summary>
    public TimeSpan After(int attempts)
    {
        var pause = First * Math.Pow(2, Math.Clamp(attempts - 1, 0, 16)) * (0.8 + (0.4 * Random.Shared.NextDouble()));
        return pause < Longest ? pause : Longest;
    }
}
