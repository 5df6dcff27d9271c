using Daarion.Core.Policy;

namespace Daarion.Core.Usage;

/// <summary>How often a minute (access: rate limits). A host may give the city others.</summary>
public sealed record UsageRates
{
    /// <summary>By action, for whoever takes it.</summary>
    public IReadOnlyDictionary<string, int> Actions { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["agent.run.invoke"] = 10,
        ["router.invoke"] = 30,
        ["wallet.payout.claim"] = 2,
        ["embassy.rwa.claim"] = 120,
        ["chat.message.send"] = 300,
    };

    /// <summary>By the plan of its team, for an access key that has no rate of its own.</summary>
    public IReadOnlyDictionary<TeamPlan, int> Keys { get; init; } = new Dictionary<TeamPlan, int>
    {
        [TeamPlan.Freemium] = 50,
        [TeamPlan.Casual] = 100,
        [TeamPlan.Premium] = 200,
        [TeamPlan.Platformium] = 1_000,
    };
}
