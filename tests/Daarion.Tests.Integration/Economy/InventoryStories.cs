using System.Text.Json;
using Daarion.Tests.Integration.Embassies;
using Daarion.Tests.Integration.Running;
using static Daarion.Tests.Integration.Economy.EconomyWorld;
using static Daarion.Tests.Integration.Embassies.OutsidePlatform;

namespace Daarion.Tests.Integration.Economy;

/// <summary>What is in stock, and who sets it right.</summary>
internal static class InventoryStories
{
    public static IEnumerable<KeyValuePair<string, Func<EconomyWorld, Task<string>>>> All =>
    [
        new("R1", async w =>
        {
            await Ten(w);
            return Ok;
        }),
        new("R2", async w =>
        {
            var platform = await Ten(w);
            await platform.SendTo("rwa", Said("energy", Site, w.Now.AddMinutes(-1), "-4", "kwh"));
            await Eventually.Equal(6m, async () => Number(await Stock(w), "value"));
            return Ok;
        }),
        new("R3", async w =>
        {
            var platform = await Ten(w);
            await platform.SendTo("rwa", Said("energy", Site, w.Now.AddMinutes(-1), "-11", "kwh"));
            await Eventually.Equal(1, async () => (await w.All($"rwa/claims?team_id={w.Team}")).Count);
            return Number(await Stock(w), "value") == 10 ? (await w.All($"rwa/claims?team_id={w.Team}"))[0].GetProperty("state").GetString()! : "moved";
        }),
        new("R4", async w => (await Asked(w)).GetProperty("status").GetString() == "pending" ? Ok : "not waiting"),
        new("R5", async w => await w.Do($"rwa/adjustments/{Id(await Asked(w))}/approve", new { }, w.Operator)),
        new("R6", async w =>
        {
            var word = await w.Do($"rwa/adjustments/{Id(await Asked(w))}/approve", new { }, w.Other);
            return Number(await Stock(w), "value") == 8 ? word : "not set right";
        }),
        new("R7", async w =>
        {
            await Ten(w);
            return await w.Do("rwa/adjust", new { inventory_id = Id(await Stock(w)), delta = "-2", reason = "lost" }, w.Olena);
        }),
    ];

    private static async Task<OutsidePlatform> Ten(EconomyWorld w)
    {
        var platform = await w.LetIn(["energy", "rwa"]);
        await platform.SendTo("energy", Batch(Reading(Site, w.Now.AddHours(-1), 100), Reading(Site, w.Now, 110)));
        await Eventually.Equal(10m, async () => (await w.All($"rwa/inventory?team_id={w.Team}")) is [var stock] ? Number(stock, "value") : 0);
        return platform;
    }

    private static async Task<JsonElement> Stock(EconomyWorld w) => (await w.All($"rwa/inventory?team_id={w.Team}"))[0];

    private static async Task<JsonElement> Asked(EconomyWorld w)
    {
        await Ten(w);
        return await w.Make("rwa/adjust", new { inventory_id = Id(await Stock(w)), delta = "-2", reason = "lost" }, w.Operator);
    }
}
