using System.Diagnostics;
using Daarion.Bench.Running;

namespace Daarion.Bench.Lines;

/// <summary>
/// The whole path: from the first delivery until the last payout is in its table, over all four services and the three streams between them,
/// against how many readings the door alone takes when they come one by one.
/// </summary>
internal sealed class PathRate : IBenchLine
{
    private const int Senders = 4;
    private const int Readings = 20_000;
    private const int BatchSize = 500;
    private const int Singles = 8_000;
    private const int SinglesAtOnce = 64;

    public IReadOnlyList<string> Names { get; } = ["path_rate"];

    public async Task<IReadOnlyList<BenchResult>> Run(Progress progress)
    {
        await using var bed = await CityBed.Start();
        await using var door = await AcceptBed.Start();
        await bed.Quiet();
        var (ours, reference) = await Alternate.Measure(progress, "path_rate", () => Path(bed), () => Accept(door));
        return [new("path_rate", ours, reference, ours / reference, "readings/s", "≥ 0.25")];
    }

    private static async Task<double> Path(CityBed bed)
    {
        var before = await bed.Payouts();
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(() => SendBatches(bed, sender))));
        await bed.PayoutsReach(before + Readings);
        var rate = Readings / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await bed.Quiet();
        return rate;
    }

    // Each sender has sites of its own: a site's readings come in their order.
    private static async Task SendBatches(CityBed bed, int sender)
    {
        var own = Enumerable.Range(0, CityBed.Sites).Where(site => site % Senders == sender).ToArray();
        for (var sent = 0; sent < Readings / Senders; sent += BatchSize)
        {
            await bed.Deliver($$"""{"readings":[{{string.Join(',', Enumerable.Range(0, BatchSize).Select(i => bed.NextReading(own[i % own.Length])))}}]}""");
        }
    }

    // The door alone: a city whose relay rests takes readings one by one.
    private static async Task<double> Accept(AcceptBed door)
    {
        var started = Stopwatch.GetTimestamp();
        await door.Deliver(Singles, 1, SinglesAtOnce);
        return Singles / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
