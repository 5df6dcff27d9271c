using Daarion.Core.Embassies;
using static Daarion.Tests.Integration.Economy.EconomyWorld;
using static Daarion.Tests.Integration.Embassies.OutsidePlatform;

namespace Daarion.Tests.Integration.Economy;

/// <summary>What platforms bring to the door.</summary>
internal static class DeliveryStories
{
    private static readonly string[] Energy = ["energy"];

    public static IEnumerable<KeyValuePair<string, Func<EconomyWorld, Task<string>>>> All =>
    [
        new("E1", async w => Word(await (await w.LetIn(Energy)).Send(Reading(Site, w.Now, 1)))),
        new("E2", async w =>
        {
            var platform = await w.LetIn(Energy);
            platform.Secret = PlatformKey.NewSecret();
            return Word(await platform.Send(Reading(Site, w.Now, 1)));
        }),
        new("E3", async w => Word(await (await w.LetIn(Energy)).Send(Reading(Site, w.Now, 1), clockOff: TimeSpan.FromMinutes(6)))),
        new("E4", async w => Word(await (await w.LetIn(Energy)).Send(Reading(Site, w.Now, 1), SignatureStyle.StandardWebhooks))),
        new("E5", w => Renewed(w, 60)),
        new("E6", w => Renewed(w, 0)),
        new("E7", async w =>
        {
            var platform = await w.LetIn(Energy);
            await platform.Send(Reading(Site, w.Now, 1));
            return Word(await platform.Send(Reading(Site, w.Now, 1))) == "duplicate" ? Ok : "taken twice";
        }),
        new("E8", async w =>
        {
            var platform = await w.LetIn(Energy);
            await platform.Send(Reading(Site, w.Now, 1));
            return Word(await platform.Send(Reading(Site, w.Now, 2)));
        }),
        new("E9", async w =>
        {
            var platform = await w.LetIn(Energy);
            await platform.Send(Reading(Site, w.Now, 1));
            var word = Word(await platform.Send(Batch(Reading(Site, w.Now.AddHours(-1), 0.5m), Reading(Site, w.Now, 2))));
            return Word(await platform.Send(Reading(Site, w.Now.AddHours(-1), 0.4m))) == Ok ? word : "half of it was taken";
        }),
        new("E10", w => Many(w, 1_000)),
        new("E11", w => Many(w, 1_001)),
        new("E12", async w =>
        {
            var platform = await w.LetIn(Energy, isMapped: false);
            var word = Word(await platform.Send(Reading(Site, w.Now, 1)));
            return (await w.Get($"embassy/platform/{platform.Name}")).GetProperty("held_readings").GetInt64() == 1 ? word : "not held";
        }),
        new("E13", async w => Word(await (await w.LetIn(Energy)).SendTo("water", Said("water", Site, w.Now, "1", "m3")))),
        new("E14", async w =>
        {
            var platform = await w.LetIn(Energy);
            await w.Make($"embassy/platform/{platform.Name}/suspend", new { });
            return Word(await platform.Send(Reading(Site, w.Now, 1)));
        }),
        new("E15", async w =>
        {
            var platform = await w.LetIn(Energy, perMinute: 1);
            await platform.Send(Reading(Site, w.Now, 1));
            return Word(await platform.Send(Reading(Site, w.Now.AddMinutes(1), 1)));
        }),
        new("E16", async w => Word(await (await w.LetIn(Energy)).Send(Said("energy", Site, w.Now, "1,5", "kwh")))),
        new("E17", async w =>
        {
            var platform = await w.LetIn(["energy", "water"], perMinute: 1);
            await platform.Send(Reading(Site, w.Now, 1));
            await platform.Send(Reading(Site, w.Now.AddMinutes(1), 1));
            return Word(await platform.SendTo("water", Said("water", Site, w.Now, "1", "m3")));
        }),
    ];

    private static async Task<string> Renewed(EconomyWorld w, int overlap)
    {
        var platform = await w.LetIn(Energy);
        await w.Make($"embassy/platform/{platform.Name}/secret/rotate", new { overlap_minutes = overlap });
        return Word(await platform.Send(Reading(Site, w.Now, 1)));
    }

    private static async Task<string> Many(EconomyWorld w, int count) =>
        Word(await (await w.LetIn(Energy)).Send(Batch(Enumerable.Range(0, count).Select(place => Reading(Site, w.Now.AddSeconds(place - 2_000), place)))));
}
