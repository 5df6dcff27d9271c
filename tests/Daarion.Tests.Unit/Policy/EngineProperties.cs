using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Policy.Factors;
using FsCheck.Xunit;

namespace Daarion.Tests.Unit.Policy;

/// <summary>What holds for every registry and every question.</summary>
[Properties(Arbitrary = [typeof(AnyCase)], MaxTest = 500, QuietOnSuccess = true)]
public sealed class EngineProperties
{
    private static readonly Factor[] InOrder =
    [
        new KeyIsGood(), new TeamIsOpen(), new HasRole(), new CapabilityIsHeld(), new RoleAllows(), new PlanIncludes(), new OnAccessList(), new ModeAllows(), new WithinQuota(),
        new NotFrozen(),
    ];

    [Property]
    public bool An_empty_registry_allows_nothing_to_whoever_holds_nothing(Case any) =>
        !PolicyEngine.Decide(Facts.NewCity.With([]), any.Facts with { Key = any.Facts.Key is { } key ? key with { Capabilities = [] } : null }).Allow;

    [Property(MaxTest = 3000)]
    public bool A_key_never_allows_what_its_owner_may_not(KeyCase any)
    {
        var (key, owner) = (any.Decide(), any.AskedByOwner());

        return !key.Allow || (owner.Allow && (owner.Scope == DecisionScope.All || key.Scope == DecisionScope.Own));
    }

    [Property(MaxTest = 1000)]
    public bool A_key_never_allows_what_it_was_not_given(KeyCase any)
    {
        var grant = any.Facts.Grant!;
        var given = any.Facts.Key!.Capabilities.Concat(grant.OwnCapabilities).Concat(grant.Bundles.SelectMany(bundle => any.Case.Registry.Find(bundle).Grants.Keys));

        return !any.Decide().Allow || given.Contains(any.Facts.Action, StringComparer.Ordinal);
    }

    [Property(MaxTest = 1000)]
    public bool A_key_never_allows_anything_in_another_team(KeyCase any) =>
        any.Facts.TeamId == any.Facts.Grant!.TeamId || any.Facts.IsOwnOutsideTeams || !any.Decide().Allow;

    [Property]
    public bool A_keys_explanation_agrees_with_its_decision(KeyCase any) => The_explanation_agrees_with_the_decision(any.Case) && Every_sentence_is_whole(any.Case);

    [Property]
    public bool A_key_that_may_more_never_turns_a_yes_into_a_no(KeyCase any) =>
        !any.Decide().Allow || PolicyEngine.Decide(any.Case.Registry, any.Facts with { Key = any.Facts.Key! with { Capabilities = [.. any.Facts.Key.Capabilities, any.Facts.Action] } }).Allow;

    [Property]
    public bool The_first_factor_that_fails_is_the_reason(Case any)
    {
        var verdict = any.Decide();

        var first = InOrder.Select(factor => factor.Refuses(any.Registry, any.Facts)).FirstOrDefault(reason => reason is not null);

        return verdict.Allow == (first is null) && verdict.Reason == (first ?? Reasons.Ok);
    }

    [Property]
    public bool The_answer_is_never_yes_when_any_factor_fails(Case any) =>
        !any.Decide().Allow || InOrder.All(factor => factor.Refuses(any.Registry, any.Facts) is null);

    [Property]
    public bool Every_reason_is_one_of_the_known(Case any) => Reasons.All.Contains(any.Decide().Reason);

    [Property]
    public bool The_explanation_agrees_with_the_decision(Case any)
    {
        var verdict = any.Decide();

        var explained = PolicyEngine.Explain(any.Registry, any.Facts);

        var results = explained.Chain.Select(finding => finding.Result).ToList();
        return explained.Verdict.Allow == verdict.Allow
            && explained.Verdict.Reason == verdict.Reason
            && explained.Chain.Select(finding => finding.Factor).SequenceEqual(PolicyEngine.Factors)
            && (verdict.Allow
                ? results.TrueForAll(result => result == FactorResult.Pass) && explained.Change is null
                : results.Take(verdict.Failed).All(result => result == FactorResult.Pass)
                    && results[verdict.Failed] == FactorResult.Fail
                    && explained.Chain[verdict.Failed].Reason == verdict.Reason
                    && results.Skip(verdict.Failed + 1).All(result => result == FactorResult.NotReached)
                    && explained.Change is not null);
    }

    [Property]
    public bool Every_sentence_is_whole(Case any)
    {
        var explained = PolicyEngine.Explain(any.Registry, any.Facts);

        var sentences = explained.Chain.SelectMany(finding => new[] { finding.Found, finding.Change }).Append(explained.Change).OfType<Sentence>();
        return sentences.All(sentence => !sentence.Text.Contains('{', StringComparison.Ordinal) && sentence.Text.EndsWith('.'));
    }

    [Property]
    public bool A_role_that_holds_more_never_turns_a_yes_into_a_no(Case any, int pick)
    {
        var richer = any.Registry.Giving(AnyCase.RoleBundles[Index(pick, AnyCase.RoleBundles.Length)], any.Facts.Action, new Grant(DecisionScope.All));

        return !any.Decide().Allow || PolicyEngine.Decide(richer, any.Facts).Allow;
    }

    [Property]
    public bool A_role_more_never_turns_a_yes_into_a_no(Case any, TeamRole role)
    {
        if (any.Facts is not { Person: { } person, Membership: null })
        {
            return true;
        }

        var promoted = any.Facts with { Membership = new MembershipFact(any.Facts.TeamId, person, role, null, Facts.Now) };
        return !any.Decide().Allow || PolicyEngine.Decide(any.Registry, promoted).Allow;
    }

    [Property]
    public bool Whoever_acts_for_a_person_gets_no_more_than_the_person(Case any)
    {
        if (any.Facts.Kind == SubjectKind.User || any.Facts.Person is not { } person)
        {
            return true;
        }

        var themselves = any.Facts with { Kind = SubjectKind.User, SubjectId = person.Value, KeyId = null, Key = null, Service = null, Platform = null };
        var alone = any.Facts with { Person = null, Membership = null, Office = null };
        return !any.Decide().Allow
            || (PolicyEngine.Decide(any.Registry, themselves).Allow && new CapabilityIsHeld().Refuses(any.Registry, alone) is null);
    }

    [Property]
    public bool A_token_asked_for_with_less_never_turns_a_no_into_a_yes(Case any) =>
        !any.Decide().Allow || PolicyEngine.Decide(any.Registry, any.Facts with { Scopes = null }).Allow;

    [Property]
    public bool Without_its_facts_nothing_is_allowed(Case any) =>
        PolicyEngine.Decide(any.Registry, any.Facts with { Available = false }) is { Allow: false, Reason: Reasons.PolicyUnavailable };

    [Property]
    public bool A_locked_team_changes_nothing_but_its_state(Case any) =>
        any.Facts.IsRead || any.Facts.Action == Actions.ChangeState || any.Facts.Team is not { State: not TeamState.Active } || !any.Decide().Allow;

    [Property]
    public bool An_agent_never_touches_money_or_votes(Case any) =>
        !Actions.IsForPeopleOnly(any.Facts.Action) || !PolicyEngine.Decide(any.Registry, any.Facts with { Kind = SubjectKind.Agent, Person = null }).Allow;

    private static int Index(int pick, int length) => (int)((uint)pick % (uint)length);
}
