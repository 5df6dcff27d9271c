using System.Text.Json;
using Daarion.Bench;
using Daarion.Bench.Lines;

IBenchLine[] lines = [new Start(), new RelayRaw(), new RelayPoll(), new Latency(), new Accept(), new PathRate(), new Quota(), new Ledger(), new LedgerGrowth(), new Economy(), new Decide(), new HttpOverhead(), new Simulate()];
var arguments = BenchArguments.Read(args, lines.SelectMany(line => line.Names));
if (arguments is null)
{
    return 64;
}

var results = new List<BenchResult>();
await using var progress = new Progress(Console.Error);
foreach (var line in lines.Where(line => arguments.Only is null || line.Names.Contains(arguments.Only, StringComparer.Ordinal)))
{
    results.AddRange(await line.Run(progress));
}

var shown = results.Where(result => arguments.Only is null || string.Equals(result.Name, arguments.Only, StringComparison.Ordinal)).ToList();
Console.WriteLine(arguments.Json ? JsonSerializer.Serialize(new { results = shown }, BenchResult.Json) : BenchResult.Table(shown));
return 0;
