using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Usage;

/// <summary>What a key may still spend: its counter and its limit.</summary>
internal readonly record struct KeyBudget(CounterKey Counter, decimal Limit);

/// <summary>Budgets of access keys in compute tokens, by the month (access §4): a part of what the team may use, counted beside it under the key's name.</summary>
internal sealed class KeyBudgets(FactCache facts, TimeProvider clock)
{
    /// <summary>What a budget is counted in.</summary>
    public const string Metric = "compute_1t";

    private const string Share = "/key";

    /// <summary>The budget behind a use; null where there is none.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c> for a key that there is not, or that does not reach the team.</exception>
    public async ValueTask<KeyBudget?> Of(TeamId team, string metric, string? keyId, CancellationToken ct)
    {
        if (metric != Metric || !AccessKeyId.TryParse(keyId, out _))
        {
            return null;
        }

        if ((await facts.Keys.Get(keyId, facts.MaxAge, ct))?.Access is not { } grant || grant.TeamId != team)
        {
            throw CityException.Invalid("key_id", "Name an access key that reaches the team.");
        }

        return grant.Budget1T is { } limit
            ? new KeyBudget(new(Payer.OfKey(team, keyId), Metric, Metrics.StartOf(UsageWindow.Month, Timestamps.Truncate(clock.GetUtcNow()))), limit)
            : null;
    }

    /// <summary>The name under which a use counts in the key's budget.</summary>
    public static string ShareOf(string id) => id + Share;
}
