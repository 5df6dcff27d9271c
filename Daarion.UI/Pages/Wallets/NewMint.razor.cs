using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.Core.Wallets;
using Daarion.UI.Components;
using Daarion.UI.Pages.Access;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Wallets;

/// <summary>Asks for new DAARION; it waits for another operator as every held transfer does.</summary>
public sealed partial class NewMint
{
    private IReadOnlyList<(string Id, string Name)> receivers = [];
    private RightSet may = RightSet.None;
    private string to = "";
    private string amount = "";
    private string reason = "";

    [Inject]
    private IWalletService Wallets { get; set; } = null!;

    [Inject]
    private IUserService Users { get; set; } = null!;

    protected override async Task Load()
    {
        may = await Rights.In(null, Gone, "city.wallet.mint");
        receivers = await AccessChoices.People(Caller, Session, Users, Gone);
    }

    private DraftQuestion Ask() => string.IsNullOrWhiteSpace(reason)
        ? throw CityException.Invalid("reason", T["wallets.mint_reason_hint"])
        : new(T["wallets.mint_ask", Format.Amount(Receiver.Amount(amount, T), Symbol.DAARION), receivers.FirstOrDefault(one => one.Id == to.Trim()).Name ?? to.Trim()], T["wallets.mint_more"], T["wallets.mint"], HighRisk: true);

    private async Task Send()
    {
        var order = await Wallets.Mint(Caller, new MintTokens(await Receiver.Find(to, Caller, Users, T, Gone), Symbol.DAARION, Receiver.Amount(amount, T), reason.Trim()), Gone);
        Navigation.NavigateTo($"/transactions/{order.Id}");
    }
}
