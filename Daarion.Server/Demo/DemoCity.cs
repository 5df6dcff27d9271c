using System.Text.Json;
using Daarion.Server.Settings;

namespace Daarion.Server.Demo;

/// <summary>How far the filling has come.</summary>
/// <param name="Doing">What is done now, for people.</param>
/// <param name="Done">Steps done.</param>
/// <param name="Total">Steps in all.</param>
internal sealed record DemoProgress(string Doing, int Done, int Total);

/// <summary>What the demonstration brought.</summary>
internal sealed record DemoFilled(int People, int Teams, int Sites, int Readings, int Claimed, bool WasThere);

/// <summary>
/// Fills an empty running city with believable people, teams, meters and weeks of readings, and then keeps one marked meter sending. It comes in
/// through the public interfaces alone: signed deliveries over HTTP, and the internal listener with a service key.
/// </summary>
internal sealed class DemoCity(DemoAccess access, TimeProvider clock, IProgress<DemoProgress> progress) : IDisposable
{
    private static readonly TimeSpan LivePace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PayoutPatience = TimeSpan.FromMinutes(2);
    private static readonly int Steps = DemoScript.People.Count + DemoScript.Teams.Count + (DemoScript.Teams.Sum(team => team.Sites.Count) * DemoScript.Days) + 4;
    private readonly HttpClient publicFace = new() { BaseAddress = access.PublicUrl };
    private readonly DemoMeter meter = new(clock);
    private string secret = string.Empty;
    private int step;
    private int readings;

    /// <summary>Fills the city. In one that has the demonstration already, only takes the meters over again.</summary>
    /// <exception cref="StartException">The city has other things in it.</exception>
    public async Task<DemoFilled> Fill(CancellationToken ct)
    {
        using var city = await DemoClient.Connect(access, publicFace, ct);
        if (await IsThere(city, ct))
        {
            secret = Text(await city.Post($"/internal/v1/embassy/platform/{DemoScript.Platform}/secret/rotate", new { overlap_minutes = 0 }, ct), "secret");
            return new DemoFilled(0, 0, 0, 0, 0, WasThere: true);
        }

        var people = await MakePeople(city, ct);
        secret = Text(await city.Post("/internal/v1/embassy/platform", new { platform = DemoScript.Platform, name = DemoScript.PlatformName, domains = new[] { "energy" } }, ct), "secret");
        Say("The platform is let in");
        var teams = await MakeTeams(city, people, ct);
        await SendWeeks(ct);
        var claimed = await Claim(city, teams, people, ct);
        return new DemoFilled(people.Count, teams.Count, DemoScript.Teams.Sum(team => team.Sites.Count) + 2, readings, claimed, WasThere: false);
    }

    /// <summary>Keeps the live meter sending until cancelled; survives a city that is away for a while.</summary>
    public async Task Live(Action<DemoReading> sent, CancellationToken ct)
    {
        var platform = new DemoPlatform(publicFace, secret, clock);
        using var pace = new PeriodicTimer(LivePace, clock);
        do
        {
            var reading = meter.Now();
            try
            {
                await platform.Send(DemoScript.LiveSite, [reading], ct);
                sent(reading);
            }
            catch (HttpRequestException)
            {
                progress.Report(new DemoProgress("The city does not answer; the meter tries again", Steps, Steps));
            }
        }
        while (await pace.WaitForNextTickAsync(ct));
    }

    /// <inheritdoc/>
    public void Dispose() => publicFace.Dispose();

    private static async Task<bool> IsThere(DemoClient city, CancellationToken ct)
    {
        var platforms = Items(await city.Get("/internal/v1/embassy/platform?limit=200", ct)).Select(platform => Text(platform, "platform")).ToList();
        if (platforms.Contains(DemoScript.Platform, StringComparer.Ordinal))
        {
            return true;
        }

        var teams = Items(await city.Get("/internal/v1/team?limit=2", ct)).Count(team => !string.Equals(Text(team, "id"), "t_city", StringComparison.Ordinal));
        return platforms.Count + teams == 0
            ? false
            : throw new StartException(ExitCode.Failed, "This city has teams or platforms of its own; the demonstration is for an empty one. Start one beside it with DAARION_DATA.");
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement page) => page.GetProperty("items").EnumerateArray();

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private async Task<IReadOnlyDictionary<DemoPerson, string>> MakePeople(DemoClient city, CancellationToken ct)
    {
        var made = new Dictionary<DemoPerson, string>();
        foreach (var person in DemoScript.People)
        {
            made[person] = Text(await city.Post("/internal/v1/user", new { email = person.Email, display_name = person.Name, locale = person.Locale }, ct), "id");
            Say(person.Name);
        }

        return made;
    }

    private async Task<IReadOnlyDictionary<DemoTeam, string>> MakeTeams(DemoClient city, IReadOnlyDictionary<DemoPerson, string> people, CancellationToken ct)
    {
        var made = new Dictionary<DemoTeam, string>();
        foreach (var team in DemoScript.Teams)
        {
            var id = Text(await city.Post("/internal/v1/team/create", new { name = team.Name, mode = team.Mode, owner_user_id = people[team.Owner] }, ct), "id");
            foreach (var (person, role) in team.Members)
            {
                await city.Post("/internal/v1/team/member/add", new { team_id = id, user_id = people[person], role }, ct);
            }

            foreach (var site in team.Sites)
            {
                await MapSite(city, site.SiteId, id, site.Resident is null ? null : people[site.Resident], ct);
            }

            made[team] = id;
            Say(team.Name);
        }

        await MapSite(city, DemoScript.LiveSite, made[DemoScript.Teams[0]], resident: null, ct);
        return made;
    }

    private static Task<JsonElement> MapSite(DemoClient city, string site, string team, string? resident, CancellationToken ct) => city.Post(
        "/internal/v1/embassy/identity",
        resident is null
            ? new { platform = DemoScript.Platform, site_id = site, kind = "site", team_id = team }
            : new { platform = DemoScript.Platform, site_id = site, kind = "resident", team_id = team, user_id = resident },
        ct);

    private async Task SendWeeks(CancellationToken ct)
    {
        var platform = new DemoPlatform(publicFace, secret, clock);
        foreach (var site in DemoScript.Teams.SelectMany(team => team.Sites))
        {
            foreach (var day in meter.Days(DemoScript.Days, site.Scale))
            {
                await platform.Send(site.SiteId, day, ct);
                readings += day.Length;
                Say(site.SiteId);
            }
        }

        foreach (var day in meter.Days(1, 0.31m))
        {
            await platform.Send(DemoScript.UnassignedSite, day, ct);
            readings += day.Length;
        }

        Say(DemoScript.UnassignedSite);
    }

    // Some Owners have claimed already: the city has both kinds of payouts to look at.
    private async Task<int> Claim(DemoClient city, IReadOnlyDictionary<DemoTeam, string> teams, IReadOnlyDictionary<DemoPerson, string> people, CancellationToken ct)
    {
        await PayoutsAreThere(city, teams.Values.First(), ct);
        var claimed = 0;
        foreach (var (team, id) in teams.Where(pair => pair.Key.HasClaimed))
        {
            var payouts = Items(await city.Get($"/internal/v1/wallet/payouts?team_id={id}&status=generated&limit=200", ct))
                .Where(payout => string.Equals(Text(payout, "beneficiary_kind"), "team", StringComparison.Ordinal))
                .Select(payout => Text(payout, "id"))
                .ToList();
            var outcome = await city.Post("/internal/v1/wallet/payout/claim", new { payout_ids = payouts }, ct, people[team.Owner]);
            claimed += outcome.GetProperty("results").EnumerateArray().Count(result => string.Equals(Text(result, "status"), "claimed", StringComparison.Ordinal));
        }

        Say("Payouts are claimed");
        return claimed;
    }

    private async Task PayoutsAreThere(DemoClient city, string team, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(PayoutPatience);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(500), clock);
        while (Items(await city.Get($"/internal/v1/wallet/payouts?team_id={team}&status=generated&limit=200", limit.Token)).Count() < 200)
        {
            await pace.WaitForNextTickAsync(limit.Token);
        }

        Say("Readings have become payouts");
    }

    private void Say(string doing) => progress.Report(new DemoProgress(doing, ++step, Steps));
}
