namespace Daarion.Bench;

/// <summary>What the benchmarks are asked for.</summary>
internal sealed record BenchArguments(string? Only, bool Json)
{
    public static BenchArguments? Read(string[] args, IEnumerable<string> names)
    {
        var known = names.ToList();
        var read = new BenchArguments(null, false);
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--json":
                    read = read with { Json = true };
                    break;
                case "--only" when i + 1 < args.Length && known.Contains(args[i + 1], StringComparer.Ordinal):
                    read = read with { Only = args[++i] };
                    break;
                default:
                    Console.Error.WriteLine($"Usage: bench [--only NAME] [--json]; NAME is one of {string.Join(", ", known)}.");
                    return null;
            }
        }

        return read;
    }
}
