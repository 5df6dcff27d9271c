using Daarion.Core.Kernel;
using Daarion.Core.Usage;

namespace Daarion.Server.Api;

/// <summary>Figures of usage as a file for a spreadsheet, for whoever accepts that rather than JSON.</summary>
internal sealed class UsageCsv(string name, IEnumerable<string> lines) : IResult
{
    private const string MediaType = "text/csv";

    /// <summary>True where the request accepts CSV and prefers it to JSON.</summary>
    public static bool IsAsked(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        var csv = accepted.Where(type => type.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase)).Max(type => (double?)(type.Quality ?? 1));
        var json = accepted.Where(type => type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)).Max(type => (double?)(type.Quality ?? 1));
        return csv > 0 && csv >= (json ?? 0);
    }

    public static UsageCsv Of(TeamUsage usage) => new(
        "usage",
        usage.Metrics
            .Select(m => Csv.Line(
                usage.UserId?.Value ?? usage.TeamId.Value,
                m.Metric,
                m.SubjectId,
                Words.Of(m.Window),
                m.WindowStart is { } start ? Timestamps.Format(start) : null,
                m.WindowEnd is { } end ? Timestamps.Format(end) : null,
                m.Used.ToString(),
                m.Reserved.ToString(),
                m.BaseQuota?.ToString(),
                m.Multiplier.ToString(),
                m.EffectiveQuota?.ToString(),
                m.Remaining?.ToString(),
                m.Forecast.ToString()))
            .Prepend(Csv.Line("team_id", "metric", "subject_id", "window", "window_start", "window_end", "used", "reserved", "base_quota", "multiplier", "effective_quota", "remaining", "forecast")));

    public static UsageCsv Of(UsageSeries series) => new(
        $"{series.Metric}-{Words.Of(series.Step)}",
        series.Points.Select(point => Csv.Line(series.TeamId.Value, series.Metric, Timestamps.Format(point.At), point.Value.ToString())).Prepend(Csv.Line("team_id", "metric", "at", "value")));

    public static UsageCsv Of(UsageTop top) => new(
        $"{top.Metric}-by-{Words.Of(top.By)}",
        top.Items.Select(item => Csv.Line(top.Metric, item.Id, item.Value.ToString())).Prepend(Csv.Line("metric", Words.Of(top.By), "value")));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = $"{MediaType}; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}.csv\"";
        foreach (var line in lines)
        {
            await response.WriteAsync(line);
        }
    }
}
