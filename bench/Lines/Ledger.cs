using System.Globalization;
using Daarion.Bench.Running;

namespace Daarion.Bench.Lines;

/// <summary>
/// Transfers of 64 callers between ten thousand accounts through the wallet's contract, policy, quota and events included; and all of them from one. Against pgbench
/// with 16 clients, which calls a hand-written function that writes the same rows, one transfer in a transaction. And balances read, against one SELECT.
/// </summary>
internal sealed class Ledger : IBenchLine
{
    private const int Transfers = 12_000;
    private const int Reads = 40_000;
    private static readonly TimeSpan PacedFor = TimeSpan.FromSeconds(4);

    public IReadOnlyList<string> Names { get; } = ["ledger", "ledger_hot", "ledger_p99", "balance"];

    public async Task<IReadOnlyList<BenchResult>> Run(Progress progress)
    {
        await using var bed = await LedgerBed.Start();
        await bed.Send(Transfers, hot: false);
        var many = await Alternate.Measure(progress, "ledger", () => bed.Send(Transfers, hot: false), () => bed.ByHand(hot: false));
        var hot = await Alternate.Measure(progress, "ledger_hot", () => bed.Send(Transfers, hot: true), () => bed.ByHand(hot: true));
        progress.Say(string.Create(CultureInfo.InvariantCulture, $"ledger_p99: ours at {many.Ours / 2:N0} a second, the hand-written one at {many.Reference / 2:N0}"));
        var late = await Alternate.Measure(progress, "ledger_p99", () => bed.Paced(many.Ours / 2, PacedFor), () => bed.ByHandPaced(many.Reference / 2));
        var read = await Alternate.Measure(progress, "balance", () => bed.Balances(Reads), () => bed.Selects(Reads));
        return
        [
            new("ledger", many.Ours, many.Reference, many.Ours / many.Reference, "transfers/s", "≥ 0.6"),
            new("ledger_hot", hot.Ours, hot.Reference, hot.Ours / hot.Reference, "transfers/s", "≥ 2"),
            new("ledger_p99", late.Ours, late.Reference, late.Ours / late.Reference, "ms", "≤ 4"),
            new("balance", read.Ours, read.Reference, read.Ours / read.Reference, "reads/s", "≥ 0.5"),
        ];
    }
}
