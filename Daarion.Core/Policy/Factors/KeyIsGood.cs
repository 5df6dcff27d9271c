using Daarion.Core.Kernel;

namespace Daarion.Core.Policy.Factors;

/// <summary>
/// <c>KeyStatus</c>: a key that was presented must exist, must not be revoked and must not have run out; an access key must be the subject's own and come
/// from an address it may come from.
/// </summary>
internal sealed class KeyIsGood : Factor
{
    public override string Name => "key";

    public override string? Refuses(PolicySnapshot registry, in DecisionFacts facts) => facts switch
    {
        { KeyId: null } => null,
        { Key: null } => Reasons.KeyInvalid,
        _ when !IsTheSubjects(facts) => Reasons.KeyInvalid,
        { Key.IsEnded: true } => Reasons.KeyRevoked,
        { Key.ExpiresAt: { } end } when end <= facts.At => Reasons.KeyExpired,
        _ when facts.Grant is { } grant && !grant.Admits(facts.Ip) => Reasons.KeyInvalid,
        _ => null,
    };

    protected override Sentence Found(PolicySnapshot registry, DecisionFacts facts, string? reason)
    {
        var key = facts.Key;
        return reason switch
        {
            Reasons.KeyInvalid when key is not null && !IsTheSubjects(facts) => Sentence.Of("key.not_theirs", "The key {key} is not {subject}'s.", ("key", facts.KeyId!), ("subject", facts.SubjectId)),
            Reasons.KeyInvalid when key is not null => Sentence.Of(
                "key.elsewhere",
                "The key {name} may come from {addresses} only, not from {address}.",
                ("name", key.Name),
                ("addresses", List(facts.Grant!.Cidrs)),
                ("address", facts.Ip?.ToString() ?? "–")),
            Reasons.KeyInvalid => Sentence.Of("key.unknown", "There is no key {key}.", ("key", facts.KeyId!)),
            Reasons.KeyRevoked when key is { Revoked: null, Suspended: { } since } =>
                Sentence.Of("key.suspended", "The key {name} is suspended since {at}, for it was used in an unusual way.", ("name", key.Name), ("at", Timestamps.Format(since))),
            Reasons.KeyRevoked => Sentence.Of("key.revoked", "The key {name} was revoked at {at}.", ("name", key!.Name), ("at", Timestamps.Format(key.Revoked!.Value))),
            Reasons.KeyExpired => Sentence.Of("key.expired", "The key {name} ran out at {at}.", ("name", key!.Name), ("at", Timestamps.Format(key.ExpiresAt!.Value))),
            _ when facts.KeyId is null => Sentence.Of("key.none", "No key was presented and none is needed."),
            _ when key!.ExpiresAt is { } end => Sentence.Of("key.good_until", "The key {name} is good until {at}.", ("name", key.Name), ("at", Timestamps.Format(end))),
            _ => Sentence.Of("key.good", "The key {name} is good.", ("name", key!.Name)),
        };
    }

    protected override IEnumerable<FactSource> Sources(PolicySnapshot registry, DecisionFacts facts) =>
        facts.KeyId is { } key ? [new FactSource("key", key)] : [];

    protected override Sentence WayOut(PolicySnapshot registry, DecisionFacts facts, string reason) =>
        reason == Reasons.KeyInvalid && facts.Grant is not null && IsTheSubjects(facts)
            ? Sentence.Of("key.come_from", "Use the key from one of its addresses, or make a key without them.")
            : facts.Key is { Revoked: null, Suspended: not null }
                ? Sentence.Of("key.lift", "Whoever may revoke the key looks at what was unusual, and makes it good again.")
            : facts.Grant is not null
                ? Sentence.Of("key.make_another", "Present a key that is good; whoever this one belongs to makes another.")
                : Sentence.Of("key.replace", "Present a key that is good; an operator makes one.");

    // Agents and integrations have nothing but access keys. A service key presented for a person proves nothing about them and takes nothing away.
    private static bool IsTheSubjects(in DecisionFacts facts) => facts.Grant is { } grant
        ? grant.SubjectKind == facts.Kind && grant.SubjectId == facts.SubjectId && grant.Owner == facts.Person
        : facts.IsOneself;
}
