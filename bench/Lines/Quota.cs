using Daarion.Bench.Running;

namespace Daarion.Bench.Lines;

/// <summary>
/// Quota units reserved and settled, exactly, by 64 callers: of a thousand teams, and of one that all want. Against pgbench with 16 clients, which raises
/// a counter with one hand-written UPDATE for each transaction.
/// </summary>
internal sealed class Quota : IBenchLine
{
    private const int Pairs = 20_000;
    private const int WarmUps = 3;

    public IReadOnlyList<string> Names { get; } = ["quota", "quota_hot"];

    public async Task<IReadOnlyList<BenchResult>> Run(Progress progress)
    {
        await using var bed = await QuotaBed.Start();
        for (var round = 0; round < WarmUps; round++)
        {
            await bed.Pairs(Pairs, hot: false);
        }

        var many = await Alternate.Measure(progress, "quota", () => bed.Pairs(Pairs, hot: false), () => bed.Updates(hot: false));
        var hot = await Alternate.Measure(progress, "quota_hot", () => bed.Pairs(Pairs, hot: true), () => bed.Updates(hot: true));
        return
        [
            new("quota", many.Ours, many.Reference, many.Ours / many.Reference, "pairs/s", "≥ 0.4"),
            new("quota_hot", hot.Ours, hot.Reference, hot.Ours / hot.Reference, "pairs/s", "≥ 0.5"),
        ];
    }
}
