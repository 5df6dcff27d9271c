using Daarion.Core.Governance;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.UI.Components;
using Daarion.UI.Components.Tables;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Governance;

/// <summary>Proposals and policies, newest first; how open votes stand is seen at a glance.</summary>
public sealed partial class GovernancePage
{
    private const int MostGlimpses = 12;
    private readonly Dictionary<string, VoteTally> tallies = new(StringComparer.Ordinal);
    private CityTable<PolicyView>? table;
    private IReadOnlyList<TableFilter> filters = [];
    private Right? right;

    [Inject]
    private IGovernanceService Governance { get; set; } = null!;

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    protected override async Task Load()
    {
        filters = [new("status", T["governance.status"], [.. Enum.GetValues<PolicyStatus>().Select(status => (Words.Of(status), T.Word(status)))])];
        var places = await ProposingPlaces.Of(Caller, Session.Person!, Teams, Rights, T, Gone);
        right = places.Right;
    }

    private Task<Page<PolicyView>> List(TableQuery query, CancellationToken ct) =>
        Governance.ListPolicies(Caller, new PolicyFilter(query.Filter<PolicyStatus>("status"), query.Search, query.Page), ct);

    // The list has no tallies; those of the votes that are open are few and are asked for one by one, behind the rows.
    private Task<bool> Tallies(IReadOnlyList<PolicyView> rows) => Look(async () =>
    {
        foreach (var open in rows.Where(row => row.Status == PolicyStatus.Voting).Take(MostGlimpses))
        {
            tallies[open.Id.Value] = (await Governance.GetPolicy(Caller, new PolicyRef(open.Id), Gone)).Tally;
        }
    });

    private static string Width(Quantity part, VoteTally tally) => GovernanceWords.Share(part, tally.Circulating).ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>For whom the person at the screen may propose.</summary>
/// <param name="Places">The city (nothing) and teams, each with its name.</param>
/// <param name="Right">Null where they may somewhere; else why not.</param>
internal sealed record ProposingPlaces(IReadOnlyList<(TeamId? Team, string Title)> Places, Right? Right)
{
    private const string Create = "governance.proposal.create";

    public static async Task<ProposingPlaces> Of(Caller caller, ConsolePerson person, ITeamService teams, Rights rights, Text.Texts t, CancellationToken ct)
    {
        var mine = (await teams.Mine(caller, new ListMyTeams(new PageRequest(PageRequest.MaxLimit)), ct)).Items.Where(my => my.Team.Id != Id<TeamKind>.WellKnown()).ToList();
        List<(TeamId? Team, string Title)> places = [.. mine.Select(my => ((TeamId?)my.Team.Id, my.Team.Name))];
        if (person.IsOperator || places.Count == 0)
        {
            places.Insert(0, (null, t["governance.for_city"]));
        }

        var answers = await rights.Each([.. places.Select(place => new RightQuestion(Create, place.Team))], ct);
        return new([.. places.Zip(answers).Where(pair => pair.Second.Allow).Select(pair => pair.First)], answers.Any(answer => answer.Allow) || answers.Count == 0 ? null : answers[0]);
    }
}
