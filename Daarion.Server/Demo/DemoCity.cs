using System.Text.Json;
using Daarion.Core.Embassies;
using Daarion.Core.Kernel;

namespace Daarion.Server.Demo;

/// <summary>What the demonstration brought.</summary>
internal sealed record DemoFilled(int People, int Teams, int Sites, int Readings, int Claimed, bool WasThere);

/// <summary>
/// Fills an empty running city with believable people, teams, meters and weeks of readings, and then keeps one marked meter sending. It comes in
/// through the public interfaces alone: signed deliveries over HTTP, and the internal listener with a service key. Each step looks first whether it
/// was taken already, so a filling that broke off anywhere is completed by the next.
/// </summary>
internal sealed class DemoCity(DemoAccess access, TimeProvider clock, IProgress<DemoProgress> progress) : IDisposable
{
    private const string PlatformFace = "/internal/v1/embassy/platform";
    private const int ClaimedPayouts = 200;
    private static readonly TimeSpan LivePace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PayoutPatience = TimeSpan.FromMinutes(2);
    private static readonly int Steps = DemoScript.People.Count + DemoScript.Teams.Count + (DemoScript.Teams.Sum(team => team.Sites.Count) * DemoScript.Days) + 5;
    private readonly HttpClient publicFace = new() { BaseAddress = access.PublicUrl };
    private readonly DemoMeter meter = new(clock);
    private string secret = string.Empty;
    private int step;
    private int readings;

    /// <summary>Fills the city, or what is missing of it. In one that has the whole demonstration, only takes the meters over again.</summary>
    /// <exception cref="CityException">The city has other things in it.</exception>
    /// <exception cref="DemoFailedException">The city did not do something that was asked of it.</exception>
    public async Task<DemoFilled> Fill(CancellationToken ct)
    {
        using var city = await DemoClient.Connect(access, publicFace, clock, ct);
        var since = await Since(city, ct);
        var known = since is null ? [] : await Sites(city, ct);
        if (known.GetValueOrDefault(DemoMarks.LiveSite) is { HasTeam: true })
        {
            secret = await NewSecret(city, ct);
            return new DemoFilled(0, 0, 0, 0, 0, WasThere: true);
        }

        if (since is null)
        {
            await RequireEmpty(city, ct);
        }

        var people = await MakePeople(city, ct);
        var from = since is null ? await LetIn(city, ct) : since.Value;
        secret = since is null ? secret : await NewSecret(city, ct);
        Say(DemoPart.Platform, DemoScript.PlatformName);
        var teams = await MakeTeams(city, people, known, ct);
        await SendWeeks(from, known, ct);
        var claimed = await Claim(city, teams, people, ct);
        await MapSite(city, DemoMarks.LiveSite, teams[DemoScript.Teams[0]], resident: null, ct);
        Say(DemoPart.Meter, DemoMarks.LiveSite);
        return new DemoFilled(people.Count, teams.Count, DemoScript.Outline.Sites, readings, claimed, WasThere: false);
    }

    /// <summary>Keeps the live meter sending until cancelled; survives a city that is away for a while.</summary>
    /// <param name="sent">Told of each value that was accepted.</param>
    /// <param name="away">Told why one was not.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="DemoFailedException">The readings are refused, and will be.</exception>
    public async Task Live(Action<DemoReading> sent, Action<string> away, CancellationToken ct)
    {
        var platform = new DemoPlatform(publicFace, secret, clock);
        using var pace = new PeriodicTimer(LivePace, clock);
        do
        {
            var reading = meter.Now();
            try
            {
                await platform.Send(DemoMarks.LiveSite, [reading], ct);
                sent(reading);
            }
            catch (DemoFailedException e) when (e.IsPassing)
            {
                away(e.Message);
            }
        }
        while (await pace.WaitForNextTickAsync(ct));
    }

    /// <inheritdoc/>
    public void Dispose() => publicFace.Dispose();

    // When the platform was let in. All its readings are told from there, so that one sent again is the same reading, whenever that is.
    private static async Task<DateTimeOffset?> Since(DemoClient city, CancellationToken ct) =>
        Items(await city.Get($"{PlatformFace}?limit=200", ct)).Where(platform => Is(platform, "platform", DemoMarks.Platform)).Select(platform => (DateTimeOffset?)Time(platform, "created_at")).SingleOrDefault();

    private static async Task RequireEmpty(DemoClient city, CancellationToken ct)
    {
        var platforms = Items(await city.Get($"{PlatformFace}?limit=1", ct)).Count();
        var teams = Items(await city.Get("/internal/v1/team?limit=2", ct)).Count(team => !Is(team, "id", Id<TeamKind>.WellKnown().Value));
        if (platforms + teams > 0)
        {
            throw DemoMarks.NotEmpty();
        }
    }

    private static async Task<Dictionary<string, KnownSite>> Sites(DemoClient city, CancellationToken ct) =>
        Items(await city.Get($"/internal/v1/embassy/identity?platform={DemoMarks.Platform}&limit=200", ct)).ToDictionary(
            site => Text(site, "site_id"),
            site => new KnownSite(Given(site, "team_id"), Given(site, "last_reading_at") ? Time(site, "last_reading_at") : null),
            StringComparer.Ordinal);

    private static async Task<string> NewSecret(DemoClient city, CancellationToken ct) =>
        Text(await city.Post($"{PlatformFace}/{DemoMarks.Platform}/secret/rotate", new { overlap_minutes = 0 }, ct), "secret");

    private static JsonElement.ArrayEnumerator Items(JsonElement page) => page.GetProperty("items").EnumerateArray();

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static bool Is(JsonElement element, string name, string value) => Given(element, name) && string.Equals(Text(element, name), value, StringComparison.Ordinal);

    private static bool Given(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    private static DateTimeOffset Time(JsonElement element, string name) =>
        Timestamps.TryParse(Text(element, name), out var at) ? at : throw new DemoFailedException($"{name} is no time: {Text(element, name)}");

    private async Task<DateTimeOffset> LetIn(DemoClient city, CancellationToken ct)
    {
        var made = await city.Post(PlatformFace, new { platform = DemoMarks.Platform, name = DemoScript.PlatformName, domains = new[] { "energy" } }, ct);
        secret = Text(made, "secret");
        return Time(made, "created_at");
    }

    private async Task<IReadOnlyDictionary<DemoPerson, string>> MakePeople(DemoClient city, CancellationToken ct)
    {
        var made = new Dictionary<DemoPerson, string>();
        foreach (var person in DemoScript.People)
        {
            made[person] = Text(await city.Post("/internal/v1/user", new { email = person.Email, display_name = person.Name, locale = person.Locale }, ct), "id");
            Say(DemoPart.People, person.Name);
        }

        return made;
    }

    private async Task<IReadOnlyDictionary<DemoTeam, string>> MakeTeams(
        DemoClient city, IReadOnlyDictionary<DemoPerson, string> people, Dictionary<string, KnownSite> known, CancellationToken ct)
    {
        var made = new Dictionary<DemoTeam, string>();
        foreach (var team in DemoScript.Teams)
        {
            var id = await Team(city, team, people[team.Owner], ct);
            var members = Items(await city.Get($"/internal/v1/team/{id}/members?limit=200", ct)).Select(member => Text(member, "user_id")).ToHashSet(StringComparer.Ordinal);
            foreach (var (person, role) in team.Members.Where(member => !members.Contains(people[member.Person])))
            {
                await city.Post("/internal/v1/team/member/add", new { team_id = id, user_id = people[person], role }, ct);
            }

            foreach (var site in team.Sites.Where(site => known.GetValueOrDefault(site.SiteId) is not { HasTeam: true }))
            {
                await MapSite(city, site.SiteId, id, site.Resident is null ? null : people[site.Resident], ct);
            }

            made[team] = id;
            Say(DemoPart.Teams, team.Name);
        }

        return made;
    }

    private static async Task<string> Team(DemoClient city, DemoTeam team, string owner, CancellationToken ct)
    {
        var same = Items(await city.Get($"/internal/v1/team?search={Uri.EscapeDataString(team.Name)}&limit=200", ct))
            .Where(other => Is(other, "name", team.Name) && Is(other, "owner_user_id", owner))
            .Select(other => Text(other, "id"))
            .FirstOrDefault();
        return same ?? Text(await city.Post("/internal/v1/team/create", new { name = team.Name, mode = team.Mode, owner_user_id = owner }, ct), "id");
    }

    private static Task<JsonElement> MapSite(DemoClient city, string site, string team, string? resident, CancellationToken ct) => city.Post(
        "/internal/v1/embassy/identity",
        resident is null
            ? new { platform = DemoMarks.Platform, site_id = site, kind = "site", team_id = team }
            : new { platform = DemoMarks.Platform, site_id = site, kind = "resident", team_id = team, user_id = resident },
        ct);

    private async Task SendWeeks(DateTimeOffset from, Dictionary<string, KnownSite> known, CancellationToken ct)
    {
        var platform = new DemoPlatform(publicFace, secret, clock);
        foreach (var site in DemoScript.Teams.SelectMany(team => team.Sites))
        {
            await SendDays(platform, site, DemoScript.Days, from, known, () => Say(DemoPart.Readings, site.SiteId), ct);
        }

        await SendDays(platform, DemoScript.Unassigned, 1, from, known, () => Say(DemoPart.Readings, DemoScript.Unassigned.SiteId), ct);
    }

    private async Task SendDays(DemoPlatform platform, DemoSite site, int days, DateTimeOffset from, Dictionary<string, KnownSite> known, Action said, CancellationToken ct)
    {
        var last = known.GetValueOrDefault(site.SiteId)?.LastReadingAt;
        foreach (var day in DemoMeter.DaysBefore(from, days, site.Scale))
        {
            // Days are delivered in their order, each whole or not at all.
            if (last is null || day[^1].Ts > last)
            {
                await platform.Send(site.SiteId, day, ct);
                readings += day.Length;
            }

            said();
        }
    }

    // Some Owners have claimed already: the city has both kinds of payouts to look at.
    private async Task<int> Claim(DemoClient city, IReadOnlyDictionary<DemoTeam, string> teams, IReadOnlyDictionary<DemoPerson, string> people, CancellationToken ct)
    {
        var claimable = new Dictionary<DemoTeam, IReadOnlyList<string>>();
        foreach (var (team, id) in teams.Where(pair => pair.Key.HasClaimed))
        {
            if ((await Payouts(city, id, "claimed", ct)).Count == 0)
            {
                claimable[team] = await OncePaidOut(city, id, ct);
            }
        }

        Say(DemoPart.Payouts, null);
        var claimed = 0;
        foreach (var (team, payouts) in claimable)
        {
            var outcome = await city.Post("/internal/v1/wallet/payout/claim", new { payout_ids = payouts }, ct, people[team.Owner]);
            claimed += outcome.GetProperty("results").EnumerateArray().Count(result => Is(result, "status", "claimed"));
        }

        Say(DemoPart.Claims, null);
        return claimed;
    }

    // The readings are on their way through the streams: each team's payouts come in their own time.
    private async Task<IReadOnlyList<string>> OncePaidOut(DemoClient city, string team, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(PayoutPatience);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(500), clock);
        try
        {
            var payouts = await Payouts(city, team, "generated", limit.Token);
            while (payouts.Count < ClaimedPayouts)
            {
                await pace.WaitForNextTickAsync(limit.Token);
                payouts = await Payouts(city, team, "generated", limit.Token);
            }

            return payouts;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new DemoFailedException($"The readings have not become payouts within {PayoutPatience.TotalMinutes:0} minutes: see whether NATS is there and what waits in the outbox.");
        }
    }

    private static async Task<IReadOnlyList<string>> Payouts(DemoClient city, string beneficiary, string status, CancellationToken ct) =>
        [.. Items(await city.Get($"/internal/v1/wallet/payouts?beneficiary={beneficiary}&status={status}&limit={ClaimedPayouts}", ct)).Select(payout => Text(payout, "id"))];

    private void Say(DemoPart part, string? name) => progress.Report(new DemoProgress(part, name, ++step, Steps));

    /// <summary>A site that the city knows.</summary>
    private sealed record KnownSite(bool HasTeam, DateTimeOffset? LastReadingAt);
}
