using Daarion.Core.Kernel;

namespace Daarion.Core.Policy.Factors;

/// <summary>
/// <c>RBAC</c>: the role must hold the capability for this: with this viewer type, and for what is another's as well where it is another's.
/// Agents never touch money or votes, whatever key they hold, and no access key gives out what would outlive it. An access key's own grants must reach as far.
/// </summary>
internal sealed class RoleAllows : Factor
{
    public override string Name => "rbac";

    public override string? Refuses(PolicySnapshot registry, in DecisionFacts facts)
    {
        if (IsForPeopleOnly(facts) || IsNeverByKey(facts))
        {
            return Reasons.RbacDenied;
        }

        return facts.Person is null || (Holdings.PersonReaches(registry, facts) is not null && Holdings.KeyReaches(registry, facts) is not null) ? null : Reasons.RbacDenied;
    }

    protected override Sentence Found(PolicySnapshot registry, DecisionFacts facts, string? reason)
    {
        if (IsForPeopleOnly(facts))
        {
            return Sentence.Of("rbac.agent", "No agent may do {action}, whatever key it holds.", ("action", facts.Action));
        }

        if (IsNeverByKey(facts))
        {
            return Sentence.Of("rbac.key_never", "No access key may do {action}: what it gave out would outlive it.", ("action", facts.Action));
        }

        if (facts.Person is null)
        {
            return Sentence.Of("rbac.not_needed", "{subject} has no role that could restrict it.", ("subject", facts.SubjectId));
        }

        if (reason is not null && Holdings.PersonReaches(registry, facts) is not null)
        {
            return Sentence.Of("rbac.key_own", "The key {key} may do {action} only with what is {subject}'s own.", ("key", facts.Key!.Name), ("action", facts.Action), ("subject", Who(facts)));
        }

        if (reason is null)
        {
            return Holdings.ScopeOf(registry, facts) == DecisionScope.All
                ? Sentence.Of("rbac.all", "{role} may do {action} here.", ("role", RoleOf(facts)), ("action", facts.Action))
                : Sentence.Of("rbac.own", "{role} may do {action} with what is {subject}'s own.", ("role", RoleOf(facts)), ("action", facts.Action), ("subject", Who(facts)));
        }

        return GrantOf(registry, facts) switch
        {
            null => Sentence.Of("rbac.plan_only", "The plan of {team} has {action}, but {role} does not.", ("team", TeamName(facts)), ("action", facts.Action), ("role", RoleOf(facts))),
            { Viewer: { } least } when facts.Membership is { ViewerType: { } viewer } && viewer < least => Sentence.Of(
                "rbac.viewer", "A member who is a {viewer} may not do {action}; that takes a {least}.", ("viewer", Words.Of(viewer)), ("action", facts.Action), ("least", Words.Of(least))),
            _ => Sentence.Of("rbac.not_own", "{role} may do {action} only with what is their own.", ("role", RoleOf(facts)), ("action", facts.Action)),
        };
    }

    protected override IEnumerable<FactSource> Sources(PolicySnapshot registry, DecisionFacts facts)
    {
        var (role, office, own) = Holdings.Of(registry, facts);
        foreach (var bundle in new[] { role, office, own }.OfType<Bundle>().Where(bundle => bundle.Holds(facts.Action)))
            yield return new FactSource("bundle", bundle.Name, bundle.Version);
        if (facts.Resource?.OwnerId is { } owner)
            yield return new FactSource("resource", owner);
    }

    protected override Sentence WayOut(PolicySnapshot registry, DecisionFacts facts, string reason)
    {
        if (IsForPeopleOnly(facts) || IsNeverByKey(facts))
        {
            return Sentence.Of("rbac.ask_person", "A person must do {action} themselves.", ("action", facts.Action));
        }

        if (Holdings.PersonReaches(registry, facts) is not null)
        {
            return Sentence.Of("rbac.key_wider", "A key is needed that holds {action} for everything, not for what is one's own only.", ("action", facts.Action));
        }

        return GrantOf(registry, facts) is { Viewer: { } least } && facts.Membership is { ViewerType: { } viewer } && viewer < least
            ? Sentence.Of("rbac.raise_viewer", "{subject} must be made a {least} of {team}.", ("subject", Who(facts)), ("least", Words.Of(least)), ("team", TeamName(facts)))
            : Sentence.Of(
                "rbac.change_role",
                "{subject} needs a role that may do {action} with everything: {bundles}.",
                ("subject", Who(facts)),
                ("action", facts.Action),
                ("bundles", List(registry.Holders(facts.Action).Where(name => Holdings.IsForPeople(name) && registry.Find(name).Grants[facts.Action].Scope == DecisionScope.All))));
    }

    private static bool IsForPeopleOnly(in DecisionFacts facts) => facts.Kind == SubjectKind.Agent && Actions.IsForPeopleOnly(facts.Action);

    private static bool IsNeverByKey(in DecisionFacts facts) => facts.Grant is not null && Actions.IsNeverByKey(facts.Action);

    private static Grant? GrantOf(PolicySnapshot registry, DecisionFacts facts)
    {
        var (role, office, own) = Holdings.Of(registry, facts);
        foreach (var bundle in new[] { role, office, own }.OfType<Bundle>())
        {
            if (bundle.Grants.TryGetValue(facts.Action, out var grant))
            {
                return grant;
            }
        }

        return null;
    }

    private static string RoleOf(DecisionFacts facts) =>
        facts.Membership?.Role.ToString() ?? (facts.Office is { } office ? BundleNames.City(office.Role) : Who(facts));
}
