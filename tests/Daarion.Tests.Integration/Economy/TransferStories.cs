using System.Text.Json;
using static Daarion.Tests.Integration.Economy.EconomyWorld;

namespace Daarion.Tests.Integration.Economy;

/// <summary>Tokens that go from one to another, come into being and end.</summary>
internal static class TransferStories
{
    public static IEnumerable<KeyValuePair<string, Func<EconomyWorld, Task<string>>>> All =>
    [
        new("T1", async w =>
        {
            await w.Give(w.Olena, "KWT", 10);
            var word = await w.Send(w.Olena, w.Maria, 5, w.Olena);
            return (await w.Available(w.Olena), await w.Available(w.Maria)) == (5m, 5m) ? word : "not moved";
        }),
        new("T2", async w =>
        {
            await w.Give(w.Olena, "KWT", 10);
            return await w.Send(w.Olena, w.Maria, 11, w.Olena);
        }),
        new("T3", w => w.Send(w.Olena, w.Maria, 0, w.Olena)),
        new("T4", async w =>
        {
            await w.Give(w.Olena, "KWT", 10);
            return await w.Send(w.Olena, w.Olena, 5, w.Olena);
        }),
        new("T5", async w =>
        {
            await w.Give(w.Olena, "KWT", 10);
            return await w.Send(w.Olena, w.Maria, 5, w.Maria);
        }),
        new("T6", async w =>
        {
            await w.Give(w.Team, "KWT", 10);
            return await w.Send(w.Team, w.Maria, 5, w.Taras);
        }),
        new("T7", async w => (await Large(w)).GetProperty("status").GetString() == "pending" && await w.Available(w.Olena) == 9_999 ? Ok : "not waiting"),
        new("T8", async w => await w.Do($"wallet/transfers/{Id(await Large(w))}/approve", new { }, w.Olena)),
        new("T9", async w =>
        {
            var word = await w.Do($"wallet/transfers/{Id(await Large(w))}/approve", new { }, w.Operator);
            return await w.Available(w.Maria) == 10_001 ? word : "not moved";
        }),
        new("T10", async w =>
        {
            var word = await w.Do($"wallet/transfers/{Id(await Large(w))}/cancel", new { }, w.Olena);
            return await w.Available(w.Olena) == 20_000 ? word : "still locked";
        }),
        new("T11", async w =>
        {
            await w.Give(w.Maria, "RINGK", 7);
            return await w.Available(w.Maria, "RINGK") == 7 ? Ok : "not there";
        }),
        new("T12", async w => await w.Do("wallet/mint", new { to = w.Maria, symbol = "RINGK", amount = "10001", reason = "by policy" }) == "pending" && await w.Available(w.Maria, "RINGK") == 0 ? Ok : "not waiting"),
        new("T13", w => w.Do("wallet/mint", new { to = w.Maria, symbol = "KWT", amount = "1", reason = "a gift" }, w.Operator)),
        new("T14", async w =>
        {
            await w.Give(w.Maria, "1T", 7);
            var word = await w.Do("wallet/burn", new { from = w.Maria, symbol = "1T", amount = "3", reason = "by policy" });
            return await w.Available(w.Maria, "1T") == 4 ? word : "not burned";
        }),
        new("T15", async w =>
        {
            await w.Give(w.Maria, "1T", 10_000);
            await w.Give(w.Maria, "1T", 10_000);
            var held = await w.Make("wallet/burn", new { from = w.Maria, symbol = "1T", amount = "10001", reason = "by policy" });
            return await w.Do($"wallet/transfers/{Id(held)}/cancel", new { }, w.Maria);
        }),
        new("T16", async w =>
        {
            var (_, back) = await Reversal(w);
            var word = await w.Do($"wallet/transfers/{back}/approve", new { }, w.Other);
            return (await w.Available(w.Olena), await w.Available(w.Maria)) == (10m, 0m) ? word : "not moved back";
        }),
        new("T17", async w => await w.Do($"wallet/transfers/{(await Reversal(w)).Back}/approve", new { }, w.Operator)),
        new("T18", async w =>
        {
            var (_, back) = await Reversal(w);
            await w.Make($"wallet/transfers/{back}/approve", new { }, w.Other);
            return await w.Do($"wallet/transactions/{back}/reverse", new { reason = "again" }, w.Operator);
        }),
        new("T19", async w => await w.Do($"wallet/transactions/{(await Reversal(w)).Sent}/reverse", new { reason = "again" }, w.Other)),
    ];

    private static async Task<JsonElement> Large(EconomyWorld w)
    {
        await w.Give(w.Olena, "KWT", 10_000);
        await w.Give(w.Olena, "KWT", 10_000);
        return await w.Make("wallet/transfer", new { from = w.Olena, to = w.Maria, symbol = "KWT", amount = "10001" }, w.Olena);
    }

    private static async Task<(string Sent, string Back)> Reversal(EconomyWorld w)
    {
        await w.Give(w.Olena, "KWT", 10);
        var sent = Id(await w.Make("wallet/transfer", new { from = w.Olena, to = w.Maria, symbol = "KWT", amount = "4" }, w.Olena));
        return (sent, Id(await w.Make($"wallet/transactions/{sent}/reverse", new { reason = "the wrong neighbour" }, w.Operator)));
    }
}
