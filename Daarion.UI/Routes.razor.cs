using Daarion.Core.Kernel;
using Daarion.UI.Layout;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI;

/// <summary>Waits for the person at the screen, then shows the page of the address. Leaves for the sign-in page when the session ends elsewhere.</summary>
public sealed partial class Routes : IDisposable
{
    private CancellationTokenRegistration ended;
    private bool ready;

    /// <summary>The browser's time zone.</summary>
    [Parameter]
    public string? Zone { get; set; }

    /// <summary>What the city is called.</summary>
    [Parameter]
    public string? CityName { get; set; }

    [Inject]
    private IConsoleSession Session { get; set; } = null!;

    [Inject]
    private Reach Reach { get; set; } = null!;

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    [Inject]
    private CityLabel City { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    public void Dispose() => ended.Dispose();

    protected override async Task OnInitializedAsync()
    {
        Clock.SetZone(Zone);
        City.Name = CityName;
        try
        {
            await Session.Load(CancellationToken.None);
            await Reach.Load(CancellationToken.None);
        }
        catch (CityException e) when (e.Code == ErrorCode.Unauthenticated)
        {
            Leave();
            return;
        }

        ended = Session.Ended.Register(() => _ = InvokeAsync(Leave));
        ready = true;
    }

    private void Leave() => Navigation.NavigateTo($"{SignInAddresses.SignInPage}?error={SignInErrors.Ended}&return_url={Uri.EscapeDataString("/" + Navigation.ToBaseRelativePath(Navigation.Uri))}", forceLoad: true);
}

/// <summary>What the city is called, for the rail.</summary>
public sealed class CityLabel
{
    /// <summary>The name; null until it is known.</summary>
    public string? Name { get; set; }
}
