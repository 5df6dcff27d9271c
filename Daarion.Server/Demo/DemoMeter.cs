using System.Globalization;

namespace Daarion.Server.Demo;

/// <summary>One value of a meter.</summary>
internal sealed record DemoReading(DateTimeOffset Ts, decimal Total);

/// <summary>A real meter (half-hourly, cumulative, never falling), brought into the present: its last value falls just before a given time.</summary>
internal sealed class DemoMeter(TimeProvider clock)
{
    /// <summary>Readings of a day.</summary>
    public const int PerDay = 48;

    private const string Resource = "Daarion.Server.Demo.energy_readings.csv";
    private const long HalfHour = TimeSpan.TicksPerMinute * 30;
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Lazy<IReadOnlyList<DemoReading>> Measured = new(Read);

    /// <summary>The days before a time, day by day.</summary>
    public static IEnumerable<DemoReading[]> DaysBefore(DateTimeOffset end, int days, decimal scale)
    {
        var rows = Measured.Value.TakeLast(days * PerDay).ToList();
        var shift = (end.UtcTicks - rows[^1].Ts.UtcTicks) / HalfHour * HalfHour;
        return rows.Select(row => new DemoReading(row.Ts.AddTicks(shift), decimal.Round(row.Total * scale, 3))).Chunk(PerDay);
    }

    /// <summary>
    /// What the live meter shows now: a house of about 1.5 kW that uses more by day. It depends on the time alone, so a demonstration that
    /// was stopped goes on where it would be.
    /// </summary>
    public DemoReading Now()
    {
        var at = clock.GetUtcNow();
        var hours = (decimal)(at - Epoch).Ticks / TimeSpan.TicksPerHour;
        var wave = (decimal)Math.Sin((double)(hours % 24) * Math.PI / 12);
        return new DemoReading(at, decimal.Round((hours * 1.5m) + (wave * 2), 6));
    }

    private static DemoReading[] Read()
    {
        using var reader = new StreamReader(typeof(DemoMeter).Assembly.GetManifestResourceStream(Resource)!);
        return
        [
            .. reader.ReadToEnd()
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Skip(1)
                .Select(line => line.TrimEnd('\r').Split(','))
                .Select(cells => new DemoReading(
                    DateTimeOffset.Parse(cells[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal), decimal.Parse(cells[1], CultureInfo.InvariantCulture))),
        ];
    }
}
