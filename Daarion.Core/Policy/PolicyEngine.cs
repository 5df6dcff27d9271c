using Daarion.Core.Policy.Factors;

namespace Daarion.Core.Policy;

/// <summary>What the engine says.</summary>
/// <param name="Allow">Yes or no.</param>
/// <param name="Reason"><c>ok</c>, or the reason of the first factor that failed.</param>
/// <param name="Failed">Which factor failed, by its place; -1 where none did or none was reached.</param>
/// <param name="Scope">How far an allowance reaches.</param>
/// <param name="Obligations">What the caller must respect.</param>
public readonly record struct Verdict(bool Allow, string Reason, int Failed, DecisionScope Scope, IReadOnlyList<string> Obligations);

/// <summary>The verdict with the whole chain.</summary>
/// <param name="Verdict">What the engine says.</param>
/// <param name="Chain">The ten factors in order.</param>
/// <param name="Change">What would have to change for a yes.</param>
public sealed record ExplainedVerdict(Verdict Verdict, IReadOnlyList<FactorFinding> Chain, Sentence? Change);

/// <summary>
/// The PDP: one pure function of the registry and the facts of a question. Ten factors are asked in order; the first that fails is the
/// reason, and only when all of them pass is the answer yes.
/// </summary>
public static class PolicyEngine
{
    private static readonly Factor[] Chain =
    [
        new KeyIsGood(),
        new TeamIsOpen(),
        new HasRole(),
        new CapabilityIsHeld(),
        new RoleAllows(),
        new PlanIncludes(),
        new OnAccessList(),
        new ModeAllows(),
        new WithinQuota(),
        new NotFrozen(),
    ];

    /// <summary>The place of the factor that looks at quotas.</summary>
    internal static readonly int QuotaPlace = Array.FindIndex(Chain, factor => factor is WithinQuota);

    private static readonly IReadOnlyList<string> NoObligations = [];
    private static readonly IReadOnlyList<string> SummaryOnly = ["summary_only"];

    /// <summary>Names of the factors, in order.</summary>
    public static IReadOnlyList<string> Factors { get; } = [.. Chain.Select(factor => factor.Name)];

    /// <summary>Decides. Allocates nothing.</summary>
    public static Verdict Decide(PolicySnapshot registry, in DecisionFacts facts)
    {
        if (!facts.Available)
        {
            return new(false, Reasons.PolicyUnavailable, -1, DecisionScope.Own, NoObligations);
        }

        for (var place = 0; place < Chain.Length; place++)
        {
            if (Chain[place].Refuses(registry, facts) is { } reason)
            {
                return new(false, reason, place, DecisionScope.Own, NoObligations);
            }
        }

        return new(true, Reasons.Ok, -1, Holdings.ScopeOf(registry, facts), ModeAllows.SummaryOnly(facts) ? SummaryOnly : NoObligations);
    }

    /// <summary>Decides and says why, factor by factor.</summary>
    public static ExplainedVerdict Explain(PolicySnapshot registry, DecisionFacts facts)
    {
        var verdict = Decide(registry, facts);
        if (!facts.Available)
        {
            return new(
                verdict,
                [.. Chain.Select(factor => factor.NotReached())],
                Sentence.Of("policy.unavailable", "The city's database must be within reach again; until then nothing may be changed."));
        }

        var findings = Chain.Select((factor, place) => !verdict.Allow && place > verdict.Failed ? factor.NotReached() : factor.Explain(registry, facts)).ToList();
        return new(verdict, findings, verdict.Allow ? null : findings[verdict.Failed].Change);
    }
}
