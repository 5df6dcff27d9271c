using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.Core.Wallets;
using Daarion.UI.Components;
using Daarion.UI.Components.Tables;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Wallets;

/// <summary>Who has what: one's own wallet and those of one's teams, and for operators every account.</summary>
public sealed partial class WalletsPage
{
    private const int MostTeams = 7;
    private CityTable<Account>? table;
    private IReadOnlyList<(string Owner, string Title, Balance Balance)> own = [];
    private IReadOnlyList<TableFilter> filters = [];
    private RightSet may = RightSet.None;

    [Inject]
    private IWalletService Wallets { get; set; } = null!;

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    protected override async Task Load()
    {
        filters =
        [
            new("kind", T["wallets.owner_kind"], [.. Enum.GetValues<OwnerKind>().Select(kind => (Words.Of(kind), T.Word(kind)))]),
            new("symbol", T["wallets.token"], [.. Symbols.All.Select(symbol => (symbol.Code(), symbol.Code()))]),
        ];
        var person = Session.Person!;
        may = await Rights.Of(Gone, WalletRights.Transfer(OwnerId.Of(person.Id)), new RightQuestion("city.wallet.mint"));
        var mine = (await Teams.Mine(Caller, new ListMyTeams(new PageRequest(MostTeams)), Gone)).Items.Where(my => my.Role >= TeamRoleThatSees && !IsCity(my.Team.Id));
        List<(string Owner, string Title)> owners = [(person.Id.Value, person.DisplayName), .. mine.Select(my => (my.Team.Id.Value, my.Team.Name))];
        var balances = await Task.WhenAll(owners.Select(owner => Wallets.GetBalance(Caller, new BalanceRef(OwnerId.Parse(owner.Owner)), Gone)));
        own = [.. owners.Zip(balances).Select(pair => (pair.First.Owner, pair.First.Title, pair.Second))];
    }

    private const Core.Policy.TeamRole TeamRoleThatSees = Core.Policy.TeamRole.Guardian;

    private static bool IsCity(TeamId team) => team == Core.Kernel.Id<TeamKind>.WellKnown();

    private Task<Page<Account>> List(TableQuery query, CancellationToken ct) => Wallets.ListAccounts(
        Caller,
        new AccountQuery(query.Filter<OwnerKind>("kind"), query.Filter("symbol") is { } symbol ? Symbols.Parse(symbol) : null, query.Limit, query.Cursor),
        ct);

    private async Task Changed()
    {
        await ReloadLive();
        await (table?.Refresh() ?? Task.CompletedTask);
    }
}
