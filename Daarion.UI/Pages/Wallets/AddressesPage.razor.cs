using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Core.Wallets;
using Daarion.Core.Wallets.Chain;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Wallets;

/// <summary>The address book of a person, or of a team of theirs: what is shown to be theirs, where payouts go, what is taken out.</summary>
public sealed partial class AddressesPage
{
    private IReadOnlyList<OwnersAddress> addresses = [];
    private IReadOnlyList<(string Id, string Title)> owners = [];
    private ChainState? chain;
    private AddressId? withdrawing;
    private string owner = "";
    private string address = "";
    private string label = "";
    private string signature = "";
    private string symbol = "";
    private string amount = "";

    [Inject]
    private IChainService Chain { get; set; } = null!;

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    protected override async Task Load()
    {
        if (owners.Count == 0)
        {
            var mine = (await Teams.Mine(Caller, new ListMyTeams(new PageRequest(PageRequest.MaxLimit)), Gone)).Items.Where(my => my.Role == TeamRole.Owner && my.Team.Id != Core.Kernel.Id<TeamKind>.WellKnown());
            owners = [(Session.Person!.Id.Value, T["chain.mine"]), .. mine.Select(my => (my.Team.Id.Value, my.Team.Name))];
            owner = owners[0].Id;
        }

        chain = await Chain.GetChain(Caller, new ChainRequest(), Gone);
        addresses = (await Chain.ListAddresses(Caller, new AddressQuery(OwnerId.Parse(owner), PageRequest.MaxLimit), Gone)).Items;
    }

    private async Task Add()
    {
        await Chain.AddAddress(Caller, new AddAddress(OwnerId.Parse(owner), EvmAddress.Parse(address.Trim()), string.IsNullOrWhiteSpace(label) ? null : label.Trim()), Gone);
        (address, label) = ("", "");
        await Do(Reload, T["common.saved"]);
    }

    private async Task Prove(OwnersAddress one)
    {
        await Chain.ProveAddress(Caller, new ProveAddress(one.Id, signature.Trim()), Gone);
        signature = "";
        await Do(Reload, T["chain.proven"]);
    }

    private async Task Pay(OwnersAddress one)
    {
        await Do(() => Chain.PayToAddress(Caller, new PayToAddress(one.Id, !one.Payouts), Gone), T["common.saved"]);
        await Reload();
    }

    private async Task Remove(OwnersAddress one)
    {
        await Do(() => Chain.RemoveAddress(Caller, new AddressRef(one.Id), Gone), T["common.saved"]);
        await Reload();
    }

    private void Begin(OwnersAddress one) => (withdrawing, symbol, amount) = (one.Id, chain!.Tokens.Keys.First(), "");

    private async Task Withdraw(OwnersAddress one)
    {
        var sent = await Chain.Withdraw(Caller, new WithdrawTokens(one.Id, Symbols.Parse(symbol), Receiver.Amount(amount, T)), Gone);
        withdrawing = null;
        Navigation.NavigateTo($"/chain/{sent.Id}");
    }
}
