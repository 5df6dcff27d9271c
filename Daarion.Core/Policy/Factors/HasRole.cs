using Daarion.Core.Kernel;

namespace Daarion.Core.Policy.Factors;

/// <summary>
/// <c>Role</c>: a person needs a role in the team, an office in the city, or asks for what is their own outside any team. Keys, services and
/// platforms have no role; what they may is decided by what they hold. An access key has the role of whoever it belongs to, in its own team only.
/// </summary>
internal sealed class HasRole : Factor
{
    public override string Name => "role";

    public override string? Refuses(PolicySnapshot registry, in DecisionFacts facts) =>
        IsElsewhere(facts) ? Reasons.NoRole
        : facts.Person is null
            ? facts.Kind == SubjectKind.User ? Reasons.NoRole : null
            : facts.Membership is not null || facts.Office is not null || facts.IsOwnOutsideTeams ? null : Reasons.NoRole;

    protected override Sentence Found(PolicySnapshot registry, DecisionFacts facts, string? reason) => facts switch
    {
        _ when IsElsewhere(facts) => Sentence.Of("role.other_team", "The key {key} reaches the team {team} only.", ("key", facts.Key!.Name), ("team", facts.Grant!.TeamId.Value)),
        { Person: null, Kind: SubjectKind.User } => Sentence.Of("role.nobody", "Nobody is signed in."),
        { Person: null } => Sentence.Of("role.not_needed", "{subject} has no role; what it holds decides.", ("subject", facts.SubjectId)),
        { Membership: { ViewerType: { } viewer } member } => Sentence.Of(
            "role.member_viewer",
            "{subject} is {role} ({viewer}) of {team} since {since}.",
            ("subject", Who(facts)),
            ("role", member.Role.ToString()),
            ("viewer", Words.Of(viewer)),
            ("team", TeamName(facts)),
            ("since", Timestamps.Format(member.Since))),
        { Membership: { } member } => Sentence.Of(
            "role.member",
            "{subject} is {role} of {team} since {since}.",
            ("subject", Who(facts)),
            ("role", member.Role.ToString()),
            ("team", TeamName(facts)),
            ("since", Timestamps.Format(member.Since))),
        { Office: { } office } => Sentence.Of(
            "role.operator",
            "{subject} has no role in {team}, but is an operator of the city ({role}) since {since}.",
            ("subject", Who(facts)),
            ("team", TeamName(facts)),
            ("role", office.Role.ToString()),
            ("since", Timestamps.Format(office.Since))),
        _ when reason is null => Sentence.Of("role.own", "It is {subject}'s own and belongs to no team.", ("subject", Who(facts))),
        _ => Sentence.Of("role.none", "{subject} has no role in {team}.", ("subject", Who(facts)), ("team", TeamName(facts))),
    };

    protected override IEnumerable<FactSource> Sources(PolicySnapshot registry, DecisionFacts facts)
    {
        if (facts.Membership is { } member)
            yield return new FactSource("membership", member.TeamId.Value, Since: member.Since);
        if (facts.Office is { } office && office.TeamId != facts.Membership?.TeamId)
            yield return new FactSource("membership", office.TeamId.Value, Since: office.Since);
    }

    protected override Sentence WayOut(PolicySnapshot registry, DecisionFacts facts, string reason) =>
        IsElsewhere(facts) ? Sentence.Of("role.key_there", "Make a key in the team that it is about, and present that one.")
        : facts.Person is null ? Sentence.Of("role.sign_in", "Sign in first.")
        : Sentence.Of(
            "role.join",
            "{subject} needs a role in {team} whose bundle holds {action}: {bundles}.",
            ("subject", Who(facts)),
            ("team", TeamName(facts)),
            ("action", facts.Action),
            ("bundles", List(registry.Holders(facts.Action).Where(Holdings.IsForPeople))));

    // What is the person's own outside any team goes with their own key, whichever team it is of.
    private static bool IsElsewhere(in DecisionFacts facts) => facts.Grant is { } grant && grant.TeamId != facts.TeamId && !facts.IsOwnOutsideTeams;
}
