using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Wallets;

/// <summary>New tokens, and who has how much of them.</summary>
internal sealed partial class WalletService
{
    private const string MintCapability = "city.wallet.mint";
    private const string ServiceMint = "service.mint.payout";
    private const string ReadHoldings = "service.read.wallet";

    public async Task<Transfer> Mint(Caller caller, MintTokens request, CancellationToken ct)
    {
        var isService = caller.User is null;
        await access.Require(caller, isService ? ServiceMint : MintCapability, ResourceRef.City, ct);
        if (!isService && request.Symbol != Symbol.DAARION)
        {
            throw CityException.Invalid("symbol", "Only DAARION is made by operators; the other tokens come from payouts.");
        }

        var order = Order(caller, "to", request.To, OwnerId.Mint(request.Symbol), request.To, request.Symbol, request.Amount, request.Reason);
        await EnsureReceiver(caller, request.To, ct);
        return isService && order.Amount <= await wallets.LimitOf(db, order.Symbol, ct)
            ? await db.Transact(inner => Made("wallet.minted", order, inner), ct)
            : await db.Transact(inner => Hold(order, $"mint:{order.Id}", inner), ct);
    }

    public async Task<Transfer> Burn(Caller caller, BurnTokens request, CancellationToken ct)
    {
        await access.Require(caller, ServiceMint, ResourceRef.City, ct);
        var order = Order(caller, "from", request.From, request.From, OwnerId.Burn(request.Symbol), request.Symbol, request.Amount, request.Reason);
        return order.Amount <= await wallets.LimitOf(db, order.Symbol, ct)
            ? await db.Transact(inner => Made("wallet.burned", order, inner), ct)
            : await db.Transact(inner => Hold(order, $"burn:{order.Id}", inner), ct);
    }

    private Transfer Order(Caller caller, string field, OwnerId party, OwnerId from, OwnerId to, Symbol symbol, Quantity amount, string why)
    {
        if (party.Kind == OwnerKind.City)
        {
            throw CityException.Invalid(field, "Give a person (u_…) or a team (t_…).");
        }

        if (!amount.IsPositive)
        {
            throw CityException.Invalid("amount", "Give an amount above zero.");
        }

        return new(TransferId.New(db.Now), TransferStatus.Pending, from, to, symbol, amount, Reason(why), caller.Actor.Id, db.Now, null, null);
    }

    private static string Reason(string why) =>
        Texts.Checked("reason", why, MaxMemoLength) is { Length: > 0 } said ? said : throw CityException.Invalid("reason", $"Say why in 1 to {MaxMemoLength} characters.");

    private async Task<Transfer> Made(string what, Transfer order, CancellationToken ct)
    {
        db.Audit(what, "transfer", order.Id.Value, order.To.Team ?? order.From.Team, ("amount", order.Amount.ToString()), ("symbol", order.Symbol.Code()), ("reason", order.Memo!));
        return await MoveNow(order, $"{what}:{order.Id}", null, ct);
    }

    public async Task<Holdings> GetHoldings(Caller caller, HoldingsQuery request, CancellationToken ct)
    {
        await access.Require(caller, ReadHoldings, ResourceRef.City, ct);

        // One statement sees one moment: nobody is counted with what somebody else had a moment before.
        var rows = await (from balance in db.Balances.AsNoTracking()
                          join wallet in db.Wallets on balance.WalletId equals wallet.Id
                          where balance.Symbol == request.Symbol && wallet.OwnerKind != OwnerKind.City
                          select new { wallet.OwnerId, balance.Available, balance.Locked }).ToListAsync(ct);
        var held = rows.ConvertAll(row => (row.OwnerId, Amount: row.Available + row.Locked));
        return new(
            request.Symbol,
            db.Now,
            Quantity.Of(held.Sum(one => one.Amount.Value)),
            [.. held.Where(one => one.OwnerId.User is not null && one.Amount.IsPositive).Select(one => new Holding(one.OwnerId.User!.Value, one.Amount))]);
    }
}
