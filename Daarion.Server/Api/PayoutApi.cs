using Daarion.Core.Kernel;
using Daarion.Core.Wallets;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.Api;

/// <summary>The HTTP face of payouts.</summary>
internal static class PayoutApi
{
    private const string View = "wallet.payout.view";
    private const string Claim = "wallet.payout.claim";
    private const string Review = "city.payout.review";

    public static void Map(ApiFaces faces)
    {
        faces.Internal.MapGet("/wallet/payouts", List).Asks(View);
        faces.Internal.MapGet("/wallet/payouts/summary", Summarise).Asks(View);
        faces.Internal.MapGet("/wallet/payouts/rules", GetRules).Asks(View);
        faces.Internal.MapGet("/wallet/payouts/days", ListDays).Asks(View);
        faces.Internal.MapGet("/wallet/payouts/{id}", Get).Asks(View);
        faces.Internal.MapPost("/wallet/payout/claim", ClaimOneOrMany).Asks(Claim);
        faces.Internal.MapPost("/wallet/payout/generate", Generate).Asks("service.mint.payout");
        faces.Internal.MapPost("/wallet/payouts/{id}/approve", Approve).Asks(Review);
        faces.Internal.MapPost("/wallet/payouts/{id}/cancel", Cancel).Asks(Review);

        faces.Public.MapGet("/teams/{team_id}/payouts", List).Asks(View);
        faces.Public.MapGet("/teams/{team_id}/payouts/days", ListDays).Asks(View);
        faces.Public.MapGet("/payouts", List).Asks(View);
        faces.Public.MapGet("/payouts/summary", Summarise).Asks(View);
        faces.Public.MapGet("/payouts/rules", GetRules).Asks(View);
        faces.Public.MapGet("/payouts/{id}", Get).Asks(View);
        faces.Public.MapPost("/payouts/claim", ClaimMany).Asks(Claim);
        faces.Public.MapPost("/payouts/{id}/claim", ClaimOne).Asks(Claim);
        faces.Public.MapPost("/payouts/{id}/approve", Approve).Asks(Review);
        faces.Public.MapPost("/payouts/{id}/cancel", Cancel).Asks(Review);
    }

    /// <summary>One payout by <c>payout_id</c>, or up to 500 by <c>payout_ids</c>.</summary>
    public sealed record ClaimRequest(PayoutId? PayoutId = null, IReadOnlyList<PayoutId>? PayoutIds = null);

    private static async Task<Ok<Page<Payout>>> List(RequestCaller caller, Input<PayoutQuery> request, IPayoutService payouts, CancellationToken ct) =>
        TypedResults.Ok(await payouts.ListPayouts(caller, request, ct));

    private static async Task<Ok<PayoutSummary>> Summarise(RequestCaller caller, Input<PayoutQuery> request, IPayoutService payouts, CancellationToken ct) =>
        TypedResults.Ok(await payouts.SummarisePayouts(caller, request, ct));

    private static async Task<Ok<PayoutRules>> GetRules(RequestCaller caller, Input<PayoutRulesRequest> request, IPayoutService payouts, CancellationToken ct) =>
        TypedResults.Ok(await payouts.GetRules(caller, request, ct));

    private static async Task<Ok<Page<RewardDay>>> ListDays(RequestCaller caller, Input<RewardDayQuery> request, IPayoutService payouts, CancellationToken ct) =>
        TypedResults.Ok(await payouts.ListRewardDays(caller, request, ct));

    private static async Task<Ok<Payout>> Get(RequestCaller caller, Input<PayoutRef> request, IPayoutService payouts, CancellationToken ct) =>
        TypedResults.Ok(await payouts.GetPayout(caller, request, ct));

    private static async Task<Results<Ok<Payout>, Ok<ClaimResults>>> ClaimOneOrMany(
        RequestCaller caller, Input<ClaimRequest> request, IPayoutService payouts, CancellationToken ct) => request.Value switch
        {
            { PayoutId: { } one, PayoutIds: null } => TypedResults.Ok(await payouts.ClaimPayout(caller, new PayoutRef(one), ct)),
            { PayoutId: null, PayoutIds: { } many } => TypedResults.Ok(await payouts.ClaimPayouts(caller, new ClaimPayouts(many), ct)),
            _ => throw CityException.Invalid("payout_ids", "Give either payout_id or payout_ids."),
        };

    private static async Task<Ok<Payout>> ClaimOne(RequestCaller caller, Input<PayoutRef> request, IPayoutService payouts, CancellationToken ct) =>
        TypedResults.Ok(await payouts.ClaimPayout(caller, request, ct));

    private static async Task<Ok<ClaimResults>> ClaimMany(RequestCaller caller, Input<ClaimPayouts> request, IPayoutService payouts, CancellationToken ct) =>
        TypedResults.Ok(await payouts.ClaimPayouts(caller, request, ct));

    private static async Task<Ok<Payout>> Approve(RequestCaller caller, Input<ReviewPayout> request, IPayoutService payouts, CancellationToken ct) =>
        TypedResults.Ok(await payouts.ApprovePayout(caller, request, ct));

    private static async Task<Ok<Payout>> Cancel(RequestCaller caller, Input<ReviewPayout> request, IPayoutService payouts, CancellationToken ct) =>
        TypedResults.Ok(await payouts.CancelPayout(caller, request, ct));

    private static async Task<Created<GeneratedPayouts>> Generate(RequestCaller caller, Input<GeneratePayout> request, IPayoutService payouts, CancellationToken ct) =>
        TypedResults.Created((string?)null, await payouts.GeneratePayout(caller, request, ct));
}
