using Daarion.Bench.Running;

namespace Daarion.Bench.Lines;

/// <summary>
/// Readings accepted a second, over HTTP: signature, duplicates, commit with the outbox. One in a request against a bare endpoint that does one
/// INSERT for each request; a thousand in a request against one.
/// </summary>
internal sealed class Accept : IBenchLine
{
    private const int Singles = 8_000;
    private const int AtOnce = 64;
    private const int Batches = 40;
    private const int BatchSize = 1_000;
    private const int BatchesAtOnce = 4;

    public IReadOnlyList<string> Names { get; } = ["accept_single", "accept_batch"];

    public async Task<IReadOnlyList<BenchResult>> Run(Progress progress)
    {
        await using var bed = await AcceptBed.Start();
        // A server that has just started compiles its code again where it is hot: that is over before anything counts.
        await bed.Deliver(Singles * 2, 1, AtOnce);
        await bed.Insert(Singles, AtOnce);
        var single = await Alternate.Measure(progress, "accept_single", () => bed.Deliver(Singles, 1, AtOnce), () => bed.Insert(Singles, AtOnce));
        var batch = await Alternate.Measure(progress, "accept_batch", () => bed.Deliver(Batches, BatchSize, BatchesAtOnce), () => bed.Deliver(Singles, 1, AtOnce));
        return
        [
            new("accept_single", single.Ours, single.Reference, single.Ours / single.Reference, "readings/s", "≥ 0.5"),
            new("accept_batch", batch.Ours, batch.Reference, batch.Ours / batch.Reference, "readings/s", "≥ 8"),
        ];
    }
}
