using Daarion.Bench.Running;

namespace Daarion.Bench.Lines;

/// <summary>Recorded decisions decided again by the registry as it is and by a proposed one, against only reading the same rows.</summary>
internal sealed class Simulate : IBenchLine
{
    public IReadOnlyList<string> Names { get; } = ["simulate"];

    public async Task<IReadOnlyList<BenchResult>> Run(Progress progress)
    {
        await using var bed = await SimulateBed.Start();
        var (ours, reference) = await Alternate.Measure(progress, "simulate", bed.Replay, bed.Read);
        return [new("simulate", ours, reference, ours / reference, "rows/s", "≥ 0.3")];
    }
}
