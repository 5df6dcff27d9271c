using Daarion.Tests.Integration.Running;
using static Daarion.Tests.Integration.Economy.EconomyWorld;

namespace Daarion.Tests.Integration.Economy;

/// <summary>RINGK that lies for a team, and tokens changed into others.</summary>
internal static class StakeStories
{
    private static readonly TimeSpan Lock = TimeSpan.FromDays(7);

    /// <summary>Those in which days pass: nobody else tells one meanwhile.</summary>
    public static readonly IReadOnlyList<string> TakeTime = ["S6", "S7"];

    public static IEnumerable<KeyValuePair<string, Func<EconomyWorld, Task<string>>>> All =>
    [
        new("S1", w => Staked(w, 7)),
        new("S2", w => Staked(w, 6)),
        new("S3", async w =>
        {
            await w.Give(w.Olena, "RINGK", 10);
            return await w.Stake(11, 7, w.Olena);
        }),
        new("S4", async w =>
        {
            await w.Give(w.Maria, "RINGK", 10);
            return await w.Stake(10, 7, w.Maria);
        }),
        new("S5", async w => await Back(w, await Id7(w))),
        new("S6", async w =>
        {
            var stake = await Id7(w);
            await w.Wait(Lock);
            var word = await Back(w, stake);
            return await w.Available(w.Olena, "RINGK") == 10 ? word : "still locked";
        }),
        new("S7", async w =>
        {
            var stake = await Id7(w);
            await w.Wait(Lock);
            await Back(w, stake);
            return await Back(w, stake);
        }),
        new("S8", async w =>
        {
            await Id7(w);
            return await w.Send(w.Olena, w.Maria, 10, w.Olena, "RINGK");
        }),
        new("S9", async w =>
        {
            await w.Give(w.Olena, "RINGK", 1_000);
            await w.Stake(1_000, 7, w.Olena);
            await Eventually.Equal(1.25m, async () => Number((await w.Get($"usage/{w.Team}")).GetProperty("metrics").EnumerateArray().Single(one => one.GetProperty("metric").GetString() == "agent_runs"), "multiplier"));
            return Ok;
        }),
        new("C1", async w =>
        {
            await w.Give(w.Olena, "KWT", 10);
            var word = await Changed(w, w.Olena, "KWT", "10", w.Olena);
            return (await w.Available(w.Olena), await w.Available(w.Olena, "1T")) == (0m, 8m) ? word : "not changed";
        }),
        new("C2", async w =>
        {
            await w.Give(w.Olena, "RINGK", 10);
            return await Changed(w, w.Olena, "RINGK", "10", w.Olena);
        }),
        new("C3", async w =>
        {
            await w.Give(w.Olena, "KWT", 2_000);
            await Changed(w, w.Olena, "KWT", "999", w.Olena);
            return await Changed(w, w.Olena, "KWT", "2", w.Olena);
        }),
        new("C4", async w =>
        {
            await w.Give(w.Olena, "KWT", 10);
            return await Changed(w, w.Olena, "KWT", "11", w.Olena);
        }),
        new("C5", async w =>
        {
            await w.Give(w.Team, "KWT", 10);
            return await Changed(w, w.Team, "KWT", "5", w.Taras);
        }),
    ];

    private static async Task<string> Staked(EconomyWorld w, int days)
    {
        await w.Give(w.Olena, "RINGK", 10);
        return await w.Stake(10, days, w.Olena);
    }

    private static async Task<string> Id7(EconomyWorld w)
    {
        await w.Give(w.Olena, "RINGK", 10);
        return Id(await w.Make("wallet/stake", new { owner = w.Olena, team_id = w.Team, amount = "10", lock_days = 7 }, w.Olena));
    }

    private static Task<string> Back(EconomyWorld w, string stake) => w.Do("wallet/unstake", new { stake_id = stake }, w.Olena);

    private static Task<string> Changed(EconomyWorld w, string wallet, string symbol, string amount, string who) => w.Do("wallet/convert", new { wallet, from = symbol, to = "1T", amount }, who);
}
