using Daarion.Bench.Running;

namespace Daarion.Bench.Lines;

/// <summary>Transfers a second in a ledger of two million entries, against one of a hundred thousand.</summary>
internal sealed class LedgerGrowth : IBenchLine
{
    private const int Transfers = 12_000;
    private const int Large = 2_000_000;
    private const int Small = 100_000;

    public IReadOnlyList<string> Names { get; } = ["ledger_growth"];

    public async Task<IReadOnlyList<BenchResult>> Run(Progress progress)
    {
        await using var large = await LedgerBed.Start(Large);
        await using var small = await LedgerBed.Start(Small);
        var (mine, theirs) = await Alternate.Measure(progress, "ledger_growth", () => large.Send(Transfers, hot: false), () => small.Send(Transfers, hot: false));
        return [new("ledger_growth", mine, theirs, mine / theirs, "transfers/s", "≥ 0.9")];
    }
}
