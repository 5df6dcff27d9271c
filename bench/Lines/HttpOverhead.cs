using Daarion.Bench.Running;

namespace Daarion.Bench.Lines;

/// <summary>The cheapest operation through the whole pipeline, <c>POST /pdp/decide</c>, against the same endpoint bare: it binds the same question and answers the same.</summary>
internal sealed class HttpOverhead : IBenchLine
{
    private const int Requests = 20_000;
    private const int AtOnce = 64;
    private const int WarmUps = 3;

    public IReadOnlyList<string> Names { get; } = ["http_overhead"];

    public async Task<IReadOnlyList<BenchResult>> Run(Progress progress)
    {
        await using var bed = await HttpBed.Start();
        // A server that has just started compiles its code again where it is hot: that is over before anything counts.
        for (var round = 0; round < WarmUps; round++)
        {
            await bed.City(Requests, AtOnce);
            await bed.Bare(Requests, AtOnce);
        }

        var (ours, reference) = await Alternate.Measure(progress, "http_overhead", () => bed.City(Requests, AtOnce), () => bed.Bare(Requests, AtOnce));
        return [new("http_overhead", ours, reference, ours / reference, "requests/s", "≥ 0.5")];
    }
}
