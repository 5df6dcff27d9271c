using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Daarion.E2E.Running;

namespace Daarion.E2E.Faults;

/// <summary>How long a round is and what breaks in it.</summary>
/// <param name="Seed">Replays the same order of faults.</param>
/// <param name="Sites">Meters that send at the same time.</param>
/// <param name="Readings">Readings of each meter, at most 1 400.</param>
/// <param name="Faults">What breaks, in this order, at random moments.</param>
/// <param name="Cut">How long NATS does not answer in <see cref="Fault.CutNats"/>.</param>
public sealed record FaultPlan(int Seed, int Sites, int Readings, IReadOnlyList<Fault> Faults, TimeSpan Cut);

/// <summary>
/// While readings stream in and payouts are claimed, things break. Afterwards, always: the payouts sum up to what the meters rose, every
/// invariant of the ledger holds, every event of the outbox is on its stream exactly once, and no payout was paid twice.
/// </summary>
public sealed class FaultRound(CityProcess city, FaultPlan plan, Action<string> progress)
{
    private static readonly string[] Capabilities =
    [
        "team.create", "team.read", "user.read", "city.embassy.manage", "city.embassy.read", "oracle.read", "rwa.inventory.read", "wallet.payout.view",
        "wallet.payout.claim", "wallet.balance.view", "city.wallet.audit", "city.outbox.read", "service.act_as",
    ];

    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan BetweenFaults = TimeSpan.FromSeconds(4);
    private readonly Random random = new(plan.Seed);
    private readonly ConcurrentDictionary<string, byte> claimed = new(StringComparer.Ordinal);

    /// <summary>Runs the round; fails with a sentence where a promise is broken.</summary>
    public async Task Run()
    {
        using var client = await CityClient.Create(city, Capabilities);
        var owner = (await city.Admin("admin", "operator", "--email", $"faults-{plan.Seed}@example.org")).GetProperty("user_id").GetString()!;
        var team = (await client.Post("/internal/v1/team/create", new { name = $"Розетка {plan.Seed}", mode = "public", owner_user_id = owner })).GetProperty("id").GetString()!;
        var platform = $"meters{plan.Seed}";
        var secret = (await client.Post("/internal/v1/embassy/platform", new { platform, name = "Meters", domains = new[] { "energy" } })).GetProperty("secret").GetString()!;
        var sites = Enumerable.Range(1, plan.Sites).Select(number => $"SITE-{number}").ToList();
        foreach (var site in sites)
        {
            await client.Post("/internal/v1/embassy/identity", new { platform, site_id = site, kind = "site", team_id = team });
        }

        var readings = MeterReadings.Last(plan.Readings, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var claiming = ClaimUntil(client, team, owner, stop.Token);
        var faults = BreakThings();
        // What fails ends the round at once: the others would wait for a city that does not come back.
        await foreach (var part in Task.WhenEach([faults, .. sites.Select(site => Stream(platform, secret, site, readings))]))
        {
            await part;
        }

        var expected = (readings[^1].Total - readings[0].Total) * plan.Sites;
        progress($"all readings are in; waiting for {expected.ToString(CultureInfo.InvariantCulture)} KWT");
        await Eventually.Equal(expected, async () => Sum(await client.All($"/internal/v1/wallet/payouts?team_id={team}"), "amount"), Settled);
        await Eventually.True(
            async () =>
            {
                if (claiming.IsCompleted)
                {
                    await claiming;
                }

                return (await client.All($"/internal/v1/wallet/payouts?team_id={team}&status=generated")).Count == 0;
            },
            "every payout is claimed",
            Settled);
        await stop.CancelAsync();
        await claiming;
        progress("every payout is there and claimed; comparing the rest");
        await Check(client, team, expected);
    }

    private async Task Check(CityClient client, string team, decimal expected)
    {
        var balance = (await client.Get($"/internal/v1/wallet/balance/{team}")).GetProperty("balances").EnumerateArray().Single(b => b.GetProperty("symbol").GetString() == "KWT");
        Assert.Equal(expected, Number(balance, "available"));

        // A reading that comes after a later one moves what was counted before: its two corrections sum to zero, and what is new stays what it was.
        var counted = (await client.All("/internal/v1/oracle?")).Where(reading => reading.GetProperty("state").GetString() == "published").ToList();
        Assert.Equal(expected, Sum(counted.Where(reading => reading.GetProperty("kind").GetString() == "reading"), "delta"));
        Assert.Equal(expected, Sum(counted, "delta"));
        var audit = await client.Get("/internal/v1/wallet/audit");
        Assert.True(audit.GetProperty("ok").GetBoolean(), audit.ToString());
        await Eventually.Equal(0L, async () => (await client.Get("/internal/v1/outbox/stats")).GetProperty("unprocessed").GetInt64(), Settled);
        await EveryEventIsOnItsStreamOnce(client);
    }

    private static async Task EveryEventIsOnItsStreamOnce(CityClient client)
    {
        var outbox = await client.All("/internal/v1/outbox");
        var streams = await client.Get("/internal/v1/events/streams");
        var published = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var stream in streams.GetProperty("items").EnumerateArray().Select(stream => stream.GetProperty("name").GetString()!))
        {
            foreach (var message in await client.All($"/internal/v1/events/streams/{stream}/messages"))
            {
                var id = message.GetProperty("event_id").GetString()!;
                published[id] = published.GetValueOrDefault(id) + 1;
            }
        }

        var ids = outbox.Select(row => row.GetProperty("id").GetString()!).ToList();
        Assert.NotEmpty(ids);
        var wrong = ids.Where(id => published.GetValueOrDefault(id) != 1).Select(id => $"{id} × {published.GetValueOrDefault(id)}").ToList();
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {ids.Count} events are not on their stream exactly once: {string.Join(", ", wrong.Take(5))}");
    }

    private async Task BreakThings()
    {
        var injector = new FaultInjector(city, plan.Cut);
        foreach (var fault in plan.Faults)
        {
            await Task.Delay(BetweenFaults * (0.25 + random.NextDouble()));
            progress($"{fault}");
            await injector.Inject(fault);
        }
    }

    private async Task Stream(string platform, string secret, string site, IReadOnlyList<MeterReading> readings)
    {
        using var http = new HttpClient { BaseAddress = city.PublicUrl, Timeout = TimeSpan.FromSeconds(20) };
        var sender = new Platform(http, platform, secret, TimeProvider.System);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Max(1, plan.Faults.Count * BetweenFaults.TotalMilliseconds / readings.Count)));
        foreach (var reading in readings)
        {
            await pace.WaitForNextTickAsync();
            while (!await Delivered(() => sender.Send(site, reading)))
            {
                await pace.WaitForNextTickAsync();
            }
        }
    }

    private static async Task<bool> Delivered(Func<Task<HttpResponseMessage>> send)
    {
        try
        {
            using var answer = await send();
            if (answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK)
            {
                return true;
            }

            Assert.True(answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests, $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            return false;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private async Task ClaimUntil(CityClient client, string team, string owner, CancellationToken ct)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        try
        {
            while (await pace.WaitForNextTickAsync(ct))
            {
                var page = await client.Get($"/internal/v1/wallet/payouts?team_id={team}&status=generated&limit=200", ct);
                var ids = page.GetProperty("items").EnumerateArray().Select(payout => payout.GetProperty("id").GetString()!).ToList();
                if (ids.Count == 0)
                {
                    continue;
                }

                var results = (await client.Post("/internal/v1/wallet/payout/claim", new { payout_ids = ids }, owner, ct)).GetProperty("results").EnumerateArray();
                foreach (var id in results.Where(result => result.GetProperty("status").GetString() == "claimed" && !HasCode(result)).Select(result => result.GetProperty("payout_id").GetString()!))
                {
                    Assert.True(claimed.TryAdd(id, 0), $"{id} was claimed twice");
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // All payouts are claimed.
        }
    }

    private static bool HasCode(JsonElement result) => result.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.String;

    private static decimal Sum(IEnumerable<JsonElement> items, string name) => items.Sum(item => Number(item, name));

    private static decimal Number(JsonElement item, string name) => decimal.Parse(item.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
