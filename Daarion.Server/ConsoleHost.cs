using System.Globalization;
using Daarion.Server.Screens;
using Daarion.Server.Gateway;
using Daarion.UI;
using Daarion.UI.Components;
using Daarion.UI.Layout;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Localization;
using MudBlazor.Services;

namespace Daarion.Server;

/// <summary>The console in the building: live pages on the public listener, in the language of whoever looks.</summary>
internal static class ConsoleHost
{
    // What a page knew when it was prerendered comes back in one message when it becomes live.
    private const int MostOfOneMessage = 1024 * 1024;
    private static readonly TimeSpan KeepLostCircuits = TimeSpan.FromMinutes(3);

    public static WebApplicationBuilder AddConsole(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddRazorComponents().AddInteractiveServerComponents(circuits =>
        {
            circuits.DisconnectedCircuitMaxRetained = 200;
            circuits.DisconnectedCircuitRetentionPeriod = KeepLostCircuits;
        }).AddHubOptions(hub => hub.MaximumReceiveMessageSize = MostOfOneMessage);
        services.AddMudServices();
        services.AddHttpContextAccessor();
        services.AddSingleton<Texts>();
        services.AddScoped<ScreenClock>();
        services.AddScoped<CityLabel>();
        services.AddScoped<Toasts>();
        services.AddScoped<Rights>();
        services.AddScoped<NameBook>();
        services.AddScoped<PaletteSearch>();
        services.AddScoped<Reach>();
        services.AddScoped<ConsoleSession>();
        services.AddScoped<IConsoleSession>(provider => provider.GetRequiredService<ConsoleSession>());
        services.AddScoped<CircuitHandler, OpenCircuit>();
        services.AddScoped(provider => Wishes.Of(provider));
        services.AddScoped<IDoorway, Doorway>();
        services.AddSingleton<OpenConsoles>();
        services.AddHostedService(provider => provider.GetRequiredService<OpenConsoles>());
        services.AddRequestLocalization(options =>
        {
            CultureInfo[] cultures = [ScreenCulture.Ukrainian, ScreenCulture.English];
            options.DefaultRequestCulture = new RequestCulture(ScreenCulture.Ukrainian);
            options.SupportedCultures = cultures;
            options.SupportedUICultures = cultures;
            options.RequestCultureProviders = [new ScreenCulture()];
        });
        return builder;
    }

    public static WebApplication MapConsole(this WebApplication app)
    {
        app.UseWhen(ConsoleDoor.IsScreen, screen =>
        {
            screen.UseRequestLocalization();
            screen.UseMiddleware<ConsoleDoor>();
            screen.UseAntiforgery();
        });
        app.MapStaticAssets().OnListener(Listener.Public).Unmetered();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode().OnListener(Listener.Public).AllowsVisitors();
        return app;
    }
}
