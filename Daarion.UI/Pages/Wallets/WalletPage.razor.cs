using Daarion.Core.Kernel;
using Daarion.Core.Teams;
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
    private ITeamService Teams { get; set; } = null!;

    [Inject]
    private NameBook Names { get; set; } = null!;

    protected override async Task Load()
    {
        if (WalletId.TryParse(Owner, out var wallet))
        {
            Navigation.NavigateTo(Addresses.OfWallet(await OwnerOf(wallet)), replace: true);
            return;
        }

        owner = OwnerId.Parse(Uri.UnescapeDataString(Owner));
        balance = await Once("balance", () => Wallets.GetBalance(Caller, new BalanceRef(owner), Gone));
        name = await Names.Find(owner.Value);
        may = await Rights.Of(Gone, WalletRights.Transfer(owner));
        totals = owner.Kind == OwnerKind.City ? [] : (await Payouts.SummarisePayouts(Caller, new PayoutQuery(Beneficiary: owner, TeamId: owner.Team), Gone)).Totals;
    }

    // A wallet's own id is on every entry of the ledger; its page is its owner's. Operators may ask for any, others for those they see.
    private async Task<string> OwnerOf(WalletId wallet)
    {
        if (Session.Person is { IsOperator: true })
        {
            return (await Wallets.ListAccounts(Caller, new AccountQuery(WalletId: wallet, Limit: 1), Gone)).Items is [var account, ..] ? account.OwnerId.Value : throw CityException.NotFound("wallet");
        }

        var teams = (await Teams.Mine(Caller, new ListMyTeams(new PageRequest(PageRequest.MaxLimit)), Gone)).Items.Select(my => my.Team.Id.Value);
        foreach (var mine in teams.Prepend(Session.Person!.Id.Value))
        {
            try
            {
                if ((await Wallets.GetBalance(Caller, new BalanceRef(OwnerId.Parse(mine)), Gone)).WalletId == wallet)
                {
                    return mine;
                }
            }
            catch (CityException e) when (e.Code is ErrorCode.Forbidden or ErrorCode.NotFound)
            {
                // A team whose wallet one may not see is not the answer either.
                continue;
            }
        }

        throw CityException.NotFound("wallet");
    }

    private async Task Changed()
    {
        await ReloadLive();
        await (table?.Refresh() ?? Task.CompletedTask);
    }
}
