using Daarion.Core.Kernel;

namespace Daarion.Core.Policy.Factors;

/// <summary><c>TeamState</c>: a locked, suspended or archived team takes no change but that of its state and the end of a key; looking goes on.</summary>
internal sealed class TeamIsOpen : Factor
{
    public override string Name => "team_state";

    public override string? Refuses(PolicySnapshot registry, in DecisionFacts facts) =>
        facts.Standing.State is null or TeamState.Active || facts.IsRead || facts.Action is Actions.ChangeState or Actions.Restore or Actions.RevokeKey ? null : Reasons.TeamLocked;

    protected override Sentence Found(PolicySnapshot registry, DecisionFacts facts, string? reason) => facts.Team is { } team
        ? team.State == TeamState.Active
            ? Sentence.Of("team.active", "{team} is active.", ("team", team.Name))
            : reason is null
                ? Sentence.Of("team.not_active_but", "{team} is {state}; {action} is possible all the same.", ("team", team.Name), ("state", Words.Of(team.State)), ("action", facts.Action))
                : Sentence.Of("team.not_active", "{team} is {state}: nothing in it may be changed.", ("team", team.Name), ("state", Words.Of(team.State)))
        : facts.TeamId == Id<TeamKind>.WellKnown()
            ? Sentence.Of("team.city", "It is about the city itself, which is never locked.")
            : Sentence.Of("team.unknown", "There is no team {team} that could be locked.", ("team", facts.TeamId.Value));

    protected override IEnumerable<FactSource> Sources(PolicySnapshot registry, DecisionFacts facts) => [new FactSource("team", facts.TeamId.Value)];

    protected override Sentence WayOut(PolicySnapshot registry, DecisionFacts facts, string reason) =>
        Sentence.Of("team.activate", "{team} must be active again: its Owner or an operator changes its state.", ("team", TeamName(facts)));
}
