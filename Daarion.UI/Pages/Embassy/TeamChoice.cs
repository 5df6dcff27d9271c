using Daarion.Core.Kernel;
using Daarion.Core.Teams;

namespace Daarion.UI.Pages.Embassy;

/// <summary>The teams whose things a person may look at: every one for operators, one's own for others.</summary>
internal static class TeamChoice
{
    public static async Task<IReadOnlyList<(string Value, string Word)>> Of(ITeamService teams, IConsoleSession session, CancellationToken ct)
    {
        var all = new PageRequest(PageRequest.MaxLimit);
        var some = session.Person is { IsOperator: true }
            ? (await teams.List(session.Caller, new ListTeams(all, Sort: TeamSort.Name), ct)).Items
            : [.. (await teams.Mine(session.Caller, new ListMyTeams(all), ct)).Items.Select(my => my.Team)];
        return [.. some.Where(team => team.Id != Id<TeamKind>.WellKnown()).Select(team => (team.Id.Value, team.Name))];
    }

    /// <summary>The team to begin with for who may not see all of them.</summary>
    public static TeamId? First(IConsoleSession session, IReadOnlyList<(string Value, string Word)> choices) =>
        session.Person is { IsOperator: true } || choices.Count == 0 ? null : TeamId.Parse(choices[0].Value);
}
