using Daarion.Core.Policy;
using Daarion.Core.Wallets;
using Daarion.UI.Components;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Wallets;

/// <summary>An owner's wallet: what there is of each token, and every movement.</summary>
public sealed partial class WalletPage
{
    private Balance? balance;
    private OwnerId owner;
    private string? name;
    private RightSet may = RightSet.None;
    private IReadOnlyList<PayoutTotal> totals = [];
    private TransactionTable? table;

    [Parameter]
    public string Owner { get; set; } = "";

    [Inject]
    private IWalletService Wallets { get; set; } = null!;

    [Inject]
    private IPayoutService Payouts { get; set; } = null!;

    [Inject]
    private NameBook Names { get; set; } = null!;

    protected override async Task Load()
    {
        owner = OwnerId.Parse(Uri.UnescapeDataString(Owner));
        balance = await Once("balance", () => Wallets.GetBalance(Caller, new BalanceRef(owner), Gone));
        name = await Names.Find(owner.Value);
        may = await Rights.Of(Gone, WalletRights.Transfer(owner));
        totals = owner.Kind == OwnerKind.City ? [] : (await Payouts.SummarisePayouts(Caller, new PayoutQuery(Beneficiary: owner, TeamId: owner.Team), Gone)).Totals;
    }

    private async Task Changed()
    {
        await ReloadLive();
        await (table?.Refresh() ?? Task.CompletedTask);
    }
}
