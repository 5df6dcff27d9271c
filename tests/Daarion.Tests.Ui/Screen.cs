using System.Globalization;
using Bunit;
using Daarion.UI;
using Daarion.UI.Components;
using Daarion.UI.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Tests.Ui;

/// <summary>A screen on which components are shown, in one of the console's languages.</summary>
public abstract class Screen : BunitContext
{
    protected Screen()
    {
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton<Texts>();
        Services.AddScoped<ScreenClock>();
        Services.AddScoped<CityLabel>();
        Services.AddScoped<Toasts>();

        // Pages want it there; no component shown here asks the PDP, and one that did would fail.
        Services.AddScoped(_ => new Rights(Person, null!));
        Services.AddSingleton<IConsoleSession>(Person);
        this.AddBunitPersistentComponentState();
        JSInterop.Mode = JSRuntimeMode.Loose;
        Renderer.SetRendererInfo(new("Server", true));
        Speak("en-GB");
    }

    /// <summary>Who is at the screen.</summary>
    protected Somebody Person { get; } = new();

    protected static void Speak(string culture) => (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (new CultureInfo(culture), new CultureInfo(culture));
}
