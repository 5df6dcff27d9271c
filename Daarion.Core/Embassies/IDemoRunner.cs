using Daarion.Core.Kernel;

namespace Daarion.Core.Embassies;

/// <summary>Who does the demonstration's work: the server, which alone can come in through its own listeners.</summary>
public interface IDemoRunner
{
    /// <summary>What it does now.</summary>
    DemoRun Now { get; }

    /// <summary>What a filling brings.</summary>
    DemoOutline Outline { get; }

    /// <summary>Begins, with a key made in the caller's name: fills what is missing, then sends. Does nothing while one is under way.</summary>
    /// <exception cref="CityException">The caller may not make the key.</exception>
    Task Begin(Caller caller, CancellationToken ct);

    /// <summary>Ends the meter's sending and waits until it is quiet.</summary>
    Task StopMeter(CancellationToken ct);
}

/// <summary>What the demonstration does on this server.</summary>
/// <param name="Activity">What.</param>
/// <param name="Progress">How far it has come, while it fills.</param>
/// <param name="Failure">Why it ended, where something went wrong.</param>
/// <param name="Last">What the meter sent last, while it sends.</param>
public sealed record DemoRun(DemoActivity Activity, DemoProgress? Progress = null, DemoFailure? Failure = null, DemoMeterValue? Last = null);

/// <summary>By what the demonstration is known in a city.</summary>
public static class DemoMarks
{
    /// <summary>The platform that sends: a city that has it has at least a part of the demonstration.</summary>
    public const string Platform = "demo-meters";

    /// <summary>The meter that goes on sending. It gets its team last of all, so a city where it has one has the whole demonstration.</summary>
    public const string LiveSite = "DEMO-LIVE-01";

    /// <summary>Why a city with other content is left alone.</summary>
    public static CityException NotEmpty() => CityException.Conflict(
        "This city has teams or platforms of its own; the demonstration is for an empty one. Start another city beside it with DAARION_DATA.", "city_not_empty");
}
