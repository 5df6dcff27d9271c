using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Npgsql;

namespace Daarion.Core.Usage;

/// <summary>A quota as it holds for somebody now.</summary>
/// <param name="Window">In which time.</param>
/// <param name="Base">What the plan gives; null where no plan limits it.</param>
/// <param name="Multiplier">By how much the stake multiplies it.</param>
/// <param name="Effective">What may be used; null for without limit.</param>
internal readonly record struct Quota(UsageWindow Window, decimal? Base, decimal Multiplier, decimal? Effective)
{
    /// <summary>For what no plan limits: counted by days.</summary>
    public static readonly Quota None = new(UsageWindow.Day, null, 1, null);

    /// <summary>The plan it comes from.</summary>
    public TeamPlan? Plan { get; init; }

    /// <summary>The stake that multiplies it.</summary>
    public decimal Staked { get; init; }

    /// <summary><c>min(base × multiplier, hard limit)</c>, in burst mode that many times more; whole units for what is counted in whole units is the caller's business.</summary>
    public static Quota Of(Entitlement entitlement, decimal multiplier, decimal burst = 1) =>
        new(Words.Parse<UsageWindow>(entitlement.Window), entitlement.Quota, multiplier, Math.Min(entitlement.Quota * multiplier, entitlement.HardLimit) * burst);
}

/// <summary>Which quota holds for whom: by the plan of the team and its stake, as the registry in force says.</summary>
internal sealed class QuotaTable(IPolicySnapshots registry, FactCache facts, CityDatabase database, TimeProvider clock)
{
    private const int Looks = 3;

    // What is locked or unlocked raises or lowers quotas within a second, on every replica.
    private static readonly TimeSpan StakeFresh = TimeSpan.FromMilliseconds(500);
    private readonly FactTable<TeamId, Stake> stakes = new(clock, (team, ct) => Read(database, team, ct));

    /// <summary>The quota of somebody for a metric.</summary>
    public async ValueTask<Quota> Of(Payer payer, string metric, CancellationToken ct)
    {
        var snapshot = await registry.Current(ct);
        var plan = await PlanOf(payer, ct);
        if (!snapshot.Entitlements.TryGetValue((plan, metric), out var entitlement))
        {
            return Quota.None;
        }

        // What no stake raises has its hard limit at the quota itself: then nobody's stake need be known.
        var staked = entitlement.HardLimit <= entitlement.Quota || payer.SubjectId.Length > 0 ? 0 : await StakeOf(payer.TeamId, ct);
        return Quota.Of(entitlement, snapshot.MultiplierOf(staked), snapshot.Burst.FactorAt(clock.GetUtcNow())) with { Plan = plan, Staked = staked };
    }

    /// <summary>The plan somebody has: a team its own, a person without a team the smallest.</summary>
    public ValueTask<TeamPlan> PlanOf(Payer payer, CancellationToken ct)
    {
        return payer.IsPerson ? new(TeamPlan.Freemium)
            : facts.Teams.TryGet(payer.TeamId, facts.MaxAge, out var known) ? new(known.Plan ?? TeamPlan.Freemium)
            : Fetch();

        async ValueTask<TeamPlan> Fetch() => (await facts.Teams.Fetch(payer.TeamId, ct)).Plan ?? TeamPlan.Freemium;
    }

    private async ValueTask<decimal> StakeOf(TeamId team, CancellationToken ct) =>
        (stakes.TryGet(team, StakeFresh, out var known) ? known : await stakes.Fetch(team, ct))?.Amount ?? 0;

    // A look changes nothing: where its connection is cut, it looks again.
    private static async Task<Stake?> Read(CityDatabase database, TeamId team, CancellationToken ct)
    {
        for (var look = 1; ; look++)
        {
            try
            {
                await using var command = database.Of(ServiceName.Usage).CreateCommand("select amount from usage.stakes where team_id = $1");
                command.Parameters.AddText(team.Value);
                return await command.ExecuteScalarAsync(ct) is decimal amount ? new Stake(amount) : null;
            }
            catch (NpgsqlException e) when (e.IsTransient && look < Looks)
            {
                // The next one takes another connection.
            }
        }
    }

    private sealed record Stake(decimal Amount);
}
