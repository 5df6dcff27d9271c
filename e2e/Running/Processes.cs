using System.Diagnostics;
using System.Globalization;

namespace Daarion.E2E.Running;

/// <summary>A process as <c>/proc</c> shows it; the start time tells a reused number from the process that was meant.</summary>
public sealed record RunningProcess(int Id, int Parent, string Name, long StartedAt)
{
    public bool IsAlive => Processes.Read(Id) is { } now && now.StartedAt == StartedAt;

    /// <summary>Sends a signal: <c>KILL</c>, <c>STOP</c>, <c>CONT</c>, <c>TERM</c>.</summary>
    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}

/// <summary>The machine's processes.</summary>
public static class Processes
{
    /// <summary>All processes below one, at any depth.</summary>
    public static IReadOnlyList<RunningProcess> Below(int id)
    {
        var children = Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
            .Select(name => Read(int.Parse(name!, CultureInfo.InvariantCulture)))
            .OfType<RunningProcess>()
            .ToLookup(process => process.Parent);
        var found = new List<RunningProcess>();
        var open = new Queue<int>([id]);
        while (open.TryDequeue(out var parent))
        {
            foreach (var child in children[parent])
            {
                found.Add(child);
                open.Enqueue(child.Id);
            }
        }

        return found;
    }

    /// <summary>One process; null when there is none, or only its remains.</summary>
    public static RunningProcess? Read(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var end = stat.LastIndexOf(')');
            var fields = stat[(end + 2)..].Split(' ');
            return fields[0] is "Z" or "X"
                ? null
                : new(id, int.Parse(fields[1], CultureInfo.InvariantCulture), stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..end], long.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Memory of a process that is in RAM, in bytes.</summary>
    public static long ResidentBytes(int id)
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(row => row.StartsWith("VmRSS:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
