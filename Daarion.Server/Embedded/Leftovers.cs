using System.Diagnostics;
using System.Globalization;

namespace Daarion.Server.Embedded;

/// <summary>
/// Children of an earlier server that still work in the folder: after kill -9 the kernel has told them to end, and a server that starts at once
/// may meet them ending. They are known by the folder they hold open, so a process that merely got an old number is never mistaken for one.
/// </summary>
internal static class Leftovers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until nothing works in the folder, and ends what does not end by itself.</summary>
    public static async Task End(string folder, ILogger log)
    {
        var started = Stopwatch.GetTimestamp();
        var told = false;
        using var pace = new PeriodicTimer(Pause);
        while (In(folder) is { Count: > 0 } processes)
        {
            if (!told && Stopwatch.GetElapsedTime(started) > Patience)
            {
                log.LogWarning("Processes {Processes} of an earlier server still worked in {Folder}; they are ended", processes, folder);
                processes.ForEach(process => Native.Signal(process, Native.SigKill));
                told = true;
            }

            await pace.WaitForNextTickAsync();
        }
    }

    /// <summary>The processes that hold the folder open as a child of a server does.</summary>
    public static List<int> In(string folder)
    {
        var real = Native.RealPath(folder);
        return
        [
            .. Directory.EnumerateDirectories("/proc")
                .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
                .Where(id => id > 0 && id != Environment.ProcessId && string.Equals(FolderOf(id), real, StringComparison.Ordinal)),
        ];
    }

    private static string? FolderOf(int process)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/fd/9", returnFinalTarget: false)?.FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
