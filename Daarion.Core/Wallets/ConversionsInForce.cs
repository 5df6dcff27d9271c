using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Wallets;

/// <summary>What policies have made of the rates at which tokens are changed into others.</summary>
internal static class ConversionsInForce
{
    private const string RatePrefix = "conversion.";
    private const string LimitName = "wallets.conversion_daily_limit";

    /// <summary>The pairs that have a rate.</summary>
    public static IEnumerable<(Symbol From, Symbol To, Quantity Rate)> Of(PolicySnapshot registry) =>
        from one in Symbols.All
        from other in Symbols.All
        where one != other
        let rate = RateOf(registry, one, other)
        where rate is not null
        select (one, other, rate.Value);

    /// <summary>How much of the one comes for each of the other; null where the one is not changed into the other.</summary>
    public static Quantity? RateOf(PolicySnapshot registry, Symbol from, Symbol to) =>
        Number(registry, $"{RatePrefix}{from.Code()}.{to.Code()}") is { IsPositive: true } rate ? rate : null;

    /// <summary>How much of a token an owner may change into another in a day.</summary>
    public static Quantity DailyLimit(PolicySnapshot registry) => Number(registry, LimitName) ?? Quantity.Zero;

    private static Quantity? Number(PolicySnapshot registry, string name) =>
        registry.Settings.TryGetValue(name, out var text) && Quantity.TryParse(text, null, out var number) ? number : null;
}
