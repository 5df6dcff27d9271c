using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Daarion.E2E.Running;

namespace Daarion.E2E;

/// <summary>The product's main job through its public faces alone: a signed reading becomes a claimed payout.</summary>
public sealed class PathTests(RunningCity city) : IClassFixture<RunningCity>
{
    private static readonly string[] Capabilities =
    [
        "team.create", "team.read", "user.read", "city.embassy.manage", "city.embassy.read", "oracle.read", "rwa.inventory.read", "wallet.payout.view",
        "wallet.payout.claim", "wallet.balance.view", "city.wallet.audit", "city.outbox.read", "service.act_as",
    ];

    [Fact]
    public async Task Signed_readings_become_oracle_readings_inventory_payouts_and_a_balance()
    {
        using var service = await city.Process.ServiceClient(Capabilities);
        var owner = (await city.Process.Admin("admin", "operator", "--email", "olena@example.org")).GetProperty("user_id").GetString()!;
        var team = (await Post(service, "/internal/v1/team/create", new { name = "Теплий дім", mode = "public", owner_user_id = owner })).GetProperty("id").GetString()!;
        var secret = (await Post(service, "/internal/v1/embassy/platform", new { platform = "energyunion", name = "EnergyUnion", domains = new[] { "energy" } })).GetProperty("secret").GetString()!;
        await Post(service, "/internal/v1/embassy/identity", new { platform = "energyunion", site_id = "EU-KYIV-01", kind = "site", team_id = team });
        using var http = new HttpClient { BaseAddress = city.Process.PublicUrl };
        var platform = new Platform(http, "energyunion", secret, TimeProvider.System);
        var readings = MeterReadings.Last(48, TimeProvider.System);

        using (var first = await platform.Send("EU-KYIV-01", readings[0]))
        {
            Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        }

        using (var again = await platform.Send("EU-KYIV-01", readings[0]))
        {
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
            Assert.Equal("duplicate", (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString());
        }

        using (var rest = await platform.SendBatch("EU-KYIV-01", readings.Skip(1)))
        {
            Assert.Equal(HttpStatusCode.Accepted, rest.StatusCode);
        }

        var expected = readings[^1].Total - readings[0].Total;
        await Eventually.Equal(expected, async () => (await Payouts(service, team)).Sum(payout => Decimal(payout, "amount")));
        var payouts = await Payouts(service, team);
        Assert.Equal(readings.Count - 1, payouts.Count);
        Assert.All(payouts, payout => Assert.Equal("generated", payout.GetProperty("status").GetString()));
        var inventory = Assert.Single((await Get(service, $"/internal/v1/rwa/inventory?team_id={team}")).GetProperty("items").EnumerateArray());
        Assert.Equal(expected, Decimal(inventory, "value"));

        var ids = payouts.Select(payout => payout.GetProperty("id").GetString()!).ToList();
        var one = await Post(service, "/internal/v1/wallet/payout/claim", new { payout_id = ids[0] }, owner);
        Assert.Equal("claimed", one.GetProperty("status").GetString());
        var many = (await Post(service, "/internal/v1/wallet/payout/claim", new { payout_ids = ids }, owner)).GetProperty("results").EnumerateArray().ToList();

        Assert.Equal("conflict", many[0].GetProperty("code").GetString());
        Assert.All(many.Skip(1), result => Assert.Equal("claimed", result.GetProperty("status").GetString()));
        var balance = (await Get(service, $"/internal/v1/wallet/balance/{team}")).GetProperty("balances").EnumerateArray().Single(b => b.GetProperty("symbol").GetString() == "KWT");
        Assert.Equal(expected, Decimal(balance, "available"));
        Assert.True((await Get(service, "/internal/v1/wallet/audit")).GetProperty("ok").GetBoolean());
        await Eventually.Equal(0L, async () => (await Get(service, "/internal/v1/outbox/stats")).GetProperty("unprocessed").GetInt64());
    }

    private static async Task<List<JsonElement>> Payouts(HttpClient service, string team)
    {
        var all = new List<JsonElement>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await Get(service, $"/internal/v1/wallet/payouts?team_id={team}&limit=100&cursor={Uri.EscapeDataString(cursor)}");
            all.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next_cursor").GetString();
        }

        return all;
    }

    private static decimal Decimal(JsonElement item, string name) => decimal.Parse(item.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private static async Task<JsonElement> Get(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement.Clone();
    }

    private static async Task<JsonElement> Post(HttpClient client, string path, object body, string? subject = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (subject is not null)
        {
            request.Headers.Add("Daarion-Subject", subject);
        }

        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement.Clone();
    }
}
