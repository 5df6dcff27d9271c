using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.Core.Wallets;
using Daarion.UI.Components;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Wallets;

/// <summary>Moves tokens from a wallet to another.</summary>
public sealed partial class NewTransfer
{
    private IReadOnlyList<(string Id, string Title)> owners = [];
    private string from = "";
    private string to = "";
    private string amount = "";
    private string symbol = Symbol.KWT.Code();
    private string? memo;
    private string key = "";
    private IReadOnlyDictionary<string, Right> rights = new Dictionary<string, Right>(StringComparer.Ordinal);

    [SupplyParameterFromQuery(Name = "from")]
    private string? AskedFrom { get; set; }

    [Inject]
    private IWalletService Wallets { get; set; } = null!;

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    [Inject]
    private IUserService Users { get; set; } = null!;

    protected override async Task Load()
    {
        var mine = await Once("teams", () => Teams.Mine(Caller, new ListMyTeams(new PageRequest(PageRequest.MaxLimit)), Gone));
        owners = [(Session.Person!.Id.Value, Session.Person.DisplayName), .. mine.Items.Select(my => (my.Team.Id.Value, my.Team.Name))];
        from = owners.Any(owner => owner.Id == AskedFrom) ? AskedFrom! : owners[0].Id;
        key = NewKey();
        rights = (await Rights.Each([.. owners.Select(owner => WalletRights.Transfer(OwnerId.Parse(owner.Id)))], Gone)).Zip(owners).ToDictionary(pair => pair.Second.Id, pair => pair.First, StringComparer.Ordinal);
    }

    private DraftQuestion Ask() => new(
        T["wallets.send_ask", Format.Amount(Receiver.Amount(amount, T), Symbols.Parse(symbol)), to.Trim()],
        T["wallets.send_more", owners.First(owner => owner.Id == from).Title],
        T["wallets.send"],
        HighRisk: true);

    private async Task Send()
    {
        try
        {
            var transfer = await Wallets.SendTransfer(
                Caller,
                new SendTransfer(OwnerId.Parse(from), await Receiver.Find(to, Caller, Users, T, Gone), Symbols.Parse(symbol), Receiver.Amount(amount, T), string.IsNullOrWhiteSpace(memo) ? null : memo.Trim(), key),
                Gone);
            Navigation.NavigateTo($"/transactions/{transfer.Id}");
        }
        catch (CityException e) when (e.Code == ErrorCode.IdempotencyMismatch)
        {
            // The answer to what was sent first got lost, and the form says something else by now: that is another transfer.
            key = NewKey();
            throw CityException.Conflict(T["wallets.sent_before"], "sent_before");
        }
    }

    private static string NewKey() => Guid.NewGuid().ToString("N");
}
