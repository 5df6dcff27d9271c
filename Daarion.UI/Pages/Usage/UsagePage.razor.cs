using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.Core.Usage;
using Daarion.UI.Components;
using Daarion.UI.Components.Tables;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Usage;

/// <summary>Whose usage there is to look at, with the fullest quota of each; for operators also who uses most, what is unusual, and the count of everything again.</summary>
public sealed partial class UsagePage
{
    private const int Shown = 25;
    private CityTable<TeamMeters>? teams;
    private TopTable? top;
    private AnomalyTable? anomalies;
    private RightSet may = RightSet.None;

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    [Inject]
    private IUsageService Usages { get; set; } = null!;

    private bool IsOperator => Session.Person is { IsOperator: true };

    protected override async Task Load() => may = IsOperator ? await Rights.In(null, Gone, "city.usage.reconcile") : RightSet.None;

    private async Task<Page<TeamMeters>> List(TableQuery query, CancellationToken ct)
    {
        var page = IsOperator
            ? await Teams.List(Caller, new ListTeams(query.Page, query.Search, Sort: TeamSort.Name), ct)
            : (await Teams.Mine(Caller, new ListMyTeams(query.Page), ct)).Select(my => my.Team);

        // A file of all teams names them; their meters are for the eye.
        var withMeters = query.Limit <= Shown + 1 || page.Items.Count <= Shown;
        return new Page<TeamMeters>([.. await Task.WhenAll(page.Items.Select(team => withMeters ? Fullest(team, ct) : Task.FromResult(new TeamMeters(team, null, false))))], page.NextCursor);
    }

    private async Task<TeamMeters> Fullest(TeamView team, CancellationToken ct)
    {
        try
        {
            var usage = await Usages.GetUsage(Caller, new UsageQuery(team.Id), ct);
            return new(team, usage.Metrics.Select(metric => new Meter(metric, usage.At)).Where(meter => meter.Full > 0).MaxBy(meter => meter.Full), false);
        }
        catch (CityException e) when (e.Code == ErrorCode.Forbidden)
        {
            return new(team, null, true);
        }
    }

    private async Task Changed(IReadOnlyList<EventEnvelope> events)
    {
        await (teams?.Refresh() ?? Task.CompletedTask);
        await (top?.Refresh() ?? Task.CompletedTask);
        if (events.Any(e => e.Type == "usage.anomaly.detected"))
        {
            await (anomalies?.Refresh() ?? Task.CompletedTask);
        }
    }
}

/// <summary>A team and its fullest quota.</summary>
/// <param name="Team">The team.</param>
/// <param name="Fullest">The quota of which most is used; null where nothing is, or where it may not be seen.</param>
/// <param name="Closed">It may not be seen.</param>
public sealed record TeamMeters(TeamView Team, Meter? Fullest, bool Closed);
