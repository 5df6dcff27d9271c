using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.Core.Wallets;
using Daarion.UI.Components;
using Daarion.UI.Components.Tables;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Wallets;

/// <summary>Payouts as they come, what they sum to, and claiming: one, or all of what the list is narrowed to.</summary>
public sealed partial class PayoutsPage
{
    private readonly Dictionary<string, Right> rights = new(StringComparer.Ordinal);
    private CityTable<Payout>? table;
    private IReadOnlyList<TableFilter> filters = [];
    private IReadOnlyList<PayoutTotal> totals = [];
    private Right? refused;
    private (long Done, long Of)? progress;
    private bool stopping;
    private string? summarised;
    private (int Claimed, IReadOnlyList<ClaimResult> Refused)? outcome;
    private bool asking;

    [Inject]
    private IPayoutService Payouts { get; set; } = null!;

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    private long ToClaim => totals.Where(total => total.Status == PayoutStatus.Generated).Sum(total => total.Count);

    private bool MayClaimAny => refused is null || rights.Values.Any(right => right.Allow);

    private PayoutStatus? Status => Asked().Filter<PayoutStatus>("status");

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
        summarised = Navigation.Uri;
        totals = [.. (await Payouts.SummarisePayouts(Caller, Query(Asked()), Gone)).Totals.OrderBy(total => total.Status).Take(4)];
    }

    private TableQuery Asked()
    {
        var state = TableState.Read(Navigation.Uri, "", filters);
        return new TableQuery(new PageRequest(), state.Search, null, state.Filters);
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
        await LearnRights(open);
        if (summarised != Navigation.Uri)
        {
            await Look(Summarise);
        }

        refused = open.Select(Claim).FirstOrDefault(right => right is { Allow: false });
        StateHasChanged();
    }

    private async Task LearnRights(IReadOnlyList<Payout> open)
    {
        var unknown = open.Where(payout => !rights.ContainsKey(payout.BeneficiaryId.Value)).DistinctBy(payout => payout.BeneficiaryId).ToList();
        foreach (var (payout, right) in unknown.Zip(await Rights.Each(unknown.ConvertAll(payout => WalletRights.Claim(payout.BeneficiaryId, payout.TeamId)), Gone)))
        {
            rights[payout.BeneficiaryId.Value] = right;
        }
    }

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
        (asking, stopping, outcome, progress) = (false, false, null, (0, ToClaim));
        var results = new List<ClaimResult>();
        await Do(() => ClaimStepwise(results));
        outcome = (results.Count(result => result.Status == ClaimStatus.Claimed), [.. results.Where(result => result.Status == ClaimStatus.Refused)]);
        progress = null;
        await Changed();
    }

    // As many at once as the contract takes; what may not be claimed is passed over, and whoever leaves the page or says stop keeps what was claimed.
    private async Task ClaimStepwise(List<ClaimResult> results)
    {
        var query = Query(Asked()) with { Status = PayoutStatus.Generated, Limit = PageRequest.MaxLimit, Cursor = null };
        var step = new List<PayoutId>();
        do
        {
            var page = await Payouts.ListPayouts(Caller, query, Gone);
            await LearnRights(page.Items);
            step.AddRange(page.Items.Where(payout => Claim(payout) is { Allow: true }).Select(payout => payout.Id));
            query = query with { Cursor = page.NextCursor };
            while (step.Count >= ClaimPayouts.MaxPayouts || (query.Cursor is null && step.Count > 0))
            {
                var some = step.Take(ClaimPayouts.MaxPayouts).ToList();
                step.RemoveRange(0, some.Count);
                results.AddRange((await Payouts.ClaimPayouts(Caller, new ClaimPayouts(some), Gone)).Results);
                progress = (results.Count, Math.Max(progress?.Of ?? 0, results.Count));
                StateHasChanged();
                if (stopping)
                {
                    return;
                }
            }
        }
        while (query.Cursor is not null && !stopping);
    }

    private async Task Changed()
    {
        await (table?.Refresh() ?? Task.CompletedTask);
        await Look(Summarise);
        StateHasChanged();
    }
}
