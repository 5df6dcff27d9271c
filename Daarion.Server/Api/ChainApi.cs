using Daarion.Core.Kernel;
using Daarion.Core.Wallets.Chain;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.Api;

/// <summary>The HTTP face of the link to a chain.</summary>
internal static class ChainApi
{
    private const string View = "wallet.balance.view";
    private const string Move = "wallet.transfer";
    private const string Approves = "city.wallet.approve";

    public static void Map(ApiFaces faces)
    {
        foreach (var face in (RouteGroupBuilder[])[faces.Internal, faces.Public])
        {
            face.MapGet("/wallet/chain", GetChain).Asks(View);
            face.MapGet("/wallet/addresses", ListAddresses).Asks(View);
            face.MapPost("/wallet/addresses", AddAddress).Asks(Move);
            face.MapPost("/wallet/addresses/{id}/prove", ProveAddress).Asks(Move);
            face.MapPost("/wallet/addresses/{id}/payouts", PayToAddress).Asks(Move);
            face.MapDelete("/wallet/addresses/{id}", RemoveAddress).Asks(Move);
            face.MapPost("/wallet/withdraw", Withdraw).Asks(Move);
            face.MapGet("/wallet/chain/transactions", ListChainTransactions).Asks(View);
            face.MapGet("/wallet/chain/transactions/{id}", GetChainTransaction).Asks(View);
            face.MapPost("/wallet/chain/transactions/{id}/approve", ApproveWithdrawal).Asks(Approves);
            face.MapPost("/wallet/chain/transactions/{id}/cancel", CancelWithdrawal).Asks(Move);
        }
    }

    private static async Task<Ok<ChainState>> GetChain(RequestCaller caller, IChainService chain, CancellationToken ct) => TypedResults.Ok(await chain.GetChain(caller, new ChainRequest(), ct));

    private static async Task<Ok<Page<OwnersAddress>>> ListAddresses(RequestCaller caller, Input<AddressQuery> request, IChainService chain, CancellationToken ct) =>
        TypedResults.Ok(await chain.ListAddresses(caller, request, ct));

    private static async Task<Created<OwnersAddress>> AddAddress(RequestCaller caller, Input<AddAddress> request, IChainService chain, CancellationToken ct) =>
        TypedResults.Created((string?)null, await chain.AddAddress(caller, request, ct));

    private static async Task<Ok<OwnersAddress>> ProveAddress(RequestCaller caller, Input<ProveAddress> request, IChainService chain, CancellationToken ct) =>
        TypedResults.Ok(await chain.ProveAddress(caller, request, ct));

    private static async Task<Ok<OwnersAddress>> PayToAddress(RequestCaller caller, Input<PayToAddress> request, IChainService chain, CancellationToken ct) =>
        TypedResults.Ok(await chain.PayToAddress(caller, request, ct));

    private static async Task<NoContent> RemoveAddress(RequestCaller caller, Input<AddressRef> request, IChainService chain, CancellationToken ct)
    {
        await chain.RemoveAddress(caller, request, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Created<ChainTransaction>> Withdraw(RequestCaller caller, Input<WithdrawTokens> request, IChainService chain, CancellationToken ct) =>
        TypedResults.Created((string?)null, await chain.Withdraw(caller, request, ct));

    private static async Task<Ok<Page<ChainTransaction>>> ListChainTransactions(RequestCaller caller, Input<ChainTransactionQuery> request, IChainService chain, CancellationToken ct) =>
        TypedResults.Ok(await chain.ListChainTransactions(caller, request, ct));

    private static async Task<Ok<ChainTransaction>> GetChainTransaction(RequestCaller caller, Input<ChainTransactionRef> request, IChainService chain, CancellationToken ct) =>
        TypedResults.Ok(await chain.GetChainTransaction(caller, request, ct));

    private static async Task<Ok<ChainTransaction>> ApproveWithdrawal(RequestCaller caller, Input<ChainTransactionRef> request, IChainService chain, CancellationToken ct) =>
        TypedResults.Ok(await chain.ApproveWithdrawal(caller, request, ct));

    private static async Task<Ok<ChainTransaction>> CancelWithdrawal(RequestCaller caller, Input<ChainTransactionRef> request, IChainService chain, CancellationToken ct) =>
        TypedResults.Ok(await chain.CancelWithdrawal(caller, request, ct));
}
