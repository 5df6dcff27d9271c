using Daarion.Core.Data;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Usage;

/// <summary>Gives the PDP its quotas: looks at them, or takes units of them in one step with the look.</summary>
internal sealed class QuotaSource(QuotaTable quotas, Counters counters, UnitStocks stocks, RateGate rates, CityDatabase database, TimeProvider clock) : IQuotaSource
{
    private const string LookSql =
        """
        select c.used + c.reserved - coalesce((
          select sum(r.units) from usage.reservations r
          where (r.team_id, r.metric, r.window_start, r.subject_id) = (c.team_id, c.metric, c.window_start, c.subject_id) and not r.expired and r.expires_at <= $5), 0)
        from usage.usage_counters c where (c.team_id, c.metric, c.window_start, c.subject_id) = ($1, $2, $3, $4)
        """;

    public bool Meters(string action) => MeteredActions.MetricOf(action) is not null || rates.Of(action) is not null;

    public async ValueTask<QuotaFact?> Look(DecisionFacts question, CancellationToken ct)
    {
        if (MeteredActions.MetricOf(question.Action) is not { } metric)
        {
            return null;
        }

        var now = Timestamps.Truncate(clock.GetUtcNow());
        var payer = Payer.Of(question);
        var quota = await quotas.Of(payer, metric, ct);
        return quota.Effective is { } limit ? new QuotaFact(metric, await InUse(new(payer, metric, Metrics.StartOf(quota.Window, now)), now, ct), limit) { Plan = quota.Plan, Staked = quota.Staked } : null;
    }

    public async ValueTask<QuotaTaken> Take(DecisionFacts question, DecisionId decision, bool countRate, CancellationToken ct)
    {
        var rate = countRate ? await rates.Take(question, ct) : null;
        if (rate is { Wait: not null } || MeteredActions.MetricOf(question.Action) is not { } metric)
        {
            return new(null, rate, null);
        }

        var now = Timestamps.Truncate(clock.GetUtcNow());
        var payer = Payer.Of(question);
        var quota = await quotas.Of(payer, metric, ct);
        var counter = new CounterKey(payer, metric, Metrics.StartOf(quota.Window, now));
        var ahead = MeteredActions.IsTakenAhead(metric);
        var standing = ahead
            ? await stocks.Take(counter, question.Units, quota.Effective, ct)
            : await counters.Take(new(decision.Value, counter, question.Units, quota.Effective, null, now) { KeyId = question.KeyId }, ct);
        var fact = quota.Effective is { } limit ? new QuotaFact(metric, standing.Used + standing.Reserved - (standing.Accepted ? question.Units : 0), limit) { Plan = quota.Plan, Staked = quota.Staked } : null;
        return new(fact, rate, standing.Accepted ? () => GiveBack(decision, counter, question.Units, ahead) : null);
    }

    private Task GiveBack(DecisionId decision, CounterKey counter, decimal units, bool ahead)
    {
        if (ahead)
        {
            stocks.PutBack(counter, units);
            return Task.CompletedTask;
        }

        return counters.Take(new($"{decision.Value}/back", counter, -units, null, null, Timestamps.Truncate(clock.GetUtcNow())), CancellationToken.None);
    }

    private async Task<decimal> InUse(CounterKey counter, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = database.Of(ServiceName.Usage).CreateCommand(LookSql);
        command.Parameters.AddText(counter.Payer.TeamId.Value);
        command.Parameters.AddText(counter.Metric);
        command.Parameters.AddTime(counter.WindowStart);
        command.Parameters.AddText(counter.Payer.SubjectId);
        command.Parameters.AddTime(now);
        return await QueryMeter.Measured(command.ExecuteScalarAsync(ct)) is decimal used ? used : 0;
    }
}
