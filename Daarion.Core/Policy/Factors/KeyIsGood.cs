using Daarion.Core.Kernel;

namespace Daarion.Core.Policy.Factors;

/// <summary><c>KeyStatus</c>: a key that was presented must exist, must not be revoked and must not have run out.</summary>
internal sealed class KeyIsGood : Factor
{
    public override string Name => "key";

    public override string? Refuses(PolicySnapshot registry, DecisionFacts facts) => facts switch
    {
        { KeyId: null } => null,
        { Key: null } => Reasons.KeyInvalid,
        { Key.Revoked: not null } => Reasons.KeyRevoked,
        { Key.ExpiresAt: { } end } when end <= facts.At => Reasons.KeyExpired,
        _ => null,
    };

    protected override Sentence Found(PolicySnapshot registry, DecisionFacts facts, string? reason)
    {
        var key = facts.Key;
        return reason switch
        {
            Reasons.KeyInvalid => Sentence.Of("key.unknown", "There is no key {key}.", ("key", facts.KeyId!)),
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
        Sentence.Of("key.replace", "Present a key that is good; an operator makes one.");
}
