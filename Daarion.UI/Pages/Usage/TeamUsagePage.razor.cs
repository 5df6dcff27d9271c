using System.Globalization;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.Core.Usage;
using Daarion.UI.Components;
using Daarion.UI.Components.Tables;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Usage;

/// <summary>What a team uses: every quota with how it will go on, a metric over time, who uses most of it, what was unusual. What is chosen is in the address.</summary>
public sealed partial class TeamUsagePage
{
    private const int UsualSpan = 7;
    private const int HoursUpTo = 7;
    private static readonly (int Days, string Word)[] Spans = [(1, "day"), (7, "week"), (30, "month"), (365, "year")];
    private CityTable<Meter>? table;
    private CityTable<UsagePoint>? figures;
    private TopTable? top;
    private AnomalyTable? anomalies;
    private TeamView? team;
    private TeamUsage? usage;
    private UsageSeries? series;
    private IReadOnlyList<Meter> meters = [];
    private IReadOnlyList<ChartPoint> points = [];
    private Quantity total;
    private string metric = "";
    private int span = UsualSpan;
    private bool asTable;

    [Parameter]
    public string Team { get; set; } = "";

    [SupplyParameterFromQuery(Name = "metric")]
    private string? AskedMetric { get; set; }

    [SupplyParameterFromQuery(Name = "span")]
    private int? AskedSpan { get; set; }

    [SupplyParameterFromQuery(Name = "view")]
    private string? AskedView { get; set; }

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    [Inject]
    private IUsageService Usages { get; set; } = null!;

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    private TeamId TeamId => TeamId.Parse(Team);

    protected override async Task OnParametersSetAsync()
    {
        await base.OnParametersSetAsync();
        asTable = AskedView == "table";
        if (Loaded && Failure is null && (metric, span) != Chosen())
        {
            await Look(Draw);
        }
    }

    protected override async Task Load()
    {
        team = await Once("team", () => Teams.Get(Caller, new GetTeam(TeamId), Gone));
        usage = await Once("usage", () => Usages.GetUsage(Caller, new UsageQuery(TeamId), Gone));
        meters = [.. usage.Metrics.Select(one => new Meter(one, usage.At)).OrderBy(Rank)];
        await Draw();
    }

    private Task<Page<Meter>> List(TableQuery query, CancellationToken ct) => Task.FromResult(new Page<Meter>(meters, null));

    // The series is here already; the table shows its end and goes back from there.
    private Task<Page<UsagePoint>> Figures(TableQuery query, CancellationToken ct)
    {
        var all = series?.Points ?? [];
        var from = int.TryParse(query.Cursor, CultureInfo.InvariantCulture, out var shown) ? shown : 0;
        var next = from + query.Limit;
        return Task.FromResult(new Page<UsagePoint>([.. all.Reverse().Skip(from).Take(query.Limit)], next < all.Count ? next.ToString(CultureInfo.InvariantCulture) : null));
    }

    // What is in use comes first, then what has a quota: each kind in the contract's order, so that rows move only when something is used for the first time.
    private static int Rank(Meter meter) => (meter.Of.Used.Value + meter.Of.Reserved.Value > 0 ? 0 : 2) + (meter.Full is null ? 1 : 0);

    // Without a choice the metric is shown of which the quota is fullest, or of which there is anything at all.
    private (string Metric, int Span) Chosen() => (
        AskedMetric is { } asked && Metrics.All.Contains(asked) ? asked
            : (meters.Where(meter => meter.Of.Used.Value > 0).MaxBy(meter => meter.Full ?? 0) ?? meters[0]).Of.Metric,
        AskedSpan is { } days && Spans.Any(one => one.Days == days) ? days : UsualSpan);

    private async Task Draw()
    {
        (metric, span) = Chosen();
        var step = span <= HoursUpTo ? SeriesStep.Hour : SeriesStep.Day;
        var asked = (metric, span);
        var drawn = await Usages.GetSeries(Caller, new SeriesQuery(TeamId, metric, Clock.Now.AddDays(-span), Step: step), Gone);
        if (asked != (metric, span))
        {
            return;
        }

        (series, total) = (drawn, drawn.Points.Aggregate(Quantity.Zero, (sum, point) => sum + point.Value));
        points = drawn.Points.All(point => point.Value.Value == 0)
            ? []
            : [.. drawn.Points.Select(point => new ChartPoint(point.At, (double)point.Value.Value, $"{Clock.Minute(point.At)}: {Meter.Show(metric, point.Value)}", Address(asTable: true)))];
    }

    private async Task Changed(IReadOnlyList<EventEnvelope> events)
    {
        if (!Loaded)
        {
            return;
        }

        await ReloadLive();
        await Task.WhenAll(table?.Refresh() ?? Task.CompletedTask, figures?.Refresh() ?? Task.CompletedTask, top?.Refresh() ?? Task.CompletedTask);
        if (events.Any(e => e.Type == "usage.anomaly.detected"))
        {
            await (anomalies?.Refresh() ?? Task.CompletedTask);
        }
    }

    private string Address(string? metric = null, int? span = null, bool? asTable = null) => new Uri(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["metric"] = metric ?? AskedMetric,
        ["span"] = (span ?? AskedSpan)?.ToString(CultureInfo.InvariantCulture),
        ["view"] = asTable ?? this.asTable ? "table" : null,
    })).PathAndQuery;

    private void Go(string address) => Navigation.NavigateTo(address, replace: true);
}
