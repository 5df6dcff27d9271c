using System.Globalization;
using System.Net;
using System.Text.Json;
using Daarion.Core.Kernel;
using Daarion.Tests.Integration.Embassies;
using Daarion.Tests.Integration.Wallets.Model;

namespace Daarion.Tests.Integration.Economy;

/// <summary>The people of one story, and what they do over HTTP. What comes of it is a word: <c>ok</c>, or the reason of the refusal.</summary>
internal sealed class EconomyWorld(LedgerCity city, HttpClient http, LedgerDoor door)
{
    public const string Ok = "ok";
    public const string Site = "EU-KYIV-01";
    private int platforms;

    public static readonly string[] Capabilities =
        [.. LedgerDoor.Capabilities, "team.update", "service.write.oracles", "oracle.read", "oracle.manage", "rwa.inventory.read", "rwa.inventory.update", "city.embassy.manage", "city.embassy.read", "usage.read"];

    public string Olena { get; private set; } = "";

    public string Taras { get; private set; } = "";

    public string Maria { get; private set; } = "";

    public string Team { get; private set; } = "";

    public string Operator { get; private set; } = "";

    public string Other { get; private set; } = "";

    public DateTimeOffset Now { get; } = Timestamps.Truncate(city.Clock.GetUtcNow());

    public static async Task<EconomyWorld> Begin(LedgerCity city, HttpClient http)
    {
        var door = new LedgerDoor(http, () => throw new InvalidOperationException("The city is away."));
        var world = new EconomyWorld(city, http, door)
        {
            Olena = await Person(door),
            Taras = await Person(door),
            Maria = await Person(door),
            Operator = (await city.NewOperator()).User!.Value.Value,
            Other = (await city.NewOperator()).User!.Value.Value,
        };
        world.Team = Id(await door.Make("/internal/v1/team/create", new { name = $"Двір {Guid.NewGuid():N}"[..20], mode = "public", owner_user_id = world.Olena }));
        await door.Make("/internal/v1/team/member/add", new { team_id = world.Team, user_id = world.Taras, role = "member" });
        return world;
    }

    public static string Id(JsonElement made) => made.GetProperty("id").GetString()!;

    public static decimal Number(JsonElement thing, string name) => decimal.Parse(thing.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    /// <summary>Does it; answers the word.</summary>
    public async Task<string> Do(string path, object body, string? subject = null) => Word((await door.Post($"/internal/v1/{path}", body, subject))!.Value);

    /// <summary>Does what must succeed.</summary>
    public Task<JsonElement> Make(string path, object body, string? subject = null) => door.Make($"/internal/v1/{path}", body, subject);

    public Task<JsonElement> Get(string path) => door.Get($"/internal/v1/{path}");

    public Task<List<JsonElement>> All(string path) => door.All($"/internal/v1/{path}");

    public Task Give(string owner, string symbol, decimal amount) => Make("wallet/mint", new { to = owner, symbol, amount = Text(amount), reason = "by policy" });

    public async Task<string> Earn(decimal delta, string domain = "energy", string unit = "kwh", string? resident = null, string? movement = null, DateTimeOffset? ts = null) =>
        (await Movement(delta, domain, unit, resident, movement, ts)).EnumerateArray().Select(id => id.GetString()!).SingleOrDefault() ?? "nothing";

    public async Task<JsonElement> Payout(string id) => await Get($"wallet/payouts/{id}");

    public Task<string> Claim(string payout, string who) => Do("wallet/payout/claim", new { payout_id = payout }, who);

    public Task<string> Send(string from, string to, decimal amount, string who, string symbol = "KWT") => Do("wallet/transfer", new { from, to, symbol, amount = Text(amount) }, who);

    public async Task<decimal> Available(string owner, string symbol = "KWT") => Number(
        (await Get($"wallet/balance/{owner}")).GetProperty("balances").EnumerateArray().Single(one => one.GetProperty("symbol").GetString() == symbol), "available");

    public async Task<string> Stake(decimal amount, int days, string who) => await Do("wallet/stake", new { owner = who, team_id = Team, amount = Text(amount), lock_days = days }, who);

    /// <summary>What the oracle says of a reading.</summary>
    public async Task<JsonElement> Publish(string platform, decimal value, DateTimeOffset ts, string unit = "kwh", string domain = "energy") =>
        await Make("oracle", new { platform, site_id = Site, team_id = Team, value = Text(value), unit, ts = Timestamps.Format(ts), domain });

    /// <summary>The same as a word: published is <c>ok</c>, else the rule.</summary>
    public async Task<string> Judge(string platform, decimal value, DateTimeOffset ts, string unit = "kwh", string domain = "energy")
    {
        var reading = await Publish(platform, value, ts, unit, domain);
        return reading.GetProperty("state").GetString() == "published" ? Ok : reading.GetProperty("rule").GetString()!;
    }

    /// <summary>Time passes, and with it that of the key's token.</summary>
    public async Task Wait(TimeSpan time)
    {
        city.Clock.Turn(time);
        using var later = await city.ServiceClient(Capabilities);
        http.DefaultRequestHeaders.Authorization = later.DefaultRequestHeaders.Authorization;
    }

    /// <summary>A name that no other story has, as a platform's.</summary>
    public string Name(string word) => $"{word}-{Team[^8..].ToLowerInvariant()}";

    /// <summary>Lets a platform in, with the site.</summary>
    public async Task<OutsidePlatform> LetIn(string[] domains, int perMinute = 1_000_000, bool isMapped = true)
    {
        var name = Name($"p{++platforms}");
        var made = await Make("embassy/platform", new { platform = name, domains, rate_per_minute = perMinute });
        if (isMapped)
        {
            await Make("embassy/identity", new { platform = name, site_id = Site, kind = "site", team_id = Team });
        }

        return new OutsidePlatform(city.Visitor, name, made.GetProperty("secret").GetString()!);
    }

    /// <summary>What the door of the embassy said, as a word.</summary>
    public static string Word(Answer answer) => answer.Status switch
    {
        202 => Ok,
        200 => answer.Json.GetProperty("status").GetString()!,
        _ => Reason(answer.Json),
    };

    private static async Task<string> Person(LedgerDoor door) => Id(await door.Make("/internal/v1/user", new { email = $"p-{Guid.NewGuid():N}@example.org", display_name = "Олена" }));

    private static string Word((HttpStatusCode Status, JsonElement Body) answer) => answer.Status switch
    {
        HttpStatusCode.OK or HttpStatusCode.Created => answer.Body.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.String && status.GetString() == "pending" ? "pending" : Ok,
        _ => Reason(answer.Body),
    };

    private static string Reason(JsonElement problem) =>
        problem.TryGetProperty("reason", out var reason) && reason.ValueKind == JsonValueKind.String ? reason.GetString()! : problem.GetProperty("code").GetString()!;

    private static string Text(decimal amount) => amount.ToString(CultureInfo.InvariantCulture);

    private async Task<JsonElement> Movement(decimal delta, string domain, string unit, string? resident, string? movement, DateTimeOffset? ts) => (await Make("wallet/payout/generate", new
    {
        rwa_ref = movement ?? RwaId.New(Now).Value,
        team_id = Team,
        domain,
        site_id = Site,
        unit,
        delta = Text(delta),
        inventory_id = RwaId.New(Now).Value,
        oracle_id = OracleId.New(Now).Value,
        ts = Timestamps.Format(ts ?? Now),
        beneficiary_user_id = resident,
    })).GetProperty("payout_ids");
}
