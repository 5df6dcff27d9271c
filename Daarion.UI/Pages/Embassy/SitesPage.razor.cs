using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.UI.Components;
using Daarion.UI.Components.Tables;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Embassy;

/// <summary>Sites and whose they are. Operators see all; others those of a team they choose.</summary>
public sealed partial class SitesPage
{
    private CityTable<SiteIdentity>? table;
    private RightSet may = RightSet.None;
    private IReadOnlyList<TableFilter> filters = [];
    private IReadOnlyList<MyTeamView> mine = [];

    [Inject]
    private IEmbassyService Embassy { get; set; } = null!;

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    private bool IsOperator => Session.Person is { IsOperator: true };

    protected override async Task Load()
    {
        may = await Rights.In(null, Gone, "city.embassy.manage");
        if (IsOperator)
        {
            var platforms = await Once("platforms", () => Embassy.ListPlatforms(Caller, new PageRequest(PageRequest.MaxLimit), Gone));
            filters =
            [
                new("platform", T["embassy.platform"], [.. platforms.Items.Select(platform => (platform.Name, platform.Title))]),
                new("assigned", T["embassy.mapping"], [("yes", T["embassy.assigned"]), ("no", T["embassy.unassigned"])]),
            ];
        }
        else
        {
            mine = (await Once("teams", () => Teams.Mine(Caller, new ListMyTeams(new PageRequest()), Gone))).Items;
            filters = [new("team", T["decisions.team"], [.. mine.Select(my => (my.Team.Id.Value, my.Team.Name))])];
        }
    }

    private Task<Page<SiteIdentity>> List(TableQuery query, CancellationToken ct)
    {
        TeamId? team = IsOperator ? null : TeamId.TryParse(query.Filter("team"), out var chosen) ? chosen : mine is [var first, ..] ? first.Team.Id : null;
        return !IsOperator && team is null
            ? Task.FromResult(Page<SiteIdentity>.Empty)
            : Embassy.ListIdentities(
                Caller,
                new IdentityQuery(query.Filter("platform"), team, query.Filter("assigned") switch { "yes" => false, "no" => true, _ => null }, query.Search, query.Limit, query.Cursor),
                ct);
    }
}
