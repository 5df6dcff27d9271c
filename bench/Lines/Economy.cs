using Daarion.Bench.Running;

namespace Daarion.Bench.Lines;

/// <summary>
/// Five hundred payouts claimed in one call, against as many single claims one after the other; and readings normalised, judged and recorded by the oracles' reaction
/// with its events, against COPY of as many rows into a table of the same form.
/// </summary>
internal sealed class Economy : IBenchLine
{
    private const int Payouts = 500;
    private const int Readings = 20_000;

    public IReadOnlyList<string> Names { get; } = ["claim_many", "oracle_copy"];

    public async Task<IReadOnlyList<BenchResult>> Run(Progress progress)
    {
        await using var bed = await EconomyBed.Start();
        var claims = await Alternate.Measure(progress, "claim_many", () => bed.ClaimTogether(Payouts), () => bed.ClaimEach(Payouts));
        var readings = await Alternate.Measure(progress, "oracle_copy", () => bed.Record(Readings), () => bed.Copy(Readings));
        return
        [
            new("claim_many", claims.Ours, claims.Reference, claims.Ours / claims.Reference, "payouts/s", "≥ 10"),
            new("oracle_copy", readings.Ours, readings.Reference, readings.Ours / readings.Reference, "readings/s", "≥ 0.01"),
        ];
    }
}
