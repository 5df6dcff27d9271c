using Daarion.Core.Kernel;

namespace Daarion.Core.Embassies;

/// <summary>
/// The demonstration: a platform of the city's own making that brings people, teams, sites and weeks of readings into an empty city, and a marked
/// meter that goes on sending. The work is the server's, so a screen that is closed or loaded again interrupts nothing.
/// </summary>
public interface IDemoService
{
    /// <summary>Whether the city has the demonstration, and what it does now. Asks <c>city.demo.read</c>.</summary>
    Task<DemoView> Get(Caller caller, GetDemo request, CancellationToken ct);

    /// <summary>
    /// Begins to fill the city, or goes on where a filling broke off; afterwards the meter sends. Asks <c>city.demo.manage</c>, and
    /// <c>auth.service_key.manage</c> for the key that the filling works with. While one is under way, changes nothing. <c>conflict</c> with the
    /// reason <c>city_not_empty</c> where the city has teams or platforms of its own.
    /// </summary>
    [TimeLimit(15)]
    Task<DemoView> Fill(Caller caller, FillWithDemo request, CancellationToken ct);

    /// <summary>
    /// Lets the meter of a filled city send again. Asks <c>city.demo.manage</c> and <c>auth.service_key.manage</c>. <c>conflict</c> where the
    /// demonstration is not whole.
    /// </summary>
    [TimeLimit(15)]
    Task<DemoView> StartMeter(Caller caller, StartDemoMeter request, CancellationToken ct);

    /// <summary>Ends the meter's sending; what it sent stays. Asks <c>city.demo.manage</c>. Where it is quiet already, changes nothing.</summary>
    Task<DemoView> StopMeter(Caller caller, StopDemoMeter request, CancellationToken ct);
}

/// <summary>How the demonstration is.</summary>
public sealed record GetDemo;

/// <summary>Fill the city.</summary>
public sealed record FillWithDemo;

/// <summary>Let the meter send.</summary>
public sealed record StartDemoMeter;

/// <summary>Let the meter be quiet.</summary>
public sealed record StopDemoMeter;

/// <summary>How much of the demonstration a city has.</summary>
public enum DemoPresence
{
    /// <summary>Nothing, and nothing else either: it may be filled.</summary>
    None,

    /// <summary>Nothing of it, but teams or platforms of its own: it may not.</summary>
    Foreign,

    /// <summary>A part: the filling is under way, or broke off and can go on.</summary>
    Partial,

    /// <summary>All of it.</summary>
    Whole,
}

/// <summary>What the demonstration does on this server.</summary>
public enum DemoActivity
{
    /// <summary>Nothing.</summary>
    Idle,

    /// <summary>It fills the city.</summary>
    Filling,

    /// <summary>Its meter sends.</summary>
    Sending,
}

/// <summary>The parts of a filling, in their order.</summary>
public enum DemoPart
{
    /// <summary>People come to the city.</summary>
    People,

    /// <summary>The platform is let in.</summary>
    Platform,

    /// <summary>Teams are made and given their sites.</summary>
    Teams,

    /// <summary>Weeks of readings are delivered.</summary>
    Readings,

    /// <summary>The readings become payouts.</summary>
    Payouts,

    /// <summary>Some payouts are claimed.</summary>
    Claims,

    /// <summary>The meter that goes on sending gets its team: with it the demonstration is whole.</summary>
    Meter,
}

/// <summary>How far a filling has come.</summary>
/// <param name="Part">What was done last.</param>
/// <param name="Name">Of whom or what: a person's, a team's, a site's name.</param>
/// <param name="Done">Steps done.</param>
/// <param name="Total">Steps in all.</param>
public sealed record DemoProgress(DemoPart Part, string? Name, int Done, int Total);

/// <summary>Why the demonstration does nothing more.</summary>
public enum DemoTrouble
{
    /// <summary>A step of the filling failed; it can go on.</summary>
    BrokeOff,

    /// <summary>The platform's secret was changed or the platform suspended elsewhere: the meter's readings are refused.</summary>
    MeterRefused,
}

/// <summary>What went wrong.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Detail">The failure, in its own words.</param>
public sealed record DemoFailure(DemoTrouble Kind, string Detail);

/// <summary>A value that the meter sent.</summary>
/// <param name="At">When.</param>
/// <param name="Total">What it showed, in kWh.</param>
public sealed record DemoMeterValue(DateTimeOffset At, decimal Total);

/// <summary>What a filling brings, in figures.</summary>
/// <param name="People">People.</param>
/// <param name="Teams">Teams of them.</param>
/// <param name="Sites">Meters.</param>
/// <param name="Days">Days of readings.</param>
/// <param name="Readings">Readings in all.</param>
public sealed record DemoOutline(int People, int Teams, int Sites, int Days, int Readings);

/// <summary>The demonstration as it is now.</summary>
/// <param name="Presence">How much of it the city has.</param>
/// <param name="Activity">What it does.</param>
/// <param name="Progress">How far the filling has come, while it fills.</param>
/// <param name="Failure">Why it does nothing more, where something went wrong.</param>
/// <param name="Last">What the meter sent last, while it sends.</param>
/// <param name="Outline">What a filling brings.</param>
public sealed record DemoView(DemoPresence Presence, DemoActivity Activity, DemoProgress? Progress, DemoFailure? Failure, DemoMeterValue? Last, DemoOutline Outline);
