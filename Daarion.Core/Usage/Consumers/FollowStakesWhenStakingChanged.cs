using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Wallets;

namespace Daarion.Core.Usage.Consumers;

/// <summary>What is locked for a team multiplies its quotas. Events of a team come in order, each with the sum after it: the last one of a batch says all.</summary>
internal sealed class FollowStakesWhenStakingLocked(UsageDbContext db, IAccess access) : InboxConsumer<UsageDbContext, StakingLocked>(db)
{
    protected override Task React(IReadOnlyList<ReceivedEvent<StakingLocked>> events, CancellationToken ct) =>
        Stakes.Follow(Db, access, [.. events.Select(e => (e.Payload.TeamId, e.Payload.TeamTotal, e.Ts))], ct);
}

/// <inheritdoc cref="FollowStakesWhenStakingLocked"/>
internal sealed class FollowStakesWhenStakingUnlocked(UsageDbContext db, IAccess access) : InboxConsumer<UsageDbContext, StakingUnlocked>(db)
{
    protected override Task React(IReadOnlyList<ReceivedEvent<StakingUnlocked>> events, CancellationToken ct) =>
        Stakes.Follow(Db, access, [.. events.Select(e => (e.Payload.TeamId, e.Payload.TeamTotal, e.Ts))], ct);
}

/// <summary>The sums of stakes as usage keeps them.</summary>
internal static class Stakes
{
    // Two kinds of event come by two consumers: what is older than what is known changes nothing.
    private const string Sql =
        """
        insert into usage.stakes (team_id, amount, updated_at)
        select distinct on (s.team_id) s.team_id, s.amount, s.at from unnest($1, $2, $3) with ordinality as s (team_id, amount, at, place) order by s.team_id, s.at desc, s.place desc
        on conflict (team_id) do update set amount = excluded.amount, updated_at = excluded.updated_at where stakes.updated_at <= excluded.updated_at
        """;

    /// <summary>Takes the sums over.</summary>
    public static async Task Follow(UsageDbContext db, IAccess access, IReadOnlyList<(TeamId Team, Quantity Total, DateTimeOffset At)> sums, CancellationToken ct)
    {
        await access.Require(db.Operation.Caller, UsageModule.Write, ResourceRef.City, ct);
        if (sums.Count == 0)
        {
            return;
        }

        await using var command = await db.Command(Sql, ct);
        command.Parameters.AddTexts([.. sums.Select(sum => sum.Team.Value)]);
        command.Parameters.AddNumbers([.. sums.Select(sum => sum.Total.Value)]);
        command.Parameters.AddTimes([.. sums.Select(sum => sum.At)]);
        await QueryMeter.Measured(command.ExecuteNonQueryAsync(ct));
    }
}
