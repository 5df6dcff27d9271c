using System.Collections.Concurrent;
using System.Net;
using Daarion.E2E.Running;
using Microsoft.Playwright;

namespace Daarion.E2E;

/// <summary>Every page of the console with something on it: opens, has a heading in the person's language, breaks no rule of WCAG 2.2 AA, asks no outside host, fits a phone.</summary>
[Collection(BrowserCollection.Name)]
public sealed class EveryPageTests(ConsoleBrowser browser) : IAsyncLifetime
{
    private static readonly string[] Capabilities =
    [
        "team.create", "team.read", "user.read", "city.embassy.manage", "city.embassy.read", "wallet.payout.view", "wallet.payout.claim", "city.outbox.read", "governance.proposal.create", "service.act_as", "access_key.create", "service.write.usage", "rwa.inventory.update", "rwa.inventory.read", "embassy.webhook.manage", "service.write.oracles", "service.mint.payout", "oracle.read", "wallet.transfer",
    ];

    // Lists and single pages; a list's first row leads on to the page of a thing.
    private static readonly string[] Addresses =
    [
        "/", "/teams", "/teams/new", "/decisions", "/why", "/wallets", "/payouts", "/transactions", "/transfers", "/transfers/new", "/conversions", "/conversions/new", "/stakes", "/stakes/new", "/invariants", "/chain", "/addresses", "/approvals", "/money-map", "/platforms", "/platforms/new", "/sites", "/sites/new",
        "/deliveries", "/readings", "/readings/held", "/inventory", "/inventory?as_of=2026-11-01T00:00:00.000Z", "/movements", "/claims", "/adjustments", "/webhooks", "/webhooks/new", "/events", "/catalogue", "/outbox", "/dead-letters", "/replay", "/services", "/me",
        "/who-can", "/who-can?action=team.read", "/what-can", "/capabilities", "/bundles", "/plans", "/registry", "/registry?from=1&to=2", "/governance", "/governance/new", "/governance/settings", "/wallets/mint",
        "/settings", "/settings/sessions", "/settings/service-keys", "/settings/service-keys/new", "/settings/apps", "/settings/audit",
        "/keys", "/usage",
    ];

    // Before the sign-in there is no console to be in.
    private static readonly string[] Doors = ["/sign-in", "/sign-in?sent=1&email=olena%40example.org&error=code", "/sign-in/confirm?token=none", "/setup", "/invitation?token=none"];

    private readonly CityProcess city = new();
    private readonly List<string> furnished = [];
    private readonly ConcurrentQueue<string> broken = new();

    public async Task InitializeAsync()
    {
        await city.Start();
        await Furnish();
    }

    public Task DisposeAsync() => city.DisposeAsync().AsTask();

    // Two people look through the whole console at once, each in a language and a theme of their own. A page that one of them loads by its address
    // the other reaches as by a link, so that both ways are gone to every page.
    [Fact]
    public async Task Every_page_opens_is_accessible_and_fits_a_phone()
    {
        var problems = await Task.WhenAll(LookThrough("uk", dark: false, loads: 0), LookThrough("en", dark: true, loads: 1));

        Assert.True(broken.IsEmpty, string.Join('\n', broken));
        Assert.Empty(problems.SelectMany(found => found));
    }

    private async Task<IReadOnlyList<string>> LookThrough(string language, bool dark, int loads)
    {
        await using var person = await browser.Operator(city, "olena@example.org", language, dark);
        var screen = await ConsoleScreen.Open(person, "/");
        await screen.Speak(language);
        var look = $"{language}-{(dark ? "dark" : "light")}";
        var open = new Queue<string>([.. Addresses, .. furnished, "/consent?client_id=none"]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var last = "/"; open.TryDequeue(out var address); last = address)
        {
            var isLoaded = Kind(address).Sum(letter => letter) % 2 == loads || IsDocument(last) || IsDocument(address) || Kind(last) == Kind(address);
            await (isLoaded ? screen.Go(address) : screen.Follow(address));
            Assert.False(string.IsNullOrWhiteSpace(await screen.Heading()), $"{address} has no heading");
            Assert.Equal(language, await screen.Page.GetAttributeAsync("html", "lang"));
            Note(await screen.Broken($"{address} ({look})"));
            var name = address == "/" ? "overview" : Kind(address).Trim('/').Replace('/', '-');
            await screen.Picture($"{name}-1440-{look}");
            await FitsAPhone(screen, name, look, address);
            if (seen.Add(Kind(address)) && await FirstRow(screen.Page) is { } thing && seen.Add(Kind(thing)))
            {
                open.Enqueue(thing);
            }
        }

        await using var visitor = await browser.Visitor(city, language, dark);
        var door = await ConsoleScreen.Open(visitor, "/sign-in");
        foreach (var address in Doors)
        {
            await door.Go(address);
            Assert.Equal(language, await door.Page.GetAttributeAsync("html", "lang"));
            Note(await door.Broken($"{address} ({look})"));
            await FitsAPhone(door, "door" + Kind(address).Replace('/', '-'), look, address);
        }

        return [.. screen.Problems.Concat(door.Problems).Select(problem => $"{look}: {problem}")];
    }

    private void Note(IEnumerable<string> problems)
    {
        foreach (var problem in problems)
        {
            broken.Enqueue(problem);
        }
    }

    // What an outside program is let in by stands outside the console.
    private static bool IsDocument(string address) => Kind(address) == "/consent";

    // Two things of one kind have the same page.
    private static string Kind(string address)
    {
        var parts = address.Split('?')[0].Split('/');
        return parts.Length > 2 && parts[^1].Any(char.IsAsciiDigit) ? string.Join('/', parts[..^1]) + "/one" : string.Join('/', parts);
    }

    private static async Task<string?> FirstRow(IPage page)
    {
        var rows = page.Locator("main tr[data-href]");
        return await rows.CountAsync() > 0 ? await rows.First.GetAttributeAsync("data-href") : null;
    }

    private async Task FitsAPhone(ConsoleScreen screen, string name, string look, string address)
    {
        foreach (var (width, height) in new[] { ConsoleBrowser.Narrowest, ConsoleBrowser.Phone })
        {
            await screen.Page.SetViewportSizeAsync(width, height);
            if (await screen.Overflow() is > 0 and var overflow)
            {
                broken.Enqueue($"{address} is {overflow} px wider than a phone of {width} px");
            }
        }

        await screen.Picture($"{name}-390-{look}");
        await screen.Page.SetViewportSizeAsync(ConsoleBrowser.Desk.Width, ConsoleBrowser.Desk.Height);
    }

    private async Task Furnish()
    {
        using var service = await CityClient.Create(city, Capabilities);
        var owner = (await city.Admin("admin", "operator", "--email", "olena@example.org")).GetProperty("user_id").GetString()!;
        var team = (await service.Post("/internal/v1/team/create", new { name = "Теплий дім", mode = "public", owner_user_id = owner })).GetProperty("id").GetString()!;
        var secret = (await service.Post("/internal/v1/embassy/platform", new { platform = "energyunion", name = "EnergyUnion", domains = new[] { "energy", "rwa" } })).GetProperty("secret").GetString()!;
        await service.Post("/internal/v1/embassy/identity", new { platform = "energyunion", site_id = "EU-KYIV-01", kind = "site", team_id = team });
        using var http = new HttpClient { BaseAddress = city.PublicUrl };
        var readings = MeterReadings.Last(48, TimeProvider.System);
        using (var sent = await new Platform(http, "energyunion", secret, TimeProvider.System).SendBatch("EU-KYIV-01", readings))
        {
            Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        }

        using (var forged = await new Platform(http, "energyunion", "whsec_bm90IHRoZSBzZWNyZXQ=", TimeProvider.System).Send("EU-KYIV-01", readings[^1]))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, forged.StatusCode);
        }

        await Eventually.Equal(readings.Count - 1, async () => (await service.All($"/internal/v1/wallet/payouts?team_id={team}")).Count);
        var payout = (await service.All($"/internal/v1/wallet/payouts?team_id={team}"))[0];
        await service.Post("/internal/v1/wallet/payout/claim", new { payout_id = payout.GetProperty("id").GetString()! }, owner);
        object[] operations = [new { op = "set_quota", plan = "freemium", metric = "messages", quota = "2000" }];
        await service.Post("/internal/v1/governance/proposal", new { title = "Більше повідомлень малим командам", body = "Тисячі на день замало.", closes_at = TimeProvider.System.GetUtcNow().AddDays(4), operations }, owner);
        foreach (var (metric, units) in new[] { ("messages", "830"), ("storage_bytes", "100000000"), ("llm_tokens", "1200") })
        {
            await service.Post("/internal/v1/usage/increment", new { team_id = team, metric, units, source_id = $"e2e-{metric}", agent = "librarian" });
        }

        await DisagreeAndClaim(service, http, secret, team, readings[^1]);
        await service.Post("/internal/v1/usage/reserve", new { team_id = team, metric = "llm_tokens", units = "20000", ttl = 3600 });
        await service.Post("/internal/v1/access-key", new { team_id = team, name = "Grafana", subject = "integration:grafana", caps = new[] { "team.read" } }, owner);
        var hook = (await service.Post("/internal/v1/embassy/webhook", new { url = "https://example.org/daarion", events = new[] { "payout.*" }, team_id = team }, owner)).GetProperty("id").GetString()!;
        await service.Post("/internal/v1/wallet/addresses", new { owner, address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", label = "Ledger" }, owner);
        await service.Post("/internal/v1/wallet/mint", new { to = team, symbol = "1T", amount = "20000", reason = "a year of compute" });
        furnished.AddRange([$"/webhooks/{hook}", $"/teams/{team}/keys/new", $"/usage/{team}?view=table&metric=payout_claims", $"/statement/{team}", $"/statement/{team}/print", $"/traces/{payout.GetProperty("trace_id").GetString()!}"]);
    }

    // A second oracle that says something else, a claim about what there is, and an inventory to set right.
    private static async Task DisagreeAndClaim(CityClient service, HttpClient http, string secret, string team, MeterReading last)
    {
        foreach (var (hour, counter) in new[] { (1, last.Total * 3), (0, last.Total) })
        {
            await service.Post(
                "/internal/v1/oracle", new { platform = "sensor", site_id = "EU-KYIV-01", team_id = team, value = FormattableString.Invariant($"{counter}"), unit = "kwh", ts = last.Ts.AddSeconds(-hour * 60) });
        }

        var claim = FormattableString.Invariant($$"""{"domain":"energy","kind":"statement","reference":"GO-1","site_id":"EU-KYIV-01","unit":"kwh","value":"100","ts":"{{last.Ts:yyyy-MM-ddTHH:mm:ssZ}}"}""");
        using var sent = await new Platform(http, "energyunion", secret, TimeProvider.System).Post(claim, "rwa");
        Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        var inventory = (await service.All($"/internal/v1/rwa/inventory?team_id={team}"))[0].GetProperty("id").GetString()!;
        await service.Post("/internal/v1/rwa/adjust", new { inventory_id = inventory, delta = "-1", reason = "лічильник зчитано двічі" });
        await Eventually.Equal(1, async () => (await service.All($"/internal/v1/rwa/claims?team_id={team}")).Count);
    }
}
