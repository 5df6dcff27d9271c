using Daarion.Core.Kernel;
using Daarion.Core.Rwa;
using Daarion.Core.Wallets;
using Daarion.UI.Components;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Embassy;

/// <summary>A movement between its reading and its payout. An id of an inventory leads on to the inventory.</summary>
public sealed partial class MovementPage
{
    private Movement? movement;
    private IReadOnlyList<StoryHop> hops = [];
    private RightSet may = RightSet.None;

    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private IRwaService Inventories { get; set; } = null!;

    [Inject]
    private IPayoutService Payouts { get; set; } = null!;

    protected override async Task Load()
    {
        var id = RwaId.Parse(Id);
        try
        {
            movement = await Once("movement", () => Inventories.GetMovement(Caller, new MovementRef(id), Gone));
        }
        catch (CityException e) when (e.Code == ErrorCode.NotFound)
        {
            // Inventories, claims and movements share the prefix rwa_.
            Navigation.NavigateTo(await IsInventory(id) ? $"/inventory/{Id}" : $"/claims/{Id}", replace: true);
            return;
        }

        var payout = await Payouts.ListPayouts(Caller, new PayoutQuery(TeamId: movement.TeamId, RwaRef: id, Limit: 1), Gone) is { Items: [var first, ..] } ? first : null;
        may = await Rights.In(null, Gone, TraceAct.Capability);
        var unit = T.Of("unit", movement.Unit);
        hops =
        [
            Cause(movement),
            new(T["wallets.hop_movement"], $"{Format.Quantity(movement.Delta, sign: true)} → {Format.Quantity(movement.ValueAfter)} {unit}", "ok", movement.Id.Value, null, movement.RecordedAt),
            payout is null
                ? new(T["wallets.hop_payout"], T["embassy.hop_unpaid"], "")
                : new(T["wallets.hop_payout"], Format.Amount(payout.Amount, payout.Symbol), "ok", payout.Id.Value, $"/payouts/{payout.Id}", payout.CreatedAt),
        ];
    }

    private async Task<bool> IsInventory(RwaId id)
    {
        try
        {
            await Inventories.GetInventory(Caller, new InventoryRef(id), Gone);
            return true;
        }
        catch (CityException e) when (e.Code == ErrorCode.NotFound)
        {
            await Inventories.GetClaim(Caller, new ClaimRef(id), Gone);
            return false;
        }
    }

    private StoryHop Cause(Movement moved) => moved.Kind switch
    {
        MovementKind.Claim => new(T["rwa.claim"], moved.SiteId, "ok", moved.Ref, $"/claims/{moved.Ref}", moved.Ts),
        MovementKind.Adjustment => new(T["rwa.adjust"], moved.SiteId, "ok", moved.Ref, "/adjustments", moved.Ts),
        _ => new(T["wallets.hop_reading"], moved.SiteId, "ok", moved.Ref, $"/readings/{moved.Ref}", moved.Ts),
    };
}
