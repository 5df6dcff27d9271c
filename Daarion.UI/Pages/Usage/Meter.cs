using System.Globalization;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Usage;
using Daarion.UI.Text;

namespace Daarion.UI.Pages.Usage;

/// <summary>A quota as the screen shows it: how full it is, how that will go on, and what to say of it.</summary>
/// <param name="Of">The contract's figures.</param>
/// <param name="At">When they were taken.</param>
public sealed record Meter(MetricUsage Of, DateTimeOffset At)
{
    private const double Million = 1_000_000;

    /// <summary>Its own name: a quota of the city is told apart by its platform.</summary>
    public string Key => Of.SubjectId is { } subject ? $"{Of.Metric}:{subject}" : Of.Metric;

    /// <summary>Which part of the quota is used; null where nothing limits it.</summary>
    public double? Used => ShareOf(Of.Used.Value);

    /// <summary>Which part of the quota is held for what goes on.</summary>
    public double? Reserved => ShareOf(Of.Reserved.Value);

    /// <summary>Which part will have been used at the window's end.</summary>
    public double? Forecast => ShareOf(Of.Forecast.Value);

    /// <summary>Used and held together.</summary>
    public double? Full => ShareOf(Of.Used.Value + Of.Reserved.Value);

    /// <summary>When the quota will be used up, if that is before its window ends and it goes on as so far; null where it lasts.</summary>
    public DateTimeOffset? RunsOutAt =>
        Of is { EffectiveQuota: { Value: > 0 } quota, WindowStart: { } start, WindowEnd: { } end, Used.Value: > 0 } && Full < 1 && Of.Forecast > quota
            ? At + ((end - At) * (double)((quota.Value - Of.Used.Value) / (Of.Forecast.Value - Of.Used.Value)))
            : null;

    /// <summary><c>bad</c> where nothing is left, <c>wait</c> from four fifths on or where it will run out, <c>ok</c> where it lasts, nothing where there is no quota.</summary>
    public string Kind => Full switch
    {
        null => string.Empty,
        >= 1 => "bad",
        >= (double)QuotaStanding.WarningFrom => "wait",
        _ => RunsOutAt is null ? "ok" : "wait",
    };

    /// <summary>A figure of it, in its unit.</summary>
    public string Show(Quantity value) => Show(Of.Metric, value);

    /// <summary>A figure of a metric, in its unit.</summary>
    public static string Show(string metric, Quantity value) => metric switch
    {
        "storage_bytes" => Format.Bytes((double)value.Value),
        _ => Format.Decimal(value.Value, most: value.Value >= 100 ? 0 : 2),
    };

    /// <summary>A figure at the edge of a chart, where there is little room.</summary>
    public static string Tick(Texts t, string metric, double value) =>
        metric == "storage_bytes" ? Format.Bytes(value) : value >= Million ? t["usage.millions", Format.Decimal((decimal)(value / Million), most: 1)] : Format.Decimal((decimal)value, most: value < 10 ? 1 : 0);

    /// <summary>What a metric is called.</summary>
    public static string Name(Texts t, string metric) => Texts.Find($"usage.metric_{metric.Replace('.', '_')}") ?? t.Of("usage", metric);

    /// <summary>How it will go on, in a sentence.</summary>
    /// <param name="t">The words.</param>
    /// <param name="zone">The person's time zone.</param>
    public string Say(Texts t, TimeZoneInfo zone)
    {
        var end = Of.WindowEnd is { } ends ? Moment(t, ends, zone) : null;
        return this switch
        {
            { Full: >= 1 } => end is null ? t["usage.say_full_held"] : t["usage.say_full", Bare(Of.WindowEnd!.Value, zone)],
            { Full: null } when end is not null && Of.Used.Value > 0 => t["usage.say_counted", About(Of.Forecast), Bare(Of.WindowEnd!.Value, zone)],
            { Full: null } => t["usage.say_counted_now"],
            { RunsOutAt: { } runsOut } => t["usage.say_runs_out", Moment(t, runsOut, zone), end],
            _ when end is null => t["usage.say_free", Show(Of.Remaining ?? Quantity.Zero)],
            { Of.Used.Value: 0 } => t["usage.say_none"],
            _ => t["usage.say_pace", About(Of.Forecast), Bare(Of.WindowEnd!.Value, zone), Format.Percent(Forecast!.Value)],
        };
    }

    // A forecast pretends to no more than it knows.
    private string About(Quantity value) => Of.Metric == "storage_bytes" ? Show(value) : Format.Decimal(value.Value, most: value.Value >= 10 ? 0 : 1);

    private string Moment(Texts t, DateTimeOffset at, TimeZoneInfo zone) => t[at - At < TimeSpan.FromDays(1) ? "usage.at_time" : "usage.on_day", Bare(at, zone)];

    private string Bare(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString(at - At < TimeSpan.FromDays(1) ? "HH:mm" : "d MMMM", CultureInfo.CurrentCulture);

    private double? ShareOf(decimal value) => Of.EffectiveQuota is not { } quota ? null : quota.Value > 0 ? (double)(value / quota.Value) : 1;
}
