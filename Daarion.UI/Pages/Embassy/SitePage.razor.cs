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
    private DateTime meterAt;

    [Parameter]
    public string? Id { get; set; }

    [Parameter]
    public string? SiteName { get; set; }

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

    // Payouts and deliveries know a site by its name only.
    private async Task<SiteIdentity> Find()
    {
        if (Id is not null)
        {
            return await Embassy.GetIdentity(Caller, new IdentityRef(EmbassyId.Parse(Id)), Gone);
        }

        var name = Uri.UnescapeDataString(SiteName ?? string.Empty);
        var found = await Embassy.ListIdentities(Caller, new IdentityQuery(SiteId: name), Gone);
        return found.Items.FirstOrDefault(one => one.SiteId == name) ?? throw CityException.NotFound("site");
    }

    private async Task Draw()
    {
        series = site!.TeamId is null ? null : await Series();
        points = [.. series?.Points.Select(point => new ChartPoint(
            point.Ts,
            (double)point.Value.Value,
            $"{Clock.Minute(point.Ts)}: {Format.Quantity(point.Value)} {T.Of("unit", series.Unit)} ({Format.Quantity(point.Delta, sign: true)})",
            $"/readings/{point.ReadingId}")) ?? []];
        refused = [.. series?.Rejections.Select(point => new ChartPoint(point.Ts, (double)point.Value.Value, $"{Clock.Minute(point.Ts)}: {Format.Quantity(point.Value)}, {T.Of("rule", point.Rule)}", $"/readings/{point.Id}")) ?? []];
    }

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
        await Do(Draw);
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
