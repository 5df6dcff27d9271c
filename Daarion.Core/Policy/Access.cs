using Daarion.Core.Kernel;

namespace Daarion.Core.Policy;

/// <summary>The door of one operation to the PDP.</summary>
internal sealed class Access(Operation operation, PolicyDecisionPoint pdp) : IAccess
{
    private static readonly TeamId City = Id<TeamKind>.WellKnown();

    public ValueTask<Decision> Require(Caller caller, string action, ResourceRef? resource, CancellationToken ct)
    {
        var pending = pdp.DecideAndTake(Questions.Of(caller, action, resource, pdp.Now), operation, ct);
        return pending.IsCompletedSuccessfully ? new(AllowedOrThrow(pending.Result)) : Await(pending);

        async ValueTask<Decision> Await(ValueTask<TakenDecision> decision) => AllowedOrThrow(await decision);
    }

    public async ValueTask<Decision> RequireWithin(Caller caller, string action, ResourceRef? resource, QuotaFact quota, decimal units, CancellationToken ct) =>
        AllowedOrThrow(await pdp.Decide(Questions.Of(caller, action, resource, pdp.Now) with { Quota = quota, Units = units }, ct));

    public ValueTask<Decision> Ask(Caller caller, string action, ResourceRef? resource, CancellationToken ct)
    {
        var pending = pdp.Decide(Questions.Of(caller, action, resource, pdp.Now), ct);
        return pending.IsCompletedSuccessfully ? new(Recorded(pending.Result)) : Await(pending);

        async ValueTask<Decision> Await(ValueTask<TakenDecision> decision) => Recorded(await decision);
    }

    public Decision AllowByProof(Caller caller, string action, string proof)
    {
        var number = pdp.AllowByProof();
        operation.Record(number, true);
        operation.Activity?.SetTag("daarion.proof", proof);
        return new Decision(number, true, Reasons.Ok, [], DecisionScope.All);
    }

    private Decision Recorded(in TakenDecision taken)
    {
        operation.Record(taken.Number, taken.Verdict.Allow);
        return taken.ToDecision();
    }

    private Decision AllowedOrThrow(in TakenDecision taken)
    {
        var decision = Recorded(taken);
        return decision.Allow ? decision : throw Refusal(taken);
    }

    private static CityException Refusal(in TakenDecision taken)
    {
        var (reason, facts) = (taken.Verdict.Reason, taken.Facts);
        if (reason == Reasons.PolicyUnavailable)
        {
            return new(ErrorCode.Unavailable, "Access cannot be decided at the moment; try again shortly.")
            {
                Reason = reason,
                DecisionId = taken.Id.Value,
                RetryAfter = TimeSpan.FromSeconds(1),
            };
        }

        if (facts.Rate is { Wait: { } wait } && reason == Reasons.RateLimited)
        {
            return new(ErrorCode.RateLimited, $"{facts.Action} may be done {facts.Rate.PerMinute} times a minute; try again in {Math.Ceiling(wait.TotalSeconds):0} s.")
            {
                Reason = reason,
                DecisionId = taken.Id.Value,
                RetryAfter = wait,
            };
        }

        // Whoever has no role in a team does not learn which of its things exist.
        if (reason == Reasons.NoRole && facts.IsRead && facts.Person is not null && facts.TeamId != City)
        {
            return CityException.NotFound(facts.Resource?.Kind ?? "thing");
        }

        return new(ErrorCode.Forbidden, $"{facts.Action} is refused: {reason}.") { Reason = reason, DecisionId = taken.Id.Value };
    }
}
