using System.Collections.Frozen;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.UI.Components;

/// <summary>What the person at the screen may do, asked of the PDP in one call for a page. It only decides what a screen offers; the operation asks again.</summary>
public sealed class Rights(IConsoleSession session, IPolicyService policy)
{
    /// <summary>Asks about acts in a team (or in the city).</summary>
    public Task<RightSet> In(TeamId? team, CancellationToken ct, params IReadOnlyList<string> actions) =>
        Of(ct, [.. actions.Select(action => new RightQuestion(action, team))]);

    /// <summary>Asks about any acts, each once.</summary>
    public async Task<RightSet> Of(CancellationToken ct, params IReadOnlyList<RightQuestion> questions) =>
        new((await Each(questions, ct)).ToFrozenDictionary(right => right.Question.Action, StringComparer.Ordinal));

    /// <summary>Asks about the same act with several things; the answers are in the order of the questions.</summary>
    public async Task<IReadOnlyList<Right>> Each(IReadOnlyList<RightQuestion> questions, CancellationToken ct)
    {
        if (session.Person is not { } person || questions.Count == 0)
        {
            return [];
        }

        var subject = new SubjectRef(person.Id.Value, SubjectKind.User);
        var answers = new List<DecisionAnswer>(questions.Count);
        foreach (var some in questions.Chunk(DecideBatch.MaxRequests))
        {
            answers.AddRange((await policy.DecideBatch(session.Caller, new DecideBatch([.. some.Select(question => new DecisionRequest(subject, question.Action, question.Team, question.Resource))]), ct)).Answers);
        }

        return [.. questions.Zip(answers).Select(pair => new Right(pair.Second.Allow, pair.Second.Reason, pair.Second.DecisionId, pair.First))];
    }
}

/// <summary>May I?</summary>
/// <param name="Action">The capability.</param>
/// <param name="Team">In which team; in the city where not given.</param>
/// <param name="Resource">With what.</param>
public sealed record RightQuestion(string Action, TeamId? Team = null, DecisionResource? Resource = null);

/// <summary>The PDP's answer about one act.</summary>
/// <param name="Allow">Yes or no.</param>
/// <param name="Reason">Why.</param>
/// <param name="Decision">The decision, whose page has the whole chain.</param>
/// <param name="Question">What was asked.</param>
public sealed record Right(bool Allow, string Reason, DecisionId? Decision, RightQuestion Question);

/// <summary>Answers by act. What was not asked may not be done.</summary>
public sealed class RightSet(IReadOnlyDictionary<string, Right> rights)
{
    /// <summary>Nothing may be done.</summary>
    public static readonly RightSet None = new(FrozenDictionary<string, Right>.Empty);

    /// <summary>The answer about an act.</summary>
    public Right this[string action] => rights.GetValueOrDefault(action) ?? new Right(false, "capability_missing", null, new RightQuestion(action));

    /// <summary>True where the act is allowed.</summary>
    public bool May(string action) => this[action].Allow;
}
