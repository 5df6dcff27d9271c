using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Wallets;

/// <summary>What policies have made of the rules that movements are rewarded by.</summary>
internal static class RewardsInForce
{
    private const string Subsidy = "energy.subsidy";
    private const string SubsidisedDomain = "energy";
    private const string Cap = "reward_cap.";

    /// <summary>A rule with the subsidy and the cap that the registry says.</summary>
    public static PayoutRule InForce(this PayoutRule rule, PolicySnapshot registry) => rule with
    {
        Rate = rule.Domain == SubsidisedDomain && Number(registry, Subsidy) is { } subsidy ? rule.Rate + subsidy : rule.Rate,
        DailyCap = Number(registry, Cap + rule.Domain) ?? rule.DailyCap,
    };

    private static Quantity? Number(PolicySnapshot registry, string name) =>
        registry.Settings.TryGetValue(name, out var text) && Quantity.TryParse(text, null, out var number) ? number : null;
}
