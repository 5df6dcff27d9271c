using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Wallets;

/// <summary>New tokens, and who has how much of them.</summary>
internal sealed partial class WalletService
{
    private const string MintCapability = "city.wallet.mint";
    private const string ReadHoldings = "service.read.wallet";

    public async Task<Transfer> Mint(Caller caller, MintTokens request, CancellationToken ct)
    {
        await access.Require(caller, MintCapability, ResourceRef.City, ct);
        if (request.Symbol != Symbol.DAARION)
        {
            throw CityException.Invalid("symbol", "Only DAARION is made by operators; the other tokens come from payouts.");
        }

        if (request.To.Kind == OwnerKind.City)
        {
            throw CityException.Invalid("to", "Give a person (u_…) or a team (t_…).");
        }

        if (!request.Amount.IsPositive)
        {
            throw CityException.Invalid("amount", "Give an amount above zero.");
        }

        var reason = Texts.Checked("reason", request.Reason, MaxMemoLength) is { Length: > 0 } why ? why : throw CityException.Invalid("reason", $"Say why in 1 to {MaxMemoLength} characters.");
        await EnsureReceiver(caller, request.To, ct);
        var order = new Transfer(
            TransferId.New(db.Now), TransferStatus.Pending, OwnerId.Mint(request.Symbol), request.To, request.Symbol, request.Amount, reason, caller.Actor.Id, db.Now, null, null);
        return await db.Transact(inner => Hold(order, $"mint:{order.Id}", inner), ct);
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
