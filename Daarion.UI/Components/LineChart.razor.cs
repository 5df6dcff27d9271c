using System.Globalization;
using System.Text;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Components;

/// <summary>A value over time with what was refused beside it; each point leads to its page. The table it is drawn from is one click away.</summary>
public sealed partial class LineChart
{
    private const double W = 860, H = 250, Left = 64, Right = 14, Top = 14, Bottom = 28;
    private const int MostHits = 160;
    private const int FewPoints = 60;
    private string curve = "";
    private string area = "";
    private string besideCurve = "";
    private List<(double Y, string Text)> yTicks = [];
    private List<(double X, string Text, string Anchor)> xTicks = [];
    private List<(ChartPoint Point, double X, double Y)> dots = [];
    private List<(ChartPoint Point, double X, double Y)> crosses = [];
    private List<double> changes = [];

    /// <summary>What it shows, in a sentence.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>The curve, in the order of time.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<ChartPoint> Points { get; set; } = [];

    /// <summary>Another curve of the same thing, to compare.</summary>
    [Parameter]
    public IReadOnlyList<ChartPoint> Beside { get; set; } = [];

    /// <summary>What was refused.</summary>
    [Parameter]
    public IReadOnlyList<ChartPoint> Refused { get; set; } = [];

    /// <summary>Moments at which something changed.</summary>
    [Parameter]
    public IReadOnlyList<DateTimeOffset> Changes { get; set; } = [];

    /// <summary>Where it begins.</summary>
    [Parameter, EditorRequired]
    public DateTimeOffset From { get; set; }

    /// <summary>Where it ends.</summary>
    [Parameter, EditorRequired]
    public DateTimeOffset To { get; set; }

    /// <summary>Writes a value at the edge; as a number where not given.</summary>
    [Parameter]
    public Func<double, string>? Ticks { get; set; }

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    protected override void OnParametersSet()
    {
        var values = Points.Concat(Beside).Concat(Beside.Count > 0 ? Refused : []).Select(point => point.Value).ToList();
        var (low, high) = values.Count == 0 ? (0d, 1d) : (values.Min(), values.Max());
        var room = Math.Max((high - low) * 0.08, Math.Max(Math.Abs(high) * 1e-6, 1e-6));
        (low, high) = (low < 0 || low > room ? low - room : 0, high + room);
        double X(DateTimeOffset at) => Left + ((W - Left - Right) * Math.Clamp((at - From).TotalSeconds / Math.Max((To - From).TotalSeconds, 1), 0, 1));
        double Y(double value) => H - Bottom - ((H - Top - Bottom) * Math.Clamp((value - low) / (high - low), 0, 1));

        string Path(IEnumerable<ChartPoint> points)
        {
            var path = new StringBuilder();
            foreach (var point in points)
            {
                path.Append(path.Length == 0 ? 'M' : 'L').Append(N(X(point.At))).Append(' ').Append(N(Y(point.Value)));
            }

            return path.ToString();
        }

        (curve, besideCurve) = (Path(Points), Path(Beside));
        area = Points.Count < 2 ? string.Empty : $"{curve}L{N(X(Points[^1].At))} {N(H - Bottom)}L{N(X(Points[0].At))} {N(H - Bottom)}Z";
        yTicks = [.. Enumerable.Range(0, 4).Select(i => low + ((high - low) * i / 3)).Select(value => (Y(value), Ticks?.Invoke(value) ?? Format.Decimal((decimal)value, most: high - low < 10 ? 2 : 0)))];
        var form = (To - From) switch { { TotalDays: > 2 } => "d MMM", { TotalMinutes: > 10 } => "HH:mm", _ => "HH:mm:ss" };
        xTicks = [.. Enumerable.Range(0, 5).Select(i => From + ((To - From) * (i / 4d))).Select((at, i) =>
            (X(at), TimeZoneInfo.ConvertTime(at, Clock.Zone).ToString(form, CultureInfo.CurrentCulture), i switch { 0 => "start", 4 => "end", _ => "middle" }))];
        var step = Math.Max(1, Points.Count / MostHits);
        dots = [.. Points.Where((_, i) => i % step == 0).Concat(Beside).Select(point => (point, X(point.At), Y(point.Value)))];
        crosses = [.. Refused.Select(point => (point, X(point.At), Y(point.Value)))];
        changes = [.. Changes.Select(X)];
    }

    // Razor takes a tag named text for its own.
    private static RenderFragment Words(double x, double y, string anchor, string words) => builder =>
    {
        builder.OpenElement(0, "text");
        builder.AddAttribute(1, "x", N(x));
        builder.AddAttribute(2, "y", N(y));
        builder.AddAttribute(3, "text-anchor", anchor);
        builder.AddContent(4, words);
        builder.CloseElement();
    };

    private static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}

/// <summary>A point of a chart.</summary>
/// <param name="At">When.</param>
/// <param name="Value">How much.</param>
/// <param name="Title">What a hover says.</param>
/// <param name="Href">Its page.</param>
public sealed record ChartPoint(DateTimeOffset At, double Value, string Title, string Href);
