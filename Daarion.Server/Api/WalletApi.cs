using Daarion.Core.Kernel;
using Daarion.Core.Wallets;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.Api;

/// <summary>The HTTP face of the ledger: balances, transfers, transactions, statements, audit.</summary>
internal static class WalletApi
{
    private const string View = "wallet.balance.view";
    private const string Send = "wallet.transfer";
    private const string Stakes = "wallet.stake.ringk";
    private const string Converts = "wallet.convert";
    private const string Approves = "city.wallet.approve";

    public static void Map(ApiFaces faces)
    {
        faces.Internal.MapGet("/wallet/balance/{owner}", GetBalance).Asks(View);
        faces.Internal.MapGet("/wallet/accounts", ListAccounts).Asks(View);
        faces.Internal.MapPost("/wallet/transfer", SendTransfer).Asks(Send);
        faces.Internal.MapPost("/wallet/mint", Mint).Asks("city.wallet.mint");
        faces.Internal.MapPost("/wallet/burn", Burn).Asks("service.mint.payout");
        faces.Public.MapPost("/wallet/mint", Mint).Asks("city.wallet.mint");
        faces.Internal.MapGet("/wallet/audit", Audit).Asks("city.wallet.audit");

        faces.Public.MapGet("/wallets/{owner}", GetBalance).Asks(View);
        faces.Public.MapGet("/wallets/{owner}/transactions", ListTransactions).Asks(View);
        faces.Public.MapGet("/wallets/{owner}/statement", GetStatement).Asks(View).Produces<string>(StatusCodes.Status200OK, "text/csv");
        faces.Public.MapPost("/wallet/transfers", SendTransfer).Asks(Send);

        foreach (var face in (RouteGroupBuilder[])[faces.Internal, faces.Public])
        {
            face.MapGet("/wallet/flows", GetMoneyMap).Asks(View);
            face.MapGet("/wallet/transfers", ListHeldTransfers).Asks(View);
            face.MapGet("/wallet/transfers/{id}", GetTransfer).Asks(View);
            face.MapPost("/wallet/transfers/{id}/approve", ApproveTransfer).Asks(Approves);
            face.MapPost("/wallet/transfers/{id}/cancel", CancelTransfer).Asks(Send);
            face.MapPost("/wallet/stake", Stake).Asks(Stakes);
            face.MapPost("/wallet/unstake", Unstake).Asks(Stakes);
            face.MapGet("/wallet/stakes", ListStakes).Asks(View);
            face.MapGet("/wallet/stakes/total", SumStakes).Asks(View);
            face.MapPost("/wallet/convert", Convert).Asks(Converts);
            face.MapGet("/wallet/conversions", ListConversions).Asks(View);
            face.MapGet("/wallet/conversion-rates", GetConversionRates).Asks(View);
            face.MapGet("/wallet/transactions", ListTransactions).Asks(View);
            face.MapGet("/wallet/transactions/{id}", GetTransaction).Asks(View);
            face.MapPost("/wallet/transactions/{id}/reverse", ReverseTransaction).Asks(Approves);
            face.MapGet("/wallet/statement/summary", SummariseStatement).Asks(View);
            face.MapGet("/wallet/statement", GetStatement).Asks(View).Produces<string>(StatusCodes.Status200OK, "text/csv");
        }
    }

    /// <summary>How a statement is written.</summary>
    public enum StatementFormat
    {
        /// <summary>A page of lines.</summary>
        Json,

        /// <summary>The whole statement as a file for a spreadsheet.</summary>
        Csv,
    }

    /// <summary>A statement, and how it is written.</summary>
    public sealed record StatementRequest(
        OwnerId Owner,
        Symbol? Symbol = null,
        DateTimeOffset? From = null,
        DateTimeOffset? To = null,
        StatementFormat Format = StatementFormat.Json,
        int Limit = PageRequest.DefaultLimit,
        string? Cursor = null)
    {
        public StatementQuery AsQuery() => new(Owner, Symbol, From, To, Limit, Cursor);
    }

    private static async Task<Ok<MoneyMap>> GetMoneyMap(RequestCaller caller, Input<FlowQuery> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Ok(await wallets.GetMoneyMap(caller, request, ct));

    private static async Task<Ok<Balance>> GetBalance(RequestCaller caller, Input<BalanceRef> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Ok(await wallets.GetBalance(caller, request, ct));

    private static async Task<Ok<Page<Account>>> ListAccounts(RequestCaller caller, Input<AccountQuery> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Ok(await wallets.ListAccounts(caller, request, ct));

    private static async Task<Created<Transfer>> ReverseTransaction(RequestCaller caller, Input<ReverseTransaction> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Created((string?)null, await wallets.ReverseTransaction(caller, request, ct));

    private static async Task<Created<Conversion>> Convert(RequestCaller caller, Input<ConvertTokens> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Created((string?)null, await wallets.Convert(caller, request, ct));

    private static async Task<Ok<Page<Conversion>>> ListConversions(RequestCaller caller, Input<ConversionQuery> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Ok(await wallets.ListConversions(caller, request, ct));

    private static async Task<Ok<ConversionRates>> GetConversionRates(RequestCaller caller, Input<ConversionRatesRef> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Ok(await wallets.GetConversionRates(caller, request, ct));

    private static async Task<Created<Transfer>> SendTransfer(RequestCaller caller, Input<SendTransfer> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Created((string?)null, await wallets.SendTransfer(caller, request, ct));

    private static async Task<Created<Transfer>> Mint(RequestCaller caller, Input<MintTokens> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Created((string?)null, await wallets.Mint(caller, request, ct));

    private static async Task<Created<Transfer>> Burn(RequestCaller caller, Input<BurnTokens> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Created((string?)null, await wallets.Burn(caller, request, ct));

    private static async Task<Created<Stake>> Stake(RequestCaller caller, Input<StakeTokens> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Created((string?)null, await wallets.Stake(caller, request, ct));

    private static async Task<Ok<Stake>> Unstake(RequestCaller caller, Input<StakeRef> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Ok(await wallets.Unstake(caller, request, ct));

    private static async Task<Ok<StakeTotal>> SumStakes(RequestCaller caller, Input<StakeTotalRef> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Ok(await wallets.SumStakes(caller, request, ct));

    private static async Task<Ok<Page<Stake>>> ListStakes(RequestCaller caller, Input<StakeQuery> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Ok(await wallets.ListStakes(caller, request, ct));

    private static async Task<Ok<Page<Transfer>>> ListHeldTransfers(RequestCaller caller, Input<HeldTransferQuery> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Ok(await wallets.ListHeldTransfers(caller, request, ct));

    private static async Task<Ok<Transfer>> GetTransfer(RequestCaller caller, Input<TransferRef> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Ok(await wallets.GetTransfer(caller, request, ct));

    private static async Task<Ok<Transfer>> ApproveTransfer(RequestCaller caller, Input<TransferRef> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Ok(await wallets.ApproveTransfer(caller, request, ct));

    private static async Task<Ok<Transfer>> CancelTransfer(RequestCaller caller, Input<TransferRef> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Ok(await wallets.CancelTransfer(caller, request, ct));

    private static async Task<Ok<Page<Transaction>>> ListTransactions(RequestCaller caller, Input<TransactionQuery> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Ok(await wallets.ListTransactions(caller, request, ct));

    private static async Task<Ok<Transaction>> GetTransaction(RequestCaller caller, Input<TransactionRef> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Ok(await wallets.GetTransaction(caller, request, ct));

    private static async Task<Ok<StatementSummary>> SummariseStatement(RequestCaller caller, Input<StatementQuery> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Ok(await wallets.SummariseStatement(caller, request, ct));

    private static async Task<Results<Ok<Page<StatementLine>>, StatementCsv>> GetStatement(
        RequestCaller caller, Input<StatementRequest> request, IWalletService wallets, CancellationToken ct)
    {
        var query = request.Value.AsQuery();
        var first = await wallets.GetStatement(caller, query, ct);
        return request.Value.Format == StatementFormat.Json
            ? TypedResults.Ok(first)
            : new StatementCsv(query.Owner, first, cursor => wallets.GetStatement(caller, query with { Limit = PageRequest.MaxLimit, Cursor = cursor }, ct));
    }

    private static async Task<Ok<LedgerAudit>> Audit(RequestCaller caller, Input<AuditRequest> request, IWalletService wallets, CancellationToken ct) =>
        TypedResults.Ok(await wallets.Audit(caller, request, ct));
}
