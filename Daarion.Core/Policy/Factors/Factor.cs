namespace Daarion.Core.Policy.Factors;

/// <summary>One of the ten factors of a decision: whether it refuses, and in words what it looked at, where that comes from and what would have to change.</summary>
internal abstract class Factor
{
    /// <summary>Its name in an explanation.</summary>
    public abstract string Name { get; }

    /// <summary>The reason to refuse, or null.</summary>
    public abstract string? Refuses(PolicySnapshot registry, in DecisionFacts facts);

    /// <summary>The factor in words.</summary>
    public FactorFinding Explain(PolicySnapshot registry, DecisionFacts facts)
    {
        var reason = Refuses(registry, facts);
        return new(
            Name,
            reason is null ? FactorResult.Pass : FactorResult.Fail,
            reason,
            Found(registry, facts, reason),
            [.. Sources(registry, facts)],
            reason is null ? null : WayOut(registry, facts, reason));
    }

    /// <summary>The factor where one before it has refused.</summary>
    public FactorFinding NotReached() => new(Name, FactorResult.NotReached, null, null, [], null);

    /// <summary>What it looked at and found.</summary>
    protected abstract Sentence Found(PolicySnapshot registry, DecisionFacts facts, string? reason);

    /// <summary>Where those facts come from.</summary>
    protected abstract IEnumerable<FactSource> Sources(PolicySnapshot registry, DecisionFacts facts);

    /// <summary>What would have to change for this factor to pass.</summary>
    protected abstract Sentence WayOut(PolicySnapshot registry, DecisionFacts facts, string reason);

    /// <summary>The team in words.</summary>
    protected static string TeamName(DecisionFacts facts) => facts.Team?.Name ?? facts.TeamId.Value;

    /// <summary>The subject in words.</summary>
    protected static string Who(DecisionFacts facts) => facts.Person?.Value ?? facts.SubjectId;

    /// <summary>Names in one line.</summary>
    protected static string List(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } list ? list : "–";
}
