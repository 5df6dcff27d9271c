using System.Collections.Frozen;

namespace Daarion.Core.Usage;

/// <summary>Which actions use up a quota, each time one unit of it. The one table of it: an action that is not here uses up nothing when it is decided.</summary>
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
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The metric that an action uses up, or null.</summary>
    public static string? MetricOf(string action) => MetricByAction.GetValueOrDefault(action);
}
