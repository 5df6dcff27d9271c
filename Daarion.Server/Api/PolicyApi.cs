using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.Api;

/// <summary>The PDP: <c>/pdp</c> on the internal listener, its log on both.</summary>
internal static class PolicyApi
{
    public static void Map(ApiFaces faces)
    {
        var pdp = faces.Root.MapGroup("/pdp").OnListener(Listener.Internal);
        pdp.MapPost("/decide", Decide).Asks("policy.decide");
        pdp.MapPost("/decide/batch", DecideBatch).Asks("policy.decide");
        pdp.MapPost("/explain", Explain).Asks("policy.explain");

        faces.Internal.MapGet("/decision", List).Asks("policy.decision.read");
        faces.Internal.MapGet("/decision/{decision_id}", Get).Asks("policy.decision.read");

        faces.Public.MapPost("/decisions/explain", Explain).Asks("policy.explain");
        faces.Public.MapGet("/decisions", List).Asks("policy.decision.read");
        faces.Public.MapGet("/decisions/{decision_id}", Get).Asks("policy.decision.read");
    }

    private static async Task<Ok<DecisionAnswer>> Decide(RequestCaller caller, Input<DecisionRequest> request, IPolicyService policy, CancellationToken ct) =>
        TypedResults.Ok(await policy.Decide(caller, request, ct));

    private static async Task<Ok<DecisionAnswers>> DecideBatch(RequestCaller caller, Input<DecideBatch> request, IPolicyService policy, CancellationToken ct) =>
        TypedResults.Ok(await policy.DecideBatch(caller, request, ct));

    private static async Task<Ok<DecisionExplanation>> Explain(RequestCaller caller, Input<DecisionRequest> request, IPolicyService policy, CancellationToken ct) =>
        TypedResults.Ok(await policy.Explain(caller, request, ct));

    private static async Task<Ok<Page<DecisionRecord>>> List(RequestCaller caller, Input<DecisionFilter> request, IPolicyService policy, CancellationToken ct) =>
        TypedResults.Ok(await policy.ListDecisions(caller, request, ct));

    private static async Task<Ok<DecisionExplanation>> Get(RequestCaller caller, Input<DecisionRef> request, IPolicyService policy, CancellationToken ct) =>
        TypedResults.Ok(await policy.GetDecision(caller, request, ct));
}
