using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Daarion.Core.Wallets;

/// <summary>Tokens changed into others, at the rates that policies set.</summary>
internal sealed partial class WalletService
{
    private const string Converting = "wallet.convert";
    private const string ConvertSql = "select * from wallet.convert($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

    public async Task<Conversion> Convert(Caller caller, ConvertTokens request, CancellationToken ct)
    {
        var named = await OwnerOf(request.Wallet, ct);
        await access.Require(
            caller, Converting, named?.AsResource() ?? new ResourceRef("wallet", request.Wallet.Value, null, caller.User?.Value) { TakesNothing = true }, ct);
        var owner = named ?? throw CityException.NotFound("wallet");
        caller.RequireMover(owner);
        if (owner.Kind == OwnerKind.City)
        {
            throw CityException.Invalid("wallet", PartyId.Expected);
        }

        if (!request.Amount.IsPositive)
        {
            throw CityException.Invalid("amount", "Give an amount above zero.");
        }

        var registry = await snapshots.Current(ct);
        if (ConversionsInForce.RateOf(registry, request.From, request.To) is not { } rate)
        {
            throw CityException.Invalid("to", $"{request.From.Code()} is not changed into {request.To.Code()} in this city.");
        }

        var received = Quantity.Of(decimal.Round(request.Amount.Value * rate.Value, Quantity.Places, MidpointRounding.ToEven));
        if (!received.IsPositive)
        {
            throw CityException.Invalid("amount", "This is too little to come to anything.");
        }

        var wallet = await FindWallet(owner, ct) ?? throw Ledger.InsufficientFunds(new Amount(request.Amount, request.From));
        var conversion = new Conversion(
            ConversionId.New(db.Now), owner, request.From, request.To, request.Amount, received, rate, TransferId.New(db.Now), TransferId.New(db.Now), caller.Actor.Id, db.Now);
        return await db.Transact(
            async token =>
            {
                foreach (var moved in await Convert(conversion, wallet.Id, ConversionsInForce.DailyLimit(registry), token))
                {
                    db.Publish(moved.AsEvent(), moved.WalletId.Value, moved.OwnerId.Team);
                }

                db.Publish(
                    new WalletConverted(conversion.Id, owner.Kind, owner, conversion.From, conversion.To, conversion.Amount, conversion.Received, conversion.Rate), wallet.Id.Value, owner.Team);
                return conversion;
            },
            ct);
    }

    public async Task<Page<Conversion>> ListConversions(Caller caller, ConversionQuery request, CancellationToken ct)
    {
        await access.Require(caller, View, request.Owner?.AsResource() ?? ResourceRef.City, ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var rows = PageCursor.Decode(page.Cursor, 1) is [var after] ? db.Conversions.FromSql($"select * from wallet.conversions where id < {after}") : db.Conversions;
        rows = request.Owner is { } owner ? rows.Where(conversion => conversion.OwnerId == owner) : rows;
        return Page<Conversion>.From(
            await rows.AsNoTracking().OrderByDescending(conversion => conversion.Id).Take(page.Limit + 1).ToListAsync(ct), page, conversion => [conversion.Id.Value]);
    }

    public async Task<ConversionRates> GetConversionRates(Caller caller, ConversionRatesRef request, CancellationToken ct)
    {
        await access.Require(caller, View, request.Owner.AsResource(), ct);
        var registry = await snapshots.Current(ct);
        var limit = ConversionsInForce.DailyLimit(registry);
        var today = await db.Database.SqlQuery<ConversionDay>(
            $"""
            select d.from_symbol, d.to_symbol, d.amount from wallet.conversion_days d join wallet.wallets w on w.id = d.wallet_id
            where w.owner_id = {request.Owner.Value} and d.day = ({db.Now} at time zone 'UTC')::date
            """).ToListAsync(ct);
        return new(
            limit,
            [
                .. from pair in ConversionsInForce.Of(registry)
                   let used = today.Find(day => day.FromSymbol == pair.From.Code() && day.ToSymbol == pair.To.Code())?.Amount ?? 0
                   select new ConversionRate(pair.From, pair.To, pair.Rate, Quantity.Of(Math.Max(limit.Value - used, 0))),
            ]);
    }

    private async Task<IReadOnlyList<Moved>> Convert(Conversion conversion, WalletId wallet, Quantity limit, CancellationToken ct)
    {
        await using var command = await db.Command(ConvertSql, ct);
        var parameters = command.Parameters;
        parameters.AddText(conversion.Id.Value);
        parameters.AddTexts(conversion.GivenBy.Value, conversion.GotBy.Value);
        parameters.AddText(wallet.Value);
        parameters.AddText(conversion.OwnerId.Value);
        parameters.AddText(conversion.From.Code());
        parameters.AddText(conversion.To.Code());
        parameters.Add(new NpgsqlParameter { Value = conversion.Amount.Value });
        parameters.Add(new NpgsqlParameter { Value = conversion.Received.Value });
        parameters.Add(new NpgsqlParameter { Value = conversion.Rate.Value });
        parameters.Add(new NpgsqlParameter { Value = limit.Value });
        parameters.AddText(conversion.ConvertedBy);
        parameters.AddTime(conversion.At);
        try
        {
            return await Ledger.ReadMoved(command, ct);
        }
        catch (PostgresException e) when (e.ConstraintName == "conversion_days_limit")
        {
            throw CityException.Conflict($"Of {conversion.From.Code()} {limit} may be changed in a day; {e.Detail} are left today.", "daily_limit");
        }
        catch (PostgresException e) when (Ledger.IsNotEnough(e))
        {
            throw Ledger.InsufficientFunds(new Amount(conversion.Amount, conversion.From), e);
        }
    }

    private sealed record ConversionDay(string FromSymbol, string ToSymbol, decimal Amount);
}
