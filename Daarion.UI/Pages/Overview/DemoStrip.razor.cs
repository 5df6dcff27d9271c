using Daarion.Core.Embassies;
using Daarion.UI.Components;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Overview;

/// <summary>The demonstration of a city that has it: how far its filling is, or its meter, which can be stopped and started.</summary>
public sealed partial class DemoStrip
{
    private ElementReference place;

    /// <summary>The demonstration as it is now.</summary>
    [Parameter, EditorRequired]
    public DemoView Demo { get; set; } = null!;

    /// <summary>Whether the person may do something about it.</summary>
    [Parameter]
    public Right? Right { get; set; }

    /// <summary>Goes on with a filling that broke off.</summary>
    [Parameter]
    public EventCallback OnFill { get; set; }

    /// <summary>Lets the meter send.</summary>
    [Parameter]
    public EventCallback OnStart { get; set; }

    /// <summary>Lets the meter be quiet.</summary>
    [Parameter]
    public EventCallback OnStop { get; set; }

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    /// <summary>True where there is something to show.</summary>
    public static bool Has(DemoView? demo) => demo is { Activity: not DemoActivity.Idle } or { Presence: DemoPresence.Partial or DemoPresence.Whole } or { Failure: not null };

    /// <summary>Brings the keyboard and the screen reader here, where the button that was pressed has gone.</summary>
    public ValueTask Focus() => place.FocusAsync();

    private double Share => Demo.Progress is { } progress ? Math.Floor(100.0 * progress.Done / progress.Total) / 100 : 0;

    private string Part => T[$"overview.demo_part_{(Demo.Progress?.Part ?? DemoPart.People).ToString().ToLowerInvariant()}"];

    // Who listens hears each part once, not every site of it.
    private string Said => Demo.Activity == DemoActivity.Filling ? Part : T[$"overview.demo_{State.Word}"];

    private (string Word, string Kind) State => Demo switch
    {
        { Activity: DemoActivity.Sending } => ("sending", "ok"),
        { Failure.Kind: DemoTrouble.MeterRefused } => ("refused", "wait"),
        { Presence: DemoPresence.Whole } => ("quiet", string.Empty),
        _ => ("broke_off", "wait"),
    };
}
