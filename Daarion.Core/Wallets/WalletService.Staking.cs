using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Daarion.Core.Wallets;

/// <summary>RINGK locked for a team, and unlocked when its day has come.</summary>
internal sealed partial class WalletService
{
    private const string Staking = "wallet.stake.ringk";
    private const string StakeSql = "select wallet.stake($1, $2, $3, $4, $5, $6, $7, $8)";
    private const string TotalSql = "select coalesce(sum(amount), 0), count(*) from wallet.staking_ringk where team_id = $1 and unlocked_at is null";
    private const string UnstakeSql = "select wallet.unstake($1, $2, $3)";

    public async Task<Stake> Stake(Caller caller, StakeTokens request, CancellationToken ct)
    {
        await access.Require(caller, Staking, new ResourceRef("stake", null, request.TeamId), ct);
        await RequireStaker(caller, request.Owner, request.TeamId, ct);
        if (!request.Amount.IsPositive)
        {
            throw CityException.Invalid("amount", "Give an amount above zero.");
        }

        if (request.LockDays is < StakeTokens.LeastDays or > StakeTokens.MostDays)
        {
            throw CityException.Invalid("lock_days", $"Give {StakeTokens.LeastDays} to {StakeTokens.MostDays} days.");
        }

        var from = await FindWallet(request.Owner, ct) ?? throw Ledger.InsufficientFunds(new Amount(request.Amount, Symbol.RINGK));
        var stake = new Stake(StakeId.New(db.Now), request.Owner, request.TeamId, request.Amount, caller.Actor.Id, db.Now, db.Now.AddDays(request.LockDays), null, null);
        return await db.Transact(
            async token =>
            {
                var total = await Lock(stake, from.Id, token);
                db.Publish(
                    new StakingLocked(stake.Id, stake.OwnerId.Kind, stake.OwnerId, stake.TeamId, Symbol.RINGK, stake.Amount, stake.LockUntil, total), stake.TeamId.Value, stake.TeamId);
                db.Audit("stake.locked", "stake", stake.Id.Value, stake.TeamId, ("amount", stake.Amount.ToString()), ("until", Timestamps.Format(stake.LockUntil)));
                return stake;
            },
            ct);
    }

    public async Task<Stake> Unstake(Caller caller, StakeRef request, CancellationToken ct)
    {
        var stake = await db.Stakes.AsNoTracking().SingleOrDefaultAsync(one => one.Id == request.StakeId, ct);
        var resource = new ResourceRef("stake", request.StakeId.Value, stake?.TeamId, stake is null ? caller.User?.Value : null);
        await access.Require(caller, Staking, stake is null ? resource with { TakesNothing = true } : resource, ct);
        if (stake is null)
        {
            throw CityException.NotFound("stake");
        }

        await RequireStaker(caller, stake.OwnerId, stake.TeamId, ct);
        if (stake.LockUntil > db.Now)
        {
            throw CityException.Conflict($"This stake is locked until {Timestamps.Format(stake.LockUntil)}.", "still_locked");
        }

        var unlocked = stake with { UnlockedBy = caller.Actor.Id, UnlockedAt = db.Now };
        return await db.Transact(
            async token =>
            {
                var total = await Unlock(unlocked, token) ?? throw CityException.Conflict("This stake is unlocked already.", "unlocked");
                db.Publish(
                    new StakingUnlocked(stake.Id, stake.OwnerId.Kind, stake.OwnerId, stake.TeamId, Symbol.RINGK, stake.Amount, stake.LockUntil, total), stake.TeamId.Value, stake.TeamId);
                db.Audit("stake.unlocked", "stake", stake.Id.Value, stake.TeamId, ("amount", stake.Amount.ToString()));
                return unlocked;
            },
            ct);
    }

    public async Task<Page<Stake>> ListStakes(Caller caller, StakeQuery request, CancellationToken ct)
    {
        var about = request.Owner?.AsResource() ?? (request.TeamId is { } about1 ? new ResourceRef("wallet", null, about1) : ResourceRef.City);
        await access.Require(caller, View, about, ct);
        var page = new PageRequest(request.Limit, request.Cursor).Checked();
        var rows = PageCursor.Decode(page.Cursor, 1) is [var after] ? db.Stakes.FromSql($"select * from wallet.staking_ringk where id < {after}") : db.Stakes;
        rows = request.Owner is { } owner ? rows.Where(stake => stake.OwnerId == owner) : rows;
        rows = request.TeamId is { } team ? rows.Where(stake => stake.TeamId == team) : rows;
        rows = request.Locked ? rows.Where(stake => stake.UnlockedAt == null) : rows;
        return Page<Stake>.From(await rows.AsNoTracking().OrderByDescending(stake => stake.Id).Take(page.Limit + 1).ToListAsync(ct), page, stake => [stake.Id.Value]);
    }

    public async Task<StakeTotal> SumStakes(Caller caller, StakeTotalRef request, CancellationToken ct)
    {
        await access.Require(caller, View, new ResourceRef("wallet", null, request.TeamId), ct);
        await using var command = await db.Command(TotalSql, ct);
        command.Parameters.AddText(request.TeamId.Value);
        await using var reader = await QueryMeter.Measured(command.ExecuteReaderAsync(ct));
        await reader.ReadAsync(ct);
        return new StakeTotal(request.TeamId, Quantity.Of(reader.GetDecimal(0)), reader.GetInt64(1));
    }

    // A person locks what is their own; what is a team's is locked for that team by whoever may move it.
    private async Task RequireStaker(Caller caller, OwnerId owner, TeamId team, CancellationToken ct)
    {
        caller.RequireMover(owner);
        if (owner.Kind == OwnerKind.City || (owner.Team is { } giver && giver != team))
        {
            throw CityException.Invalid("owner", "Give yourself (u_…), or the team for which it is locked.");
        }

        if (owner.Team is not null)
        {
            await access.Require(caller, TransferCapability, owner.AsResource() with { TakesNothing = true }, ct);
        }
    }

    private async Task<Quantity> Lock(Stake stake, WalletId wallet, CancellationToken ct)
    {
        await using var command = await db.Command(StakeSql, ct);
        command.Parameters.AddText(stake.Id.Value);
        command.Parameters.AddText(wallet.Value);
        command.Parameters.AddText(stake.OwnerId.Value);
        command.Parameters.AddText(stake.TeamId.Value);
        command.Parameters.Add(new NpgsqlParameter { Value = stake.Amount.Value });
        command.Parameters.AddText(stake.LockedBy);
        command.Parameters.AddTime(stake.LockedAt);
        command.Parameters.AddTime(stake.LockUntil);
        try
        {
            return Quantity.Of((decimal)(await QueryMeter.Measured(command.ExecuteScalarAsync(ct)))!);
        }
        catch (PostgresException e) when (Ledger.IsNotEnough(e))
        {
            throw Ledger.InsufficientFunds(new Amount(stake.Amount, Symbol.RINGK), e);
        }
    }

    private async Task<Quantity?> Unlock(Stake stake, CancellationToken ct)
    {
        await using var command = await db.Command(UnstakeSql, ct);
        command.Parameters.AddText(stake.Id.Value);
        command.Parameters.AddText(stake.UnlockedBy);
        command.Parameters.AddTime(stake.UnlockedAt!.Value);
        return await QueryMeter.Measured(command.ExecuteScalarAsync(ct)) is decimal total ? Quantity.Of(total) : null;
    }
}
