using System.Globalization;

namespace Daarion.UI.Text;

/// <summary>The time at the screen: the person's own zone, and a beat on which relative times are written anew.</summary>
public sealed class ScreenClock(TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(20);
    private readonly Lock gate = new();
    private ITimer? timer;
    private event Action? Ticked;

    /// <summary>The person's time zone; UTC until the browser has said which.</summary>
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <summary>Now.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Takes the zone the browser named, where it is one.</summary>
    public void SetZone(string? name) => Zone = name is { Length: > 0 and < 64 } && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) ? found : TimeZoneInfo.Utc;

    /// <summary>When a day begins at the screen.</summary>
    public DateTimeOffset StartOf(DateOnly day)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(local, Zone.GetUtcOffset(local)).ToUniversalTime();
    }

    /// <summary>Calls back on each beat until the answer is disposed.</summary>
    public IDisposable OnBeat(Action action)
    {
        lock (gate)
        {
            Ticked += action;
            timer ??= clock.CreateTimer(_ => Ticked?.Invoke(), null, Beat, Beat);
        }

        return new Subscription(() => Ticked -= action);
    }

    /// <summary>The time of day with seconds, or with the date where it is not today.</summary>
    public string Short(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, Zone);
        return local.Date == TimeZoneInfo.ConvertTime(Now, Zone).Date
            ? local.ToString("HH:mm:ss", CultureInfo.CurrentCulture)
            : local.ToString(local.Year == Now.Year ? "d MMM, HH:mm" : "d MMM yyyy", CultureInfo.CurrentCulture);
    }

    /// <summary>Date and time with seconds and zone: what a hover shows and a copy has.</summary>
    public string Exact(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, Zone);
        var offset = local.Offset == TimeSpan.Zero ? "UTC" : $"UTC{(local.Offset < TimeSpan.Zero ? "−" : "+")}{local.Offset:h\\:mm}";
        return $"{local.ToString("d MMMM yyyy, HH:mm:ss.fff", CultureInfo.CurrentCulture)} {offset}";
    }

    /// <summary>The day and minute.</summary>
    public string Minute(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone).ToString("d MMMM, HH:mm", CultureInfo.CurrentCulture);

    /// <summary>The time of day with milliseconds, for steps that follow each other closely.</summary>
    public string Fine(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone).ToString("HH:mm:ss.fff", CultureInfo.CurrentCulture);

    /// <inheritdoc/>
    public void Dispose() => timer?.Dispose();

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}

/// <summary>How long ago, in words.</summary>
public static class RelativeTime
{
    /// <summary>Writes the distance from <paramref name="now"/>: "just now", "8 s ago", "3 min ago", "in 2 h".</summary>
    public static string Of(Texts t, DateTimeOffset at, DateTimeOffset now)
    {
        var past = at <= now;
        var span = (now - at).Duration();
        var (unit, number) = span switch
        {
            { TotalSeconds: < 5 } => ("now", 0L),
            { TotalSeconds: < 60 } => ("s", (long)span.TotalSeconds),
            { TotalMinutes: < 60 } => ("min", (long)span.TotalMinutes),
            { TotalHours: < 24 } => ("h", (long)span.TotalHours),
            { TotalDays: < 60 } => ("d", (long)span.TotalDays),
            _ => ("date", 0L),
        };
        return unit switch
        {
            "now" => t["common.when.now"],
            "date" => at.ToString("d MMM yyyy", CultureInfo.CurrentCulture),
            "d" => t.Count(past ? "common.when.days_ago" : "common.when.in_days", number),
            _ => t[past ? $"common.when.{unit}_ago" : $"common.when.in_{unit}", number],
        };
    }
}
