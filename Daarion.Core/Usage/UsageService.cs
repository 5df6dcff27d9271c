using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Usage;

/// <inheritdoc cref="IUsageService"/>
internal sealed partial class UsageService(Func<UsageDbContext> context, IAccess access, QuotaTable quotas, Counters counters, KeyBudgets budgets, TimeProvider clock) : IUsageService
{
    private const int MaxName = 200;
    private const decimal MaxUnits = 1_000_000_000_000m;

    // What is only counted needs no context, and making one would be most of its cost.
    private UsageDbContext Db => context();

    private DateTimeOffset Now => Timestamps.Truncate(clock.GetUtcNow());

    public async Task<Reserved> Reserve(Caller caller, ReserveUnits request, CancellationToken ct)
    {
        var team = await RequireWrite(caller, request.TeamId, ct);
        var metric = Metrics.Checked(request.Metric);
        var units = Units(request.Units.Value, 0.000000001m);
        if (request.Ttl is < 1 or > ReserveUnits.MaxTtl)
        {
            throw CityException.Invalid("ttl", $"Give 1 to {ReserveUnits.MaxTtl} seconds.");
        }

        var budget = await budgets.Of(request.TeamId, metric, Name("key_id", request.KeyId), ct);
        var now = Now;
        var id = ReservationId.New(now);
        var expires = now.AddSeconds(request.Ttl);
        var (counter, quota) = await Counter(Payer.Of(request.TeamId), metric, ct);
        if (budget is { } own)
        {
            await RequireTaken(new(KeyBudgets.ShareOf(id.Value), own.Counter, units, own.Limit, expires, now));
        }

        Standing standing;
        try
        {
            standing = await RequireTaken(new(id.Value, counter, units, quota.Effective, expires, now) { KeyId = request.KeyId });
        }
        catch (CityException) when (budget is not null)
        {
            await counters.Finish(new(KeyBudgets.ShareOf(id.Value), null, Now), CancellationToken.None);
            throw;
        }

        return new(id, Told(metric, quota, standing.Used, standing.Reserved).Remaining, expires);

        async Task<Standing> RequireTaken(Taking taking)
        {
            var taken = await counters.Take(taking, ct);
            if (!taken.Accepted)
            {
                // The PDP says it, so that the refusal is in its log with what was looked at.
                await access.RequireWithin(caller, UsageModule.Write, team, new QuotaFact(metric, taken.Used + taken.Reserved, taking.Limit!.Value), units, ct);
                throw new CityException(ErrorCode.Forbidden, $"{metric}: {units} more do not fit.") { Reason = metric == KeyBudgets.Metric ? Reasons.CostExceeded : Reasons.QuotaExceeded };
            }

            return taken;
        }
    }

    public async Task<UnitsCounted> Settle(Caller caller, SettleUnits request, CancellationToken ct)
    {
        await RequireWrite(caller, null, ct);
        return await End(request.Reservation, Units(request.Units.Value, 0), ct);
    }

    public async Task<UnitsCounted> Release(Caller caller, ReservationRef request, CancellationToken ct)
    {
        await RequireWrite(caller, null, ct);
        return await End(request.Reservation, null, ct);
    }

    public async Task<UnitsCounted> Increment(Caller caller, IncrementUnits request, CancellationToken ct)
    {
        await RequireWrite(caller, request.TeamId, ct);
        var metric = Metrics.Checked(request.Metric);
        var source = Name("source_id", request.SourceId) ?? throw CityException.Invalid("source_id", "Say what is counted, so that it counts once.");
        var (counter, quota) = await Counter(Payer.Of(request.TeamId), metric, ct);
        var taking = new Taking(source, counter, Units(request.Units.Value, quota.Window == UsageWindow.Held ? -MaxUnits : 0), null, null, Now)
        {
            Agent = Name("agent", request.Agent),
            Model = Name("model", request.Model),
            KeyId = Name("key_id", request.KeyId),
        };
        var budget = await budgets.Of(request.TeamId, metric, taking.KeyId, ct);
        var standing = await counters.Take(taking, ct);
        if (budget is { } own)
        {
            await counters.Take(taking with { Id = KeyBudgets.ShareOf(source), Counter = own.Counter }, ct);
        }

        return Told(metric, quota, standing.Used, standing.Reserved);
    }

    private async Task<UnitsCounted> End(ReservationId reservation, decimal? units, CancellationToken ct)
    {
        var ended = await counters.Finish(new(reservation.Value, units, Now), ct);

        // Ending twice ends what a broken first time has left.
        if (ended is { Outcome: EndOutcome.Done, Counter.Metric: KeyBudgets.Metric })
        {
            await counters.Finish(new(KeyBudgets.ShareOf(reservation.Value), units, Now), ct);
        }

        return ended.Outcome switch
        {
            EndOutcome.Done when ended.Counter.Metric is { } metric => Told(metric, await quotas.Of(ended.Counter.Payer, metric, ct), ended.Used, ended.Reserved),
            EndOutcome.Other => throw CityException.Conflict("This reservation was settled with another figure.", "settled"),
            _ => throw CityException.NotFound("reservation"),
        };
    }

    // A service key that holds the capability counts for any team.
    private async Task<ResourceRef?> RequireWrite(Caller caller, TeamId? team, CancellationToken ct)
    {
        var resource = team is { } one ? ResourceRef.Team(one) : null;
        await access.Require(caller, UsageModule.Write, resource, ct);
        return resource;
    }

    private async ValueTask<(CounterKey Counter, Quota Quota)> Counter(Payer payer, string metric, CancellationToken ct)
    {
        var quota = await quotas.Of(payer, metric, ct);
        return (new(payer, metric, Metrics.StartOf(quota.Window, Now)), quota);
    }

    private static UnitsCounted Told(string metric, Quota quota, decimal used, decimal reserved)
    {
        if (quota.Effective is { } limit)
        {
            QuotaWatch.Note(metric, used + reserved, limit);
        }

        return new(metric, Quantity.Of(used), Quantity.Of(reserved), Left(quota, used, reserved));
    }

    private static Quantity? Left(Quota quota, decimal used, decimal reserved) => quota.Effective is { } limit ? Quantity.Of(Math.Max(0, limit - used - reserved)) : null;

    private static decimal Units(decimal units, decimal least) => units >= least && units <= MaxUnits
        ? units
        : throw (least switch
        {
            < 0 => CityException.Invalid("units", $"Give at most {MaxUnits} units."),
            0 => CityException.Invalid("units", $"Give 0 to {MaxUnits} units."),
            _ => CityException.Invalid("units", $"Give more than 0 and at most {MaxUnits} units."),
        });

    private static string? Name(string field, string? text) => text switch
    {
        null => null,
        { Length: 0 or > MaxName } => throw CityException.Invalid(field, $"Give 1 to {MaxName} characters."),
        _ when text.Any(c => char.IsControl(c) || char.IsSurrogate(c)) => throw CityException.Invalid(field, "Use printable characters."),
        _ => text,
    };
}
