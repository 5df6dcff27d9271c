using System.Collections.Frozen;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;

namespace Daarion.UI.Layout;

/// <summary>Which areas the person at the screen finds anything in, asked once for a circuit: the rail leads nobody to a refusal.</summary>
public sealed class Reach(IConsoleSession session, ITeamService teams, IPolicyService policy)
{
    private const int MostTeams = 50;
    private FrozenSet<string> allowed = [];

    /// <summary>The areas with something for the person, each with the page it begins with.</summary>
    public IEnumerable<(Area Area, string Href)> Areas => Layout.Areas.All.Select(area => (area, Href: HrefOf(area))).Where(pair => pair.Href is not null).Select(pair => (pair.area, pair.Href!));

    /// <summary>Asks anew, for example after the person joined a team.</summary>
    public async Task Load(CancellationToken ct)
    {
        if (session.Person is not { IsOperator: false } person)
        {
            return;
        }

        try
        {
            var mine = (await teams.Mine(session.Caller, new ListMyTeams(new PageRequest(MostTeams)), ct)).Items;
            var subject = new SubjectRef(person.Id.Value, SubjectKind.User);
            List<DecisionRequest> questions = [.. Layout.Areas.All.Where(area => area.Asks is not null).SelectMany(area => mine.Select(my => new DecisionRequest(subject, area.Asks!, my.Team.Id)))];
            var answers = questions.Count == 0 ? [] : (await policy.DecideBatch(session.Caller, new DecideBatch(questions), ct)).Answers;
            allowed = questions.Zip(answers).Where(pair => pair.Second.Allow).Select(pair => pair.First.Action).ToFrozenSet(StringComparer.Ordinal);
        }
        catch (CityException e) when (e.Code != ErrorCode.Unauthenticated)
        {
            // The frame is shown also while the teams cannot be asked; what is not known to be allowed is not offered.
            allowed = [];
        }
    }

    private string? HrefOf(Area area) => session.Person switch
    {
        { IsOperator: true } => area.Href,
        _ => area.Asks is null || allowed.Contains(area.Asks) ? area.OfTeams : null,
    };
}
