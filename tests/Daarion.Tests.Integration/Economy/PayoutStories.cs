using static Daarion.Tests.Integration.Economy.EconomyWorld;

namespace Daarion.Tests.Integration.Economy;

/// <summary>What is earned, and who claims it.</summary>
internal static class PayoutStories
{
    public static IEnumerable<KeyValuePair<string, Func<EconomyWorld, Task<string>>>> All =>
    [
        new("P1", async w => await Made(w, await w.Earn(12.5m), 12.5m, "KWT")),
        new("P2", async w => await Made(w, await w.Earn(200, "food", "kg"), 2, "1T")),
        new("P3", async w => await Made(w, await w.Earn(3, "water", "m3"), 3, "1T")),
        new("P4", async w =>
        {
            var movement = RwaId.New(w.Now).Value;
            await w.Earn(5, movement: movement);
            return await w.Earn(5, movement: movement) == "nothing" && (await w.All($"wallet/payouts?team_id={w.Team}")).Count == 1 ? Ok : "paid twice";
        }),
        new("P5", async w =>
        {
            var payout = await w.Payout(await w.Earn(12_000));
            return (Number(payout, "amount"), Number(payout, "unpaid")) == (10_000m, 2_000m) ? Ok : payout.ToString();
        }),
        new("P6", async w =>
        {
            await w.Earn(10_000);
            return await w.Earn(1);
        }),
        new("P7", async w =>
        {
            var word = await w.Claim(await w.Earn(5), w.Olena);
            return await w.Available(w.Team) == 5 ? word : "not there";
        }),
        new("P8", async w => await w.Claim(await w.Earn(5), w.Taras)),
        new("P9", async w =>
        {
            var word = await w.Claim(await w.Earn(5, resident: w.Taras), w.Taras);
            return await w.Available(w.Taras) == 5 ? word : "not there";
        }),
        new("P10", async w => await w.Claim(await w.Earn(5, resident: w.Taras), w.Olena)),
        new("P11", async w =>
        {
            var payout = await w.Earn(5);
            await w.Claim(payout, w.Olena);
            return await w.Claim(payout, w.Olena);
        }),
        new("P12", async w => await w.Claim(await w.Earn(1_001), w.Olena)),
        new("P13", async w =>
        {
            var payout = await w.Earn(1_001);
            await w.Make($"wallet/payouts/{payout}/approve", new { }, w.Operator);
            return await w.Claim(payout, w.Olena);
        }),
        new("P14", async w =>
        {
            var payout = await w.Earn(1_001);
            await w.Make($"wallet/payouts/{payout}/cancel", new { note = "the meter was broken" }, w.Operator);
            return await w.Claim(payout, w.Olena);
        }),
    ];

    private static async Task<string> Made(EconomyWorld w, string id, decimal amount, string symbol)
    {
        var payout = await w.Payout(id);
        return (Number(payout, "amount"), payout.GetProperty("symbol").GetString()) == (amount, symbol) ? Ok : payout.ToString();
    }
}
