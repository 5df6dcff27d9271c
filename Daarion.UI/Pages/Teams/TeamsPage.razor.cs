using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.UI.Components;
using Daarion.UI.Components.Tables;
using Daarion.UI.Layout;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Teams;

/// <summary>Teams: every one for operators, one's own for others; and the invitations that wait for whoever looks.</summary>
public sealed partial class TeamsPage
{
    private CityTable<TeamRow>? table;
    private RightSet may = RightSet.None;
    private IReadOnlyList<TableFilter> filters = [];
    private IReadOnlyList<InvitationView> waiting = [];

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    [Inject]
    private IMembershipService Memberships { get; set; } = null!;

    [Inject]
    private Reach Reach { get; set; } = null!;

    private bool IsOperator => Session.Person is { IsOperator: true };

    protected override async Task Load()
    {
        filters = IsOperator
            ?
            [
                new("state", T["teams.state"], [.. Enum.GetValues<TeamState>().Select(state => (Words.Of(state), T.Word(state)))]),
                new("mode", T["teams.mode"], [.. Enum.GetValues<TeamMode>().Select(mode => (Words.Of(mode), T.Word(mode)))]),
                new("plan", T["teams.plan"], [.. Enum.GetValues<TeamPlan>().Select(plan => (Words.Of(plan), T.Word(plan)))]),
            ]
            : [];
        may = await Rights.In(null, Gone, "team.create");
        waiting = (await Once("invitations", () => Memberships.MyInvitations(Caller, new ListMyInvitations(new PageRequest()), Gone))).Items;
    }

    private async Task<Page<TeamRow>> List(TableQuery query, CancellationToken ct) => IsOperator
        ? (await Teams.List(
            Caller,
            new ListTeams(query.Page, query.Search, query.Filter<TeamMode>("mode"), query.Filter<TeamState>("state"), query.Filter<TeamPlan>("plan"), query.Sort == "name" ? TeamSort.Name : TeamSort.Newest),
            ct)).Select(team => new TeamRow(team, null))
        : (await Teams.Mine(Caller, new ListMyTeams(query.Page), ct)).Select(my => new TeamRow(my.Team, my.Role));

    private async Task Accept(InvitationView invitation)
    {
        if (await Do(() => Memberships.AcceptMyInvitation(Caller, new AcceptMyInvitation(invitation.Id), Gone), T["teams.joined", invitation.TeamName]))
        {
            await Reach.Load(Gone);
            Navigation.NavigateTo($"/teams/{invitation.TeamId}");
        }
    }
}

/// <summary>A line of the list.</summary>
/// <param name="Team">The team.</param>
/// <param name="Role">One's own role, in the list of one's own.</param>
public sealed record TeamRow(TeamView Team, TeamRole? Role);
