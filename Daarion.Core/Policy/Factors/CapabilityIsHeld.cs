using Daarion.Core.Kernel;

namespace Daarion.Core.Policy.Factors;

/// <summary>
/// <c>Capability</c>: what the subject holds must have the action's capability. A service key that acts for a person must hold it and
/// <c>service.act_as</c>, and the person must hold it too: neither ever gets more through the other. An access key must hold it, and so must whoever
/// the key belongs to.
/// </summary>
internal sealed class CapabilityIsHeld : Factor
{
    public override string Name => "capability";

    public override string? Refuses(PolicySnapshot registry, in DecisionFacts facts)
    {
        if ((facts.Kind != SubjectKind.User || facts.Grant is not null) && !Holdings.SubjectHolds(registry, facts, facts.Action))
        {
            return Reasons.CapabilityMissing;
        }

        if (facts.Person is null)
        {
            return facts.Kind == SubjectKind.User ? Reasons.CapabilityMissing : null;
        }

        if (NeedsActAs(facts) && !Holdings.SubjectHolds(registry, facts, Actions.ActAs))
        {
            return Reasons.CapabilityMissing;
        }

        return Holdings.PersonHolds(registry, facts) ? null : Reasons.CapabilityMissing;
    }

    protected override Sentence Found(PolicySnapshot registry, DecisionFacts facts, string? reason)
    {
        if (reason is null)
        {
            return Sentence.Of("capability.held", "{subject} holds {action} through {holders}.", ("subject", facts.SubjectId), ("action", facts.Action), ("holders", List(Holders(registry, facts).Select(source => source.Id!))));
        }

        if (!registry.Capabilities.Contains(facts.Action))
        {
            return Sentence.Of("capability.unknown", "The registry (version {version}) has no capability {action}.", ("version", $"{registry.Version}"), ("action", facts.Action));
        }

        if (NarrowedFrom(registry, facts) is { } left)
        {
            return Sentence.Of("capability.narrowed", "The key of {subject} holds {action}, but this token was asked for without it.", ("subject", facts.SubjectId), ("action", left));
        }

        if (facts.Grant is { } grant && !Holdings.SubjectHolds(registry, facts, facts.Action))
        {
            return Sentence.Of("capability.key_lacks", "The key {key} was not given {action}; its bundles are {bundles}.", ("key", facts.Key!.Name), ("action", facts.Action), ("bundles", List(grant.Bundles)));
        }

        return LacksActAs(registry, facts)
            ? Sentence.Of("capability.no_act_as", "{subject} does not hold {action}, which acting for a person takes.", ("subject", facts.SubjectId), ("action", Actions.ActAs))
            : Sentence.Of(
                "capability.not_held",
                "Nothing that {subject} holds has {action}; {holders} would.",
                ("subject", Missing(registry, facts)),
                ("action", facts.Action),
                ("holders", List(registry.Holders(facts.Action))));
    }

    protected override IEnumerable<FactSource> Sources(PolicySnapshot registry, DecisionFacts facts) =>
        Holders(registry, facts).Append(new FactSource("registry", Version: registry.Version));

    protected override Sentence WayOut(PolicySnapshot registry, DecisionFacts facts, string reason)
    {
        if (!registry.Capabilities.Contains(facts.Action))
        {
            return Sentence.Of("capability.create", "{action} must be a capability of the registry, held by what {subject} has.", ("action", facts.Action), ("subject", facts.SubjectId));
        }

        if (NarrowedFrom(registry, facts) is { } left)
        {
            return Sentence.Of("capability.ask_wider", "Ask for a token whose scope has {action} too.", ("action", left));
        }

        if (facts.KeyId is not null && (LacksActAs(registry, facts) || !Holdings.SubjectHolds(registry, facts, facts.Action)))
        {
            return Sentence.Of("capability.give_key", "The key {key} must be given {action}.", ("key", facts.Key?.Name ?? facts.KeyId), ("action", LacksActAs(registry, facts) ? Actions.ActAs : facts.Action));
        }

        return facts.Person is not null
            ? Sentence.Of(
                "capability.change_role",
                "{subject} needs one of these in {team}: {bundles}; or their role's bundle must be given {action}.",
                ("subject", Who(facts)),
                ("team", TeamName(facts)),
                ("bundles", List(registry.Holders(facts.Action).Where(Holdings.IsForPeople))),
                ("action", facts.Action))
            : Sentence.Of("capability.give_bundle", "A bundle of {subject} must be given {action}.", ("subject", facts.SubjectId), ("action", facts.Action));
    }

    private static string? NarrowedFrom(PolicySnapshot registry, DecisionFacts facts) =>
        new[] { facts.Action, Actions.ActAs }.FirstOrDefault(action =>
            (action == facts.Action || LacksActAs(registry, facts)) && Holdings.KeyHolds(registry, facts, action) && !Holdings.SubjectHolds(registry, facts, action));

    private static bool LacksActAs(PolicySnapshot registry, in DecisionFacts facts) =>
        facts.Person is not null
        && NeedsActAs(facts)
        && Holdings.SubjectHolds(registry, facts, facts.Action)
        && !Holdings.SubjectHolds(registry, facts, Actions.ActAs);

    // Only a service key acts for somebody else; an access key belongs to the person whose role cuts it.
    private static bool NeedsActAs(in DecisionFacts facts) => facts.Kind != SubjectKind.User && facts.Grant is null;

    private static string Missing(PolicySnapshot registry, DecisionFacts facts) =>
        facts.Kind != SubjectKind.User && !Holdings.SubjectHolds(registry, facts, facts.Action) ? facts.SubjectId : Who(facts);

    private static IEnumerable<FactSource> Holders(PolicySnapshot registry, DecisionFacts facts)
    {
        if (Holdings.KeyItselfHolds(facts, facts.Action) && !Holdings.IsNarrowedFrom(facts, facts.Action))
            yield return new FactSource("key", facts.KeyId);

        foreach (var bundle in (facts.Grant?.Bundles ?? []).Select(registry.Find).Where(bundle => bundle.Holds(facts.Action)))
            yield return new FactSource("bundle", bundle.Name, bundle.Version);

        var (role, office, own) = Holdings.Of(registry, facts);
        var plan = facts is { Membership: not null, Team: { } team } ? registry.Of(team.Plan) : null;
        Bundle?[] bundles = facts.Kind switch
        {
            SubjectKind.Service => [registry.ServiceDefault, facts.Service is { } service ? registry.Find(BundleNames.Service(service)) : null, role, office, own, plan],
            SubjectKind.Embassy => [registry.PlatformDefault, facts.Platform is { } platform ? registry.Find(BundleNames.Platform(platform)) : null],
            _ => [role, office, own, plan],
        };
        foreach (var bundle in bundles.OfType<Bundle>().Where(bundle => bundle.Holds(facts.Action)))
            yield return new FactSource("bundle", bundle.Name, bundle.Version);
    }
}
