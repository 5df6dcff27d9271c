using Daarion.Core.Kernel;

namespace Daarion.Core.Policy.Factors;

/// <summary><c>Mode</c>: a Visitor sees nothing of what is confidential, but may always leave; agents and integrations get summaries of it.</summary>
internal sealed class ModeAllows : Factor
{
    public override string Name => "mode";

    /// <summary>True when an allowance carries the obligation to show summaries only.</summary>
    public static bool SummaryOnly(in DecisionFacts facts) => facts.Kind is SubjectKind.Agent or SubjectKind.Integration && IsConfidential(facts);

    public override string? Refuses(PolicySnapshot registry, in DecisionFacts facts) =>
        facts.Standing.Role == TeamRole.Visitor && IsConfidential(facts) && !facts.IsOwnOutsideTeams && facts.Action != Actions.Leave && !Holdings.OfficeReaches(registry, facts)
            ? Reasons.ConfidentialRestriction
            : null;

    protected override Sentence Found(PolicySnapshot registry, DecisionFacts facts, string? reason) => (reason, IsConfidential(facts)) switch
    {
        (not null, _) => Sentence.Of("mode.visitor", "It is confidential, and {subject} is only a Visitor of {team}.", ("subject", Who(facts)), ("team", TeamName(facts))),
        (_, false) => Sentence.Of("mode.public", "Nothing here is confidential."),
        _ when SummaryOnly(facts) => Sentence.Of("mode.summary", "It is confidential: {subject} gets summaries only.", ("subject", Who(facts))),
        _ => Sentence.Of("mode.confidential", "It is confidential, and {subject} may see it.", ("subject", Who(facts))),
    };

    protected override IEnumerable<FactSource> Sources(PolicySnapshot registry, DecisionFacts facts) => facts.Resource?.Mode is not null
        ? [new FactSource("resource", facts.Resource.Id ?? facts.Resource.Kind)]
        : [new FactSource("team", facts.TeamId.Value)];

    protected override Sentence WayOut(PolicySnapshot registry, DecisionFacts facts, string reason) =>
        Sentence.Of("mode.become_member", "{subject} must become a Member of {team}, or {team} must become public.", ("subject", Who(facts)), ("team", TeamName(facts)));

    // The city's own team is never looked up as a fact, and never public.
    private static bool IsConfidential(in DecisionFacts facts) =>
        (facts.Resource?.Mode ?? facts.Standing.Mode ?? (facts.IsAboutCity ? TeamMode.Confidential : TeamMode.Public)) == TeamMode.Confidential;
}
