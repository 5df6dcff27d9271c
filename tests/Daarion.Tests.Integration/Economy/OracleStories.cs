using static Daarion.Tests.Integration.Economy.EconomyWorld;

namespace Daarion.Tests.Integration.Economy;

/// <summary>What oracles say of readings.</summary>
internal static class OracleStories
{
    private const int Hours = 30;

    public static IEnumerable<KeyValuePair<string, Func<EconomyWorld, Task<string>>>> All =>
    [
        new("O1", async w => Delta(await w.Publish(w.Name("a"), 100, w.Now)) == 0 ? Ok : "counted"),
        new("O2", async w =>
        {
            await w.Publish(w.Name("a"), 100, w.Now.AddHours(-1));
            return Delta(await w.Publish(w.Name("a"), 112.5m, w.Now)) == 12.5m ? Ok : "not counted";
        }),
        new("O3", w => w.Judge(w.Name("a"), -1, w.Now)),
        new("O4", async w =>
        {
            await w.Publish(w.Name("a"), 100, w.Now.AddHours(-1));
            return await w.Judge(w.Name("a"), 99, w.Now);
        }),
        new("O5", async w =>
        {
            await w.Publish(w.Name("a"), 100, w.Now.AddHours(-2));
            await w.Make($"oracle/site/{Site}/meter-change", new { platform = w.Name("a"), at = Core.Kernel.Timestamps.Format(w.Now.AddHours(-1)) }, w.Operator);
            return Delta(await w.Publish(w.Name("a"), 3, w.Now)) == 0 ? Ok : "counted";
        }),
        new("O6", w => Rises(w, "energy", "kwh", 6.1m)),
        new("O7", w => Rises(w, "energy", "kwh", 5)),
        new("O8", w => Rises(w, "water", "m3", 200)),
        new("O9", w => Rises(w, "water", "m3", 90)),
        new("O10", w => w.Judge(w.Name("a"), 1, w.Now.AddMinutes(6))),
        new("O11", w => w.Judge(w.Name("a"), 1, w.Now.AddMinutes(4))),
        new("O12", w => w.Judge(w.Name("a"), 1, w.Now.AddDays(-31))),
        new("O13", w => w.Judge(w.Name("a"), 1, w.Now.AddDays(-29))),
        new("O14", async w =>
        {
            await Usual(w, "energy", "kwh");
            return await w.Judge(w.Name("a"), Hours + 0.001m, w.Now.AddHours(-1).AddSeconds(1));
        }),
        new("O15", w => Second(w, 12)),
        new("O16", w => Second(w, 10.5m)),
        new("O17", async w =>
        {
            await w.Publish(w.Name("a"), 1, w.Now.AddHours(-1), "gj");
            return decimal.Round(Delta(await w.Publish(w.Name("a"), 2, w.Now, "gj")), 6) == 277.777778m ? Ok : "counted otherwise";
        }),
        new("O18", w => w.Judge(w.Name("a"), 10, w.Now, "units", "food")),
        new("O19", async w =>
        {
            await w.Make($"oracle/site/{Site}/piece-weight", new { platform = w.Name("a"), weight = "0.5" }, w.Operator);
            await w.Publish(w.Name("a"), 10, w.Now.AddHours(-1), "units", "food");
            return Delta(await w.Publish(w.Name("a"), 14, w.Now, "units", "food")) == 2 ? Ok : "counted otherwise";
        }),
        new("O20", async w =>
        {
            await w.Publish(w.Name("a"), 1_000, w.Now.AddHours(-1), "l", "water");
            return Delta(await w.Publish(w.Name("a"), 4_000, w.Now, "l", "water")) == 3 ? Ok : "counted otherwise";
        }),
        new("O21", w => w.Do("oracle", new { platform = w.Name("a"), site_id = Site, team_id = w.Team, value = "1", unit = "l", ts = Core.Kernel.Timestamps.Format(w.Now) })),
        new("O22", async w =>
        {
            await w.Publish(w.Name("a"), 100, w.Now.AddHours(-2));
            await w.Publish(w.Name("a"), 110, w.Now);
            await w.Publish(w.Name("a"), 104, w.Now.AddHours(-1));
            var all = await w.All($"oracle?platform={w.Name("a")}");
            return all.Sum(Delta) == 10 && all.Exists(one => Number(one, "normalized_value") == 104) ? Ok : "counted otherwise";
        }),
    ];

    private static decimal Delta(System.Text.Json.JsonElement reading) => Number(reading, "delta");

    // A site that rises by one an hour for more than a day.
    private static async Task Usual(EconomyWorld w, string domain, string unit)
    {
        for (var hour = 0; hour <= Hours; hour++)
        {
            await w.Publish(w.Name("a"), hour, w.Now.AddHours(hour - Hours - 1), unit, domain);
        }
    }

    private static async Task<string> Rises(EconomyWorld w, string domain, string unit, decimal by)
    {
        await Usual(w, domain, unit);
        return await w.Judge(w.Name("a"), Hours + by, w.Now, unit, domain);
    }

    // Of two platforms that tell of one site, the second is there first.
    private static async Task<string> Second(EconomyWorld w, decimal rise)
    {
        await w.Publish(w.Name("a"), 100, w.Now.AddHours(-1));
        await w.Publish(w.Name("b"), 100, w.Now.AddHours(-1));
        await w.Publish(w.Name("b"), 100 + rise, w.Now);
        return await w.Judge(w.Name("a"), 110, w.Now);
    }
}
