using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.UI.Components;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Embassy;

/// <summary>A delivery: what came, what was found of its signature, what became of it. An id of a site leads on to the site.</summary>
public sealed partial class DeliveryPage
{
    private DeliveryDetail? detail;
    private DeliveryReceipt? receipt;
    private bool asking;
    private RightSet may = RightSet.None;

    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private IEmbassyService Embassy { get; set; } = null!;

    protected override async Task Load()
    {
        var id = EmbassyId.Parse(Id);
        try
        {
            detail = await Once("detail", () => Embassy.GetDelivery(Caller, new DeliveryRef(id), Gone));
        }
        catch (CityException e) when (e.Code is ErrorCode.NotFound or ErrorCode.Forbidden)
        {
            // Sites and deliveries share the prefix emb_: what is no delivery may be a site.
            await Embassy.GetIdentity(Caller, new IdentityRef(id), Gone);
            Navigation.NavigateTo($"/sites/{Id}", replace: true);
            return;
        }

        may = await Rights.In(null, Gone, "city.embassy.manage", TraceAct.Capability);
    }

    private string? ReadingOf(AcceptedReading r) => r.Held
        ? null
        : $"/readings/at?platform={Uri.EscapeDataString(detail!.Delivery.Platform)}&site={Uri.EscapeDataString(r.SiteId)}&ts={Uri.EscapeDataString(Timestamps.Format(r.Ts))}{(r.TeamId is { } team ? $"&team={team}" : string.Empty)}";

    private async Task Replay()
    {
        if (await Do(async () => receipt = await Embassy.ReplayDelivery(Caller, new DeliveryRef(EmbassyId.Parse(Id)), Gone)))
        {
            asking = false;
            await Reload();
        }
    }
}
