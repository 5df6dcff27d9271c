using System.Globalization;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Daarion.UI.Layout;

/// <summary>Changes between the console's two languages, and remembers it with the person.</summary>
public sealed partial class LanguageSwitch
{
    [Inject]
    private IJSRuntime Browser { get; set; } = null!;

    [Inject]
    private IUserService Users { get; set; } = null!;

    [Inject]
    private IConsoleSession Session { get; set; } = null!;

    private static string Other => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "uk" ? "en" : "uk";

    private static string Code => Other == "en" ? "УК" : "EN";

    private async Task Change()
    {
        try
        {
            await Users.UpdateMe(Session.Caller, new UpdateMe(Locale: Other), CancellationToken.None);
        }
        catch (CityException)
        {
            // This browser still changes; the person's own language is kept when the city can write again.
        }

        await Browser.InvokeVoidAsync("daarion.setLanguage", Other);
    }
}
