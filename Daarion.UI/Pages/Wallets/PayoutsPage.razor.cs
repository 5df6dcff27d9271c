using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.Core.Wallets;
using Daarion.UI.Components;
using Daarion.UI.Components.Tables;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Wallets;

/// <summary>Payouts as they come, what they sum to, and claiming: one, or all that are shown.</summary>
public sealed partial class PayoutsPage
{
    private readonly Dictionary<string, Right> rights = new(StringComparer.Ordinal);
    private CityTable<Payout>? table;
    private IReadOnlyList<TableFilter> filters = [];
    private IReadOnlyList<PayoutTotal> totals = [];
    private IReadOnlyList<Payout> claimable = [];
    private (int Claimed, IReadOnlyList<ClaimResult> Refused)? outcome;
    private bool asking;

    [Inject]
    private IPayoutService Payouts { get; set; } = null!;

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    private bool IsOperator => Session.Person is { IsOperator: true };

    protected override async Task Load()
    {
        var teams = IsOperator
            ? (await Teams.List(Caller, new ListTeams(new PageRequest(PageRequest.MaxLimit), Sort: TeamSort.Name), Gone)).Items
            : [.. (await Teams.Mine(Caller, new ListMyTeams(new PageRequest(PageRequest.MaxLimit)), Gone)).Items.Select(my => my.Team)];
        var me = Session.Person!;
        filters =
        [
            new("status", T["wallets.status"], [.. Enum.GetValues<PayoutStatus>().Select(status => (Words.Of(status), T.Word(status)))]),
            new("of", T["wallets.whose"], [(me.Id.Value, T["wallets.mine"]), .. teams.Where(team => team.Slug != "city").Select(team => (team.Id.Value, team.Name))]),
        ];
        await Summarise();
    }

    private async Task Summarise()
    {
        var state = TableState.Read(Navigation.Uri, "", filters);
        totals = [.. (await Payouts.SummarisePayouts(Caller, Query(new TableQuery(new PageRequest(), state.Search, null, state.Filters)), Gone)).Totals.OrderBy(total => total.Status).Take(4)];
    }

    private Task<Page<Payout>> List(TableQuery query, CancellationToken ct) => Payouts.ListPayouts(Caller, Query(query), ct);

    private PayoutQuery Query(TableQuery query)
    {
        var of = query.Filter("of");
        var team = TeamId.TryParse(of, out var chosen) ? chosen : (TeamId?)null;
        var person = UserId.TryParse(of, out var user) ? OwnerId.Of(user) : IsOperator || team is not null ? (OwnerId?)null : OwnerId.Of(Session.Person!.Id);
        return new PayoutQuery(team, query.Filter<PayoutStatus>("status"), person, query.Search, null, query.Limit, query.Cursor);
    }

    private async Task Rows(IReadOnlyList<Payout> rows)
    {
        var open = rows.Where(payout => payout.Status == PayoutStatus.Generated).ToList();
        var unknown = open.Select(payout => payout.BeneficiaryId.Value).Distinct(StringComparer.Ordinal).Where(owner => !rights.ContainsKey(owner)).ToList();
        foreach (var owner in unknown)
        {
            var question = Question(OwnerId.Parse(owner), open.First(payout => payout.BeneficiaryId.Value == owner).TeamId);
            rights[owner] = (await Rights.Of(Gone, question))[question.Action];
        }

        claimable = [.. open.Where(payout => rights[payout.BeneficiaryId.Value].Allow)];
        StateHasChanged();
    }

    private static RightQuestion Question(OwnerId owner, TeamId team) => new("wallet.payout.claim", team, owner.User is { } person ? new DecisionResource("payout", null, team, Owner: person.Value) : null);

    private Right? Claim(Payout payout) => rights.GetValueOrDefault(payout.BeneficiaryId.Value);

    private async Task ClaimOne(Payout payout)
    {
        if (await Do(() => Payouts.ClaimPayout(Caller, new PayoutRef(payout.Id), Gone), T["wallets.claimed_one", Format.Amount(payout.Amount, payout.Symbol)]))
        {
            await Changed();
        }
    }

    private async Task ClaimAll()
    {
        await Do(async () =>
        {
            var results = new List<ClaimResult>();
            foreach (var some in claimable.Select(payout => payout.Id).Chunk(ClaimPayouts.MaxPayouts))
            {
                results.AddRange((await Payouts.ClaimPayouts(Caller, new ClaimPayouts(some), Gone)).Results);
            }

            outcome = (results.Count(result => result.Status == ClaimStatus.Claimed), [.. results.Where(result => result.Status == ClaimStatus.Refused)]);
        });
        asking = false;
        await Changed();
    }

    private async Task Changed()
    {
        await (table?.Refresh() ?? Task.CompletedTask);
        await Do(Summarise);
        StateHasChanged();
    }

}
