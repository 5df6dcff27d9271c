using System.Collections.Frozen;

namespace Daarion.Core.Usage;

/// <summary>Which actions use up a quota, each time one unit of it, or as many as the thing says (<see cref="Daarion.Core.Policy.ResourceRef.Units"/>). The one table of it: an action that is not here uses up nothing when it is decided.</summary>
internal static class MeteredActions
{
    private static readonly FrozenDictionary<string, string> MetricByAction = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["wallet.payout.claim"] = Metrics.PayoutClaims,
        ["wallet.transfer"] = Metrics.WalletTx,
        ["wallet.convert"] = Metrics.WalletTx,
        ["wallet.stake.ringk"] = Metrics.StakeOps,
        ["chat.message.send"] = Metrics.Messages,
        ["agent.run.invoke"] = Metrics.AgentRuns,
        ["router.invoke"] = Metrics.RouterInvokes,
        ["embassy.energy.update"] = Metrics.EventsOf("energy"),
        ["embassy.food.update"] = Metrics.EventsOf("food"),
        ["embassy.water.update"] = Metrics.EventsOf("water"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The metric that an action uses up, or null.</summary>
    public static string? MetricOf(string action) => MetricByAction.GetValueOrDefault(action);

    /// <summary>True for what comes too often to be counted in the database each time.</summary>
    public static bool IsTakenAhead(string metric) => metric.StartsWith(Metrics.EmbassyEvents, StringComparison.Ordinal);
}
