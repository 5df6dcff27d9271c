using Daarion.Core.Kernel;

namespace Daarion.Core.Policy;

/// <summary>The registry as the PDP has it now; swapped whole when the registry changes.</summary>
public interface IPolicySnapshots
{
    /// <summary>The snapshot in force; loads the first one where there is none yet.</summary>
    ValueTask<PolicySnapshot> Current(CancellationToken ct);

    /// <summary>Loads the registry again and swaps: whoever changed it calls this after the commit and before the answer.</summary>
    Task<PolicySnapshot> Reload(CancellationToken ct);
}

/// <summary>The memory of the PDP: every refusal and a sample of the allowances, written behind.</summary>
public interface IDecisionLog
{
    /// <summary>Takes a decision in. Never waits and never fails: when the queue is full the decision is counted as lost.</summary>
    void Write(in TakenDecision decision);

    /// <summary>Decisions, newest first.</summary>
    Task<Page<DecisionRecord>> List(DecisionFilter filter, CancellationToken ct);

    /// <summary>One decision with its chain, or null where it was not kept.</summary>
    Task<DecisionExplanation?> Find(DecisionId id, CancellationToken ct);
}

/// <summary>A decision with everything it was taken by, so that its explanation can be written later. A value: only the log makes an object of what it keeps.</summary>
/// <param name="Number">Its identifier, not yet text.</param>
/// <param name="At">When it was taken: the time in its identifier.</param>
/// <param name="Verdict">What the engine said.</param>
/// <param name="Facts">The facts it had.</param>
/// <param name="Registry">The registry it had.</param>
/// <param name="TraceId">The trace it was part of.</param>
public readonly record struct TakenDecision(DecisionNumber Number, DateTimeOffset At, Verdict Verdict, DecisionFacts Facts, PolicySnapshot Registry, string? TraceId)
{
    /// <summary><c>dec_…</c>.</summary>
    public DecisionId Id => Number.Id;

    /// <summary>The decision for its caller.</summary>
    public Decision ToDecision() => new(Number, Verdict.Allow, Verdict.Reason, Verdict.Obligations, Verdict.Scope);

    /// <summary>The decision for a caller outside the process.</summary>
    public DecisionAnswer ToAnswer() =>
        new(Verdict.Allow, Verdict.Reason, Verdict.Obligations, Verdict.Scope, Facts.Quota is { } quota ? QuotaStanding.Of(quota) : null, Id);

    /// <summary>The decision with its chain.</summary>
    public DecisionExplanation Explain()
    {
        var explained = PolicyEngine.Explain(Registry, Facts);
        return new(
            Id,
            At,
            new SubjectRef(Facts.SubjectId, Facts.Kind),
            Facts.Action,
            Facts.TeamId,
            Facts.Resource is { } resource ? new DecisionResource(resource.Kind, resource.Id, resource.TeamId, resource.Mode, resource.Acl, resource.OwnerId) : null,
            Facts.KeyId,
            Verdict.Allow,
            Verdict.Reason,
            Verdict.Obligations,
            Verdict.Scope,
            Facts.Quota is { } quota ? QuotaStanding.Of(quota) : null,
            Registry.Version,
            TraceId,
            explained.Chain,
            explained.Change);
    }
}
