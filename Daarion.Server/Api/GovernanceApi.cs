using Daarion.Core.Capabilities;
using Daarion.Core.Governance;
using Daarion.Core.Kernel;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.Api;

/// <summary>The HTTP face of proposals, votes and policies.</summary>
internal static class GovernanceApi
{
    private const string Read = "governance.read";
    private const string Create = "governance.proposal.create";
    private const string Manage = "governance.policy.manage";

    public static void Map(ApiFaces faces)
    {
        MapOn(faces.Internal.MapGroup("/governance/proposal"), faces.Internal.MapGroup("/governance/policy"), faces.Internal.MapGroup("/governance/settings"));
        MapOn(faces.Public.MapGroup("/governance/proposals"), faces.Public.MapGroup("/governance/policies"), faces.Public.MapGroup("/governance/settings"));
    }

    private static void MapOn(RouteGroupBuilder proposals, RouteGroupBuilder policies, RouteGroupBuilder settings)
    {
        proposals.MapPost("/", Propose).Asks(Create);
        proposals.MapPost("/validate", Validate).Asks(Create);
        proposals.MapPost("/simulate", SimulateOperations).Asks(Create);
        proposals.MapPost("/{id}/simulate", Simulate).Asks(Read);
        proposals.MapPost("/{id}/vote", CastVote).Asks("governance.vote.cast");
        proposals.MapPost("/{id}/cancel", Cancel).Asks(Manage);
        policies.MapGet("/", ListPolicies).Asks(Read);
        policies.MapGet("/{id}", GetPolicy).Asks(Read);
        policies.MapGet("/{id}/changelog", GetChangelog).Asks(Read);
        policies.MapPost("/{id}/rollback", Rollback).Asks(Manage);
        settings.MapGet("/", GetSettings).Asks(Read);
        settings.MapPut("/{name}", PutSetting).Asks(Manage);
    }

    private static async Task<Created<PolicyView>> Propose(RequestCaller caller, Input<Propose> request, IGovernanceService governance, CancellationToken ct)
    {
        var proposal = await governance.Propose(caller, request, ct);
        return TypedResults.Created($"/api/v1/governance/policies/{proposal.Id}", proposal);
    }

    private static async Task<Ok<ProposalCheck>> Validate(RequestCaller caller, Input<Propose> request, IGovernanceService governance, CancellationToken ct) =>
        TypedResults.Ok(await governance.Validate(caller, request, ct));

    private static async Task<Ok<Simulation>> Simulate(RequestCaller caller, Input<SimulateProposal> request, IGovernanceService governance, CancellationToken ct) =>
        TypedResults.Ok(await governance.Simulate(caller, request, ct));

    private static async Task<Ok<Simulation>> SimulateOperations(RequestCaller caller, Input<SimulateOperations> request, IGovernanceService governance, CancellationToken ct) =>
        TypedResults.Ok(await governance.SimulateOperations(caller, request, ct));

    private static async Task<Ok<VoteView>> CastVote(RequestCaller caller, Input<CastVote> request, IGovernanceService governance, CancellationToken ct) =>
        TypedResults.Ok(await governance.CastVote(caller, request, ct));

    private static async Task<Ok<PolicyView>> Cancel(RequestCaller caller, Input<CancelProposal> request, IGovernanceService governance, CancellationToken ct) =>
        TypedResults.Ok(await governance.Cancel(caller, request, ct));

    private static async Task<Ok<Page<PolicyView>>> ListPolicies(RequestCaller caller, Input<PolicyFilter> request, IGovernanceService governance, CancellationToken ct) =>
        TypedResults.Ok(await governance.ListPolicies(caller, request, ct));

    private static async Task<Ok<PolicyDetail>> GetPolicy(RequestCaller caller, Input<PolicyRef> request, IGovernanceService governance, CancellationToken ct) =>
        TypedResults.Ok(await governance.GetPolicy(caller, request, ct));

    private static async Task<Ok<PolicyChangelog>> GetChangelog(RequestCaller caller, Input<PolicyRef> request, IGovernanceService governance, CancellationToken ct) =>
        TypedResults.Ok(await governance.GetChangelog(caller, request, ct));

    private static async Task<Ok<RollbackView>> Rollback(RequestCaller caller, Input<RollbackPolicy> request, IGovernanceService governance, CancellationToken ct) =>
        TypedResults.Ok(await governance.Rollback(caller, request, ct));

    private static async Task<Ok<GovernanceSettings>> GetSettings(RequestCaller caller, Input<GovernanceSettingsRequest> request, IGovernanceService governance, CancellationToken ct) =>
        TypedResults.Ok(await governance.GetSettings(caller, request, ct));

    private static async Task<Ok<GovernanceSettings>> PutSetting(RequestCaller caller, Input<PutGovernanceSetting> request, IGovernanceService governance, CancellationToken ct) =>
        TypedResults.Ok(await governance.PutSetting(caller, request, ct));
}
