using System.Globalization;

namespace Daarion.Tests.Integration.Running;

/// <summary>The processes of a city as the kernel shows them.</summary>
internal static class Children
{
    /// <summary>PostgreSQL with its backends, and NATS, that work in a data folder, whoever their parent is now.</summary>
    public static IReadOnlyList<int> In(string data) => [.. All().Where(id => FolderOf(id)?.StartsWith(data, StringComparison.Ordinal) == true)];

    /// <summary>Those whose program has a name.</summary>
    public static IReadOnlyList<int> In(string data, string name) => [.. In(data).Where(id => NameOf(id) == name)];

    /// <summary>The one of a name that the server itself started.</summary>
    public static int Head(string data, string name, int server) => Heads(data, name, server).Single();

    /// <summary>As <see cref="Head"/>, where there may be none for a moment.</summary>
    public static IEnumerable<int> Heads(string data, string name, int server) => In(data, name).Where(id => ParentOf(id) == server);

    /// <summary>Memory of processes that is theirs, shared pages shared out, in bytes.</summary>
    public static long Memory(IEnumerable<int> processes) => processes.Sum(id => 1024 * File.ReadLines($"/proc/{id}/smaps_rollup")
        .Where(line => line.StartsWith("Pss:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))
        .Single());

    /// <summary>Addresses (hexadecimal, as the kernel writes them) on which a process listens by TCP.</summary>
    public static IReadOnlyList<string> Listens(int process)
    {
        var sockets = Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Select(link => File.ResolveLinkTarget(link, false)?.Name).ToHashSet();
        return
        [
            .. File.ReadLines("/proc/net/tcp").Concat(File.ReadLines("/proc/net/tcp6"))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(cells => cells.Length > 9 && cells[3] == "0A" && sockets.Contains($"socket:[{cells[9]}]"))
                .Select(cells => cells[1].Split(':')[0]),
        ];
    }

    private static IEnumerable<int> All() => Directory.EnumerateDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id > 0 && id != Environment.ProcessId);

    private static string? FolderOf(int process) => Look(() => File.ResolveLinkTarget($"/proc/{process}/fd/9", false)?.FullName);

    private static string? NameOf(int process) => Look(() => File.ReadAllText($"/proc/{process}/comm").Trim());

    private static int ParentOf(int process) =>
        int.Parse(Look(() => File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("PPid:", StringComparison.Ordinal))[5..].Trim()) ?? "0", CultureInfo.InvariantCulture);

    private static string? Look(Func<string?> look)
    {
        try
        {
            return look();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
