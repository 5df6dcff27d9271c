using Daarion.Core.Embassies;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Oracles;
using Daarion.Core.Teams;
using Daarion.UI.Components;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Embassy;

/// <summary>A site: its counter over time with what was rejected, its readings, whose it is.</summary>
public sealed partial class SitePage
{
    private const int FewSlices = 24;
    private SiteIdentity? site;
    private SiteSeries? series;
    private IReadOnlyList<ChartPoint> points = [];
    private IReadOnlyList<ChartPoint> refused = [];
    private IReadOnlyList<TeamView> teams = [];
    private RightSet may = RightSet.None;
    private ReadingTable? readings;
    private string? asking;
    private string? team;
    private string? resident;
    private IdentityKind kind;
    private int span = 7;
    private DateTimeOffset from;
    private DateTimeOffset to;
    private DateTime meterAt;

    [Parameter]
    public string? Id { get; set; }

    [Parameter]
    public string? SiteName { get; set; }

    [SupplyParameterFromQuery]
    private string? Platform { get; set; }

    [SupplyParameterFromQuery(Name = "team")]
    private string? OfTeam { get; set; }

    [Inject]
    private IEmbassyService Embassy { get; set; } = null!;

    [Inject]
    private IOracleService Oracles { get; set; } = null!;

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    [Inject]
    private IUserService Users { get; set; } = null!;

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    protected override async Task Load()
    {
        site = await Once("site", Find);
        may = await Rights.Of(Gone, new RightQuestion("city.embassy.manage"), new RightQuestion("oracle.manage", site.TeamId));
        (team, kind) = (site.TeamId?.Value, site.Kind);
        meterAt = TimeZoneInfo.ConvertTime(Clock.Now, Clock.Zone).DateTime;
        if (may.May("city.embassy.manage") && teams.Count == 0)
        {
            teams = [.. (await Once("teams", () => Teams.List(Caller, new ListTeams(new PageRequest(PageRequest.MaxLimit), Sort: TeamSort.Name), Gone))).Items.Where(t => t.Id != Core.Kernel.Id<TeamKind>.WellKnown())];
        }

        await Draw();
    }

    // A list of a team's things is narrowed to the team as well, so that whoever sees only that team sees them.
    private string OfSite(string list, string team) => $"{list}?q={Uri.EscapeDataString(site!.SiteId)}{(site.TeamId is { } id ? $"&{team}={id}" : string.Empty)}";

    // Payouts and deliveries know a site by its name only.
    private async Task<SiteIdentity> Find()
    {
        if (Id is not null)
        {
            return await Embassy.GetIdentity(Caller, new IdentityRef(EmbassyId.Parse(Id)), Gone);
        }

        var name = Uri.UnescapeDataString(SiteName ?? string.Empty);
        var found = await Embassy.ListIdentities(Caller, new IdentityQuery(Platform, TeamId.TryParse(OfTeam, out var asked) ? asked : null, SiteId: name, Limit: PageRequest.MaxLimit), Gone);
        return found.Items.FirstOrDefault(one => one.SiteId == name) ?? throw CityException.NotFound("site");
    }

    private async Task Draw()
    {
        series = site!.TeamId is null || site.LastReadingAt is null ? null : await Series();
        if (series is null)
        {
            (points, refused) = ([], []);
            return;
        }

        (points, from, to) = (Sliced(series), series.From, series.To);
        if (series.Points.Count is > 0 and < FewSlices)
        {
            await DrawEach(series);
        }

        refused = [.. series.Rejections.Select(point => Point(point.Ts, point.Value, T.Of("rule", point.Rule), point.Id))];
    }

    // A young site has few readings, close together: they are drawn one by one, over the time they span.
    private async Task DrawEach(SiteSeries drawn)
    {
        var each = await Oracles.ListReadings(Caller, new ReadingQuery(site!.SiteId, site.Platform, drawn.TeamId, ReadingState.Published, Limit: PageRequest.MaxLimit), Gone);
        var counted = each.Items.Where(reading => reading.Ts >= drawn.From && reading.Kind == ReadingKind.Reading).OrderBy(reading => reading.Ts).ToList();
        if (each.NextCursor is null && counted.Count >= drawn.Points.Count)
        {
            points = counted.ConvertAll(reading => Point(reading.Ts, reading.NormalizedValue, Format.Quantity(reading.Delta, sign: true), reading.Id));
            var room = TimeSpan.FromSeconds(Math.Max(1, (counted[^1].Ts - counted[0].Ts).TotalSeconds * 0.04));
            (from, to) = (counted[0].Ts - room, counted[^1].Ts + room);
        }
    }

    private List<ChartPoint> Sliced(SiteSeries drawn) => [.. drawn.Points.Select(point => Point(point.Ts, point.Value, Format.Quantity(point.Delta, sign: true), point.ReadingId))];

    private ChartPoint Point(DateTimeOffset at, Quantity value, string more, OracleId reading) =>
        new(at, (double)value.Value, $"{Clock.Minute(at)}: {Format.Quantity(value)} {T.Of("unit", series!.Unit)} ({more})", $"/readings/{reading}");

    private async Task<SiteSeries?> Series()
    {
        try
        {
            return await Oracles.GetSeries(Caller, new SeriesQuery(site!.SiteId, site.Platform, Clock.Now.AddDays(-span)), Gone);
        }
        catch (CityException e) when (e.Code == ErrorCode.NotFound)
        {
            // No reading of the site was recorded yet.
            return null;
        }
    }

    private async Task Span(int days)
    {
        span = days;
        await Look(Draw);
    }

    private bool IsMine(EventEnvelope e) => site is not null && e.Payload.TryGetProperty("site_id", out var name) && name.GetString() == site.SiteId;

    private async Task Changed()
    {
        if (asking is null)
        {
            await ReloadLive();
        }

        await (readings?.Refresh() ?? Task.CompletedTask);
    }

    private async Task Assign()
    {
        if (string.IsNullOrEmpty(team))
        {
            throw CityException.Invalid("team_id", T["embassy.choose_team"]);
        }

        await Embassy.AssignIdentity(Caller, new AssignIdentity(site!.Id, TeamId.Parse(team), kind, await Residents.Find(Users, Caller, kind, resident, Gone), site.Version), Gone);
        asking = null;
        await Do(Reload, T["common.saved"]);
    }

    private async Task ChangeMeter()
    {
        var at = new DateTimeOffset(meterAt, Clock.Zone.GetUtcOffset(meterAt)).ToUniversalTime();
        if (await Do(() => Oracles.DeclareMeterChange(Caller, new DeclareMeterChange(site!.Platform, site.SiteId, at), Gone), T["common.saved"]))
        {
            asking = null;
            await Reload();
        }
    }
}
