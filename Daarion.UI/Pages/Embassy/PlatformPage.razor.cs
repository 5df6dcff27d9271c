using Daarion.Core.Embassies;
using Daarion.UI.Components;
using Daarion.UI.Pages.Settings;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Embassy;

/// <summary>A platform: its secret, its ways in and how to use them, what it delivered.</summary>
public sealed partial class PlatformPage
{
    private Platform? platform;
    private IReadOnlyList<SiteIdentity> sites = [];
    private RightSet may = RightSet.None;
    private PlatformSecret? secret;
    private DeliveryTable? deliveries;
    private AuditTrail? trail;
    private string? asking;
    private int overlap = 1440;
    private string title = "";
    private int rate;
    private int shown = -1;

    [Parameter]
    public string Name { get; set; } = "";

    [Inject]
    private IEmbassyService Embassy { get; set; } = null!;

    protected override async Task Load()
    {
        platform = await Once("platform", () => Embassy.GetPlatform(Caller, new PlatformRef(Name), Gone));
        sites = (await Once("sites", () => Embassy.ListIdentities(Caller, new IdentityQuery(Platform: Name), Gone))).Items;
        may = await Rights.In(null, Gone, "city.embassy.manage", "audit.read");
        if (shown != platform.Version)
        {
            (shown, title, rate) = (platform.Version, platform.Title, platform.RatePerMinute);
        }
    }

    private async Task Changed()
    {
        await ReloadLive();
        await Task.WhenAll(deliveries?.Refresh() ?? Task.CompletedTask, trail?.Refresh() ?? Task.CompletedTask);
    }

    private async Task Confirm()
    {
        var done = await Do(
            async () =>
            {
                switch (asking)
                {
                    case "rotate":
                        secret = await Embassy.RotateSecret(Caller, new RotateSecret(Name, overlap), Gone);
                        break;
                    case "suspend":
                        await Embassy.SuspendPlatform(Caller, new PlatformRef(Name), Gone);
                        break;
                    default:
                        await Embassy.ResumePlatform(Caller, new PlatformRef(Name), Gone);
                        break;
                }
            },
            T["common.saved"]);
        if (done)
        {
            asking = null;
            await Reload();
        }
    }

    private async Task Save()
    {
        await Embassy.UpdatePlatform(Caller, new UpdatePlatform(Name, title.Trim(), RatePerMinute: rate, ExpectedVersion: platform!.Version), Gone);
        await Do(Reload, T["common.saved"]);
    }
}
