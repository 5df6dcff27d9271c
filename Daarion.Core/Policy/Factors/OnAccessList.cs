using Daarion.Core.Kernel;

namespace Daarion.Core.Policy.Factors;

/// <summary>
/// <c>ACL</c>: where a thing has an access list, one must be on it, by name or by role; the team's Owner and Guardians and the thing's own owner
/// always are. An agent or integration must be on it by its own name, and whoever it belongs to must pass as well. The city's services and service keys are let by: what they show to whom is asked again for that person.
/// </summary>
internal sealed class OnAccessList : Factor
{
    public override string Name => "acl";

    public override string? Refuses(PolicySnapshot registry, in DecisionFacts facts)
    {
        if (facts.Resource?.Acl is not { } acl)
        {
            return null;
        }

        if (!facts.IsOneself && !acl.Has(facts.SubjectId))
        {
            return Reasons.AclBlock;
        }

        if (facts.IsOwn || facts.Standing.Role is TeamRole.Owner or TeamRole.Guardian)
        {
            return null;
        }

        if (facts.Person is null && facts.Kind == SubjectKind.Service)
        {
            return null;
        }

        return acl.Has(facts.Person?.Value ?? facts.SubjectId)
            || (facts.Standing.Role is { } role && acl.Has(BundleNames.Role(role)))
            ? null
            : Reasons.AclBlock;
    }

    protected override Sentence Found(PolicySnapshot registry, DecisionFacts facts, string? reason) => facts.Resource?.Acl is not { } acl
        ? Sentence.Of("acl.none", "There is no access list.")
        : reason is null
            ? Sentence.Of("acl.listed", "{subject} passes the access list of {count}.", ("subject", facts.IsOneself ? Who(facts) : facts.SubjectId), ("count", $"{acl.Count}"))
            : Sentence.Of("acl.not_listed", "{subject} is not on the access list of {count}.", ("subject", facts.IsOneself ? Who(facts) : facts.SubjectId), ("count", $"{acl.Count}"));

    protected override IEnumerable<FactSource> Sources(PolicySnapshot registry, DecisionFacts facts) =>
        facts.Resource?.Acl is null ? [] : [new FactSource("resource", facts.Resource.Id ?? facts.Resource.Kind)];

    protected override Sentence WayOut(PolicySnapshot registry, DecisionFacts facts, string reason) =>
        Sentence.Of("acl.add", "{subject} must be put on the access list, by an Owner or Guardian of {team}.", ("subject", Who(facts)), ("team", TeamName(facts)));
}
