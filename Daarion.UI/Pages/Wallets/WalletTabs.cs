using Daarion.UI.Components;
using Daarion.UI.Text;

namespace Daarion.UI.Pages.Wallets;

/// <summary>The pages of this area.</summary>
internal static class WalletTabs
{
    public static IReadOnlyList<AreaTab> Of(Texts t, IConsoleSession session)
    {
        List<AreaTab> tabs = [new(t["wallets.balances"], "/wallets"), new(t["wallets.payouts"], "/payouts"), new(t["wallets.transfers"], "/transfers"), new(t["wallets.conversions"], "/conversions"), new(t["wallets.stakes"], "/stakes"), new(t["wallets.transactions"], "/transactions"), new(t["chain.title"], "/chain"), new(t["chain.addresses"], "/addresses")];
        if (session.Person is { IsOperator: true })
        {
            tabs.Add(new(t["wallets.money_map"], "/money-map"));
            tabs.Add(new(t["wallets.approvals"], "/approvals"));
            tabs.Add(new(t["wallets.invariants"], "/invariants"));
        }

        return tabs;
    }
}
