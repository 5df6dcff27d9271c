using Daarion.Core.Auth;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.UI.Components.Tables;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Daarion.UI.Pages.People;

/// <summary>One's own page: name, language, and which apps were told who one is.</summary>
public sealed partial class MePage
{
    private MeView? me;
    private string name = "";
    private string locale = "uk";
    private CityTable<ConsentView>? consents;

    [Inject]
    private IUserService Users { get; set; } = null!;

    [Inject]
    private IOidcClientService Apps { get; set; } = null!;

    [Inject]
    private IJSRuntime Browser { get; set; } = null!;

    protected override async Task Load()
    {
        me = await Once("me", () => Users.Me(Caller, new GetMe(), Gone));
        (name, locale) = (me.DisplayName, me.Locale);
    }

    private async Task Save()
    {
        var changesLanguage = locale != me!.Locale;
        await Users.UpdateMe(Caller, new UpdateMe(name.Trim(), locale), Gone);
        await Session.Load(Gone);
        if (changesLanguage)
        {
            await Browser.InvokeVoidAsync("daarion.drafts.clear", "me");
            await Browser.InvokeVoidAsync("daarion.setLanguage", locale);
            return;
        }

        await Do(Reload, T["common.saved"]);
    }

    private Task<Page<ConsentView>> Consents(TableQuery query, CancellationToken ct) => Apps.Consents(Caller, new ListConsents(query.Page), ct);

    private async Task Revoke(ConsentView consent)
    {
        if (await Do(() => Apps.RevokeConsent(Caller, new RevokeConsent(consent.Id), Gone), T["people.revoked", consent.ClientName]))
        {
            await (consents?.Again() ?? Task.CompletedTask);
        }
    }
}
