using Daarion.Core.Kernel;

namespace Daarion.Core.Policy.Factors;

/// <summary><c>Freeze</c>: the city may stop a capability for everyone, until a time or until it is lifted.</summary>
internal sealed class NotFrozen : Factor
{
    public override string Name => "freeze";

    public override string? Refuses(PolicySnapshot registry, in DecisionFacts facts) =>
        registry.Freezes.Count > 0 && registry.Freezes.TryGetValue(facts.Action, out var freeze) && (freeze.Until is not { } until || until > facts.At) ? Reasons.Frozen : null;

    protected override Sentence Found(PolicySnapshot registry, DecisionFacts facts, string? reason) => reason is null
        ? Sentence.Of("freeze.none", "{action} is not frozen.", ("action", facts.Action))
        : Sentence.Of("freeze.frozen", "{action} is frozen for everyone: {why}", ("action", facts.Action), ("why", registry.Freezes[facts.Action].Why));

    protected override IEnumerable<FactSource> Sources(PolicySnapshot registry, DecisionFacts facts) =>
        registry.Freezes.ContainsKey(facts.Action) ? [new FactSource("freeze", facts.Action, registry.Version)] : [];

    protected override Sentence WayOut(PolicySnapshot registry, DecisionFacts facts, string reason) => registry.Freezes[facts.Action].Until is { } until
        ? Sentence.Of("freeze.wait", "Wait until {until}, or have the freeze lifted.", ("until", Timestamps.Format(until)))
        : Sentence.Of("freeze.lift", "The freeze must be lifted by whoever set it.");
}
