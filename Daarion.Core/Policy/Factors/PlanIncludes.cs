namespace Daarion.Core.Policy.Factors;

/// <summary><c>Entitlement</c>: an action that only some plans include needs a team with one of them.</summary>
internal sealed class PlanIncludes : Factor
{
    public override string Name => "entitlement";

    public override string? Refuses(PolicySnapshot registry, in DecisionFacts facts) =>
        !registry.Gated.Contains(facts.Action) || facts.Standing.Plan is not { } plan || registry.Of(plan).Holds(facts.Action) ? null : Reasons.NotEntitled;

    protected override Sentence Found(PolicySnapshot registry, DecisionFacts facts, string? reason) => (reason, facts.Team) switch
    {
        (null, { } team) when registry.Gated.Contains(facts.Action) => Sentence.Of("plan.has", "The plan {plan} includes {action}.", ("plan", team.Plan.ToString()), ("action", facts.Action)),
        (null, _) => Sentence.Of("plan.any", "Every plan includes {action}.", ("action", facts.Action)),
        _ => Sentence.Of("plan.lacks", "The plan {plan} of {team} does not include {action}.", ("plan", facts.Team!.Plan.ToString()), ("team", TeamName(facts)), ("action", facts.Action)),
    };

    protected override IEnumerable<FactSource> Sources(PolicySnapshot registry, DecisionFacts facts) =>
        facts.Team is { } team ? [new FactSource("plan", team.Plan.ToString(), registry.Of(team.Plan).Version)] : [];

    protected override Sentence WayOut(PolicySnapshot registry, DecisionFacts facts, string reason) => Sentence.Of(
        "plan.change",
        "{team} needs a plan that includes {action}: {plans}.",
        ("team", TeamName(facts)),
        ("action", facts.Action),
        ("plans", List(Enum.GetValues<TeamPlan>().Where(plan => registry.Of(plan).Holds(facts.Action)).Select(plan => plan.ToString()))));
}
