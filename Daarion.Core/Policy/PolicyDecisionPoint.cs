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
    private readonly IQuotaSource? quotas;

    public PolicyDecisionPoint(
        IPolicySnapshots registry, FactGatherer gatherer, FactCache cache, IEnumerable<IQuotaSource> quotas, IDecisionLog log, TimeProvider clock, IMeterFactory meters, ILogger<PolicyDecisionPoint> logger)
    {
        this.quotas = quotas.LastOrDefault();
        (this.registry, this.gatherer, this.cache, this.log, this.clock, this.logger) = (registry, gatherer, cache, log, clock, logger);
        decisions = meters.Create(ServiceMeters.Prefix + "policy").CreateCounter<long>("daarion.policy.decisions", "{decision}", "Decisions of the PDP, by reason.");
    }

    /// <summary>The time now.</summary>
    public DateTimeOffset Now => Timestamps.Truncate(clock.GetUtcNow());

    /// <summary>Decides a question and remembers it. Quotas are looked at, and stay as they are.</summary>
    public ValueTask<TakenDecision> Decide(in DecisionFacts question, CancellationToken ct) =>
        IsMetered(question) ? Metered(question, null, ct) : Unmetered(question, ct);

    /// <summary>Decides a question and takes what it uses up; the operation gives it back when it fails.</summary>
    public ValueTask<TakenDecision> DecideAndTake(in DecisionFacts question, Operation operation, CancellationToken ct) =>
        IsMetered(question) ? Metered(question, operation, ct) : Unmetered(question, ct);

    // What whoever asks has looked at already is not looked at again.
    private bool IsMetered(in DecisionFacts question) => quotas is not null && quotas.Meters(question.Action) && question is { Quota: null, Resource: not { TakesNothing: true } };

    private ValueTask<TakenDecision> Unmetered(in DecisionFacts question, CancellationToken ct)
    {
        var snapshot = registry.Current(ct);
        var facts = gatherer.Gather(question, ct);
        return snapshot.IsCompletedSuccessfully && facts.IsCompletedSuccessfully
            ? new(Take(snapshot.Result, facts.Result, Now, null))
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
        var (snapshot, facts) = await Gathered(pendingSnapshot, pendingFacts, question, ct);
        return Take(snapshot, facts, Now, null);
    }

    // The quota is the last thing to be asked but for freezes, which are known by then: what is taken is taken by an action that may be.
    private async ValueTask<TakenDecision> Metered(DecisionFacts question, Operation? operation, CancellationToken ct)
    {
        var (snapshot, facts) = await Gathered(registry.Current(ct), gatherer.Gather(question, ct), question, ct);
        var at = Now;
        var number = DecisionNumber.New(at);
        var verdict = PolicyEngine.Decide(snapshot, facts);
        try
        {
            if (verdict.Allow && operation is not null)
            {
                var taken = await quotas!.Take(facts, number.Id, operation.CountsFirst(facts.Action), ct);
                operation.Remember(taken.GiveBack);
                facts = facts with { Quota = taken.Quota, Rate = taken.Rate };
                if (taken is { GiveBack: not null, Quota: { } quota })
                {
                    QuotaWatch.Note(quota.Metric, quota.Used + facts.Units, quota.Limit);
                }
            }
            else if (verdict.Allow || verdict.Failed > PolicyEngine.QuotaPlace)
            {
                facts = facts with { Quota = await quotas!.Look(facts, ct) };
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            QuotaUnavailable(logger, question.Action, e);
            facts = question with { Available = false };
        }

        return Take(snapshot, facts, at, number);
    }

    private async ValueTask<(PolicySnapshot Snapshot, DecisionFacts Facts)> Gathered(
        ValueTask<PolicySnapshot> pendingSnapshot, ValueTask<DecisionFacts> pendingFacts, DecisionFacts question, CancellationToken ct)
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

        return (snapshot, facts);
    }

    private TakenDecision Take(PolicySnapshot snapshot, in DecisionFacts facts, DateTimeOffset at, DecisionNumber? number)
    {
        var verdict = PolicyEngine.Decide(snapshot, facts);
        decisions.Add(1, new KeyValuePair<string, object?>("reason", verdict.Reason));
        var taken = new TakenDecision(number ?? DecisionNumber.New(at), at, verdict, facts, snapshot, Activity.Current?.TraceId.ToHexString());
        log.Write(taken);
        return taken;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The quota of {Action} could not be had; the answer is policy_unavailable")]
    private static partial void QuotaUnavailable(ILogger log, string action, Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The registry could not be read; every answer is policy_unavailable until it can")]
    private static partial void RegistryUnavailable(ILogger log, Exception e);
}
