using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Daarion.Bench;

/// <summary>A line of the table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Ours">The median of our runs.</param>
/// <param name="Reference">The median of the reference's runs, alternating with ours.</param>
/// <param name="Ratio">Ours through the reference.</param>
/// <param name="Unit">Of both.</param>
/// <param name="Floor">What the ratio must reach; for times, what it must not pass.</param>
internal sealed record BenchResult(string Name, double Ours, double Reference, double Ratio, string Unit, string Floor)
{
    public static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static string Table(IEnumerable<BenchResult> results)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{"name",-14} {"ours",14} {"reference",14} {"ratio",8}  {"unit",-12} floor");
        foreach (var result in results)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{result.Name,-14} {result.Ours,14:N2} {result.Reference,14:N2} {result.Ratio,8:0.00}  {result.Unit,-12} {result.Floor}");
        }

        return text.ToString();
    }
}

/// <summary>One or more lines that are measured together.</summary>
internal interface IBenchLine
{
    IReadOnlyList<string> Names { get; }

    Task<IReadOnlyList<BenchResult>> Run(Progress progress);
}

/// <summary>Medians of alternating runs.</summary>
internal static class Alternate
{
    /// <summary>Runs of each side.</summary>
    public const int Runs = 5;

    /// <summary>Measures both sides in turn, after one run of each that does not count.</summary>
    public static async Task<(double Ours, double Reference)> Measure(Progress progress, string name, Func<Task<double>> ours, Func<Task<double>> reference)
    {
        var (mine, theirs) = (new List<double>(), new List<double>());
        for (var run = 0; run <= Runs; run++)
        {
            var (a, b) = (await ours(), await reference());
            progress.Say(string.Create(CultureInfo.InvariantCulture, $"{name} {(run == 0 ? "warm-up" : $"run {run} of {Runs}")}: ours {a:N2}, reference {b:N2}"));
            if (run > 0)
            {
                mine.Add(a);
                theirs.Add(b);
            }
        }

        return (Median(mine), Median(theirs));
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>Says how far the benchmarks are, beside the results.</summary>
internal sealed class Progress(TextWriter output) : IAsyncDisposable
{
    public void Say(string line) => output.WriteLine(line);

    public async ValueTask DisposeAsync() => await output.FlushAsync();
}
