using System.Diagnostics;
using System.Diagnostics.Metrics;
using Daarion.Core.Kernel;
using Microsoft.Extensions.Logging;

namespace Daarion.Core.Policy;

/// <summary>The engine with the registry, the facts and the log around it: one for each process.</summary>
internal sealed partial class PolicyDecisionPoint
{
    private static readonly PolicySnapshot Nothing = new(0, DateTimeOffset.UnixEpoch, [], []);
    private readonly IPolicySnapshots registry;
    private readonly FactGatherer gatherer;
    private readonly FactCache cache;
    private readonly IDecisionLog log;
    private readonly TimeProvider clock;
    private readonly ILogger<PolicyDecisionPoint> logger;
    private readonly Counter<long> decisions;

    public PolicyDecisionPoint(
        IPolicySnapshots registry, FactGatherer gatherer, FactCache cache, IDecisionLog log, TimeProvider clock, IMeterFactory meters, ILogger<PolicyDecisionPoint> logger)
    {
        (this.registry, this.gatherer, this.cache, this.log, this.clock, this.logger) = (registry, gatherer, cache, log, clock, logger);
        decisions = meters.Create(ServiceMeters.Prefix + "policy").CreateCounter<long>("daarion.policy.decisions", "{decision}", "Decisions of the PDP, by reason.");
    }

    /// <summary>The time now.</summary>
    public DateTimeOffset Now => Timestamps.Truncate(clock.GetUtcNow());

    /// <summary>Decides a question and remembers it.</summary>
    public ValueTask<TakenDecision> Decide(DecisionFacts question, CancellationToken ct)
    {
        var snapshot = registry.Current(ct);
        var facts = gatherer.Gather(question, ct);
        return snapshot.IsCompletedSuccessfully && facts.IsCompletedSuccessfully
            ? new(Take(snapshot.Result, facts.Result))
            : Await(snapshot, facts, question, ct);
    }

    /// <summary>Remembers an allowance that rests on a proof instead of on the registry.</summary>
    public DecisionNumber AllowByProof()
    {
        decisions.Add(1, new KeyValuePair<string, object?>("reason", "proof"));
        return DecisionNumber.New(Now);
    }

    private async ValueTask<TakenDecision> Await(ValueTask<PolicySnapshot> pendingSnapshot, ValueTask<DecisionFacts> pendingFacts, DecisionFacts question, CancellationToken ct)
    {
        DecisionFacts facts;
        PolicySnapshot snapshot;
        try
        {
            snapshot = await pendingSnapshot;
            facts = await pendingFacts;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            cache.Reachable = false;
            RegistryUnavailable(logger, e);
            (snapshot, facts) = (Nothing, question with { Available = false });
        }

        return Take(snapshot, facts);
    }

    private TakenDecision Take(PolicySnapshot snapshot, in DecisionFacts facts)
    {
        var verdict = PolicyEngine.Decide(snapshot, facts);
        decisions.Add(1, new KeyValuePair<string, object?>("reason", verdict.Reason));
        var at = Now;
        var taken = new TakenDecision(DecisionNumber.New(at), at, verdict, facts, snapshot, Activity.Current?.TraceId.ToHexString());
        log.Write(taken);
        return taken;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The registry could not be read; every answer is policy_unavailable until it can")]
    private static partial void RegistryUnavailable(ILogger log, Exception e);
}
