using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Daarion.Server.Embedded;

/// <summary>What to start.</summary>
/// <param name="Folder">Its folder, which it reaches through <see cref="ChildLauncher.FolderInside"/>.</param>
/// <param name="Command">Program and arguments.</param>
/// <param name="DeathSignal">What the kernel sends it when this server ends in whatever way: <c>QUIT</c>, <c>KILL</c>.</param>
/// <param name="Environment">Variables beside the inherited ones.</param>
internal sealed record ChildStart(string Folder, IReadOnlyList<string> Command, string DeathSignal, IReadOnlyDictionary<string, string> Environment);

/// <summary>
/// Starts children that cannot outlive this server (decision 0020). The kernel's parent-death signal has three traps: it is cleared when a process
/// changes its user, so it is set after the change; it misses a parent that died before it was set, so the child looks once whether its parent
/// is still the server; and the "parent" it watches is the thread that started the child, so all are started by one thread that never ends.
/// </summary>
internal static class ChildLauncher
{
    /// <summary>
    /// The child's folder as the child sees it: an open descriptor instead of a path. So a child without privileges works in a folder whose
    /// parents it may not enter (a checkout in <c>/root</c>), at any path length.
    /// </summary>
    public const string FolderInside = "/proc/self/fd/9";

    // A session of its own keeps Ctrl C in the terminal from the children: they stop when the server has finished with them, not before.
    private const string Script = """
        exec 9<"$1"
        cd /
        death=$2 server=$4
        if [ -n "$3" ]; then
            drop="--reuid=${3%:*} --regid=${3#*:} --init-groups"
        fi
        shift 4
        exec setsid setpriv ${drop-} --pdeathsig "$death" -- /bin/sh -c '[ "$PPID" = "$0" ] && exec "$@"' "$server" "$@"
        """;

    private static readonly BlockingCollection<Action> Work = StartThread();

    /// <summary>Starts a child; its standard output and error are redirected.</summary>
    public static Task<Process> Start(ChildStart start, UnprivilegedUser? user)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(Describe(start, user))!);
            }
            catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
            {
                started.SetException(e);
            }
        });
        return started.Task;
    }

    private static ProcessStartInfo Describe(ChildStart start, UnprivilegedUser? user)
    {
        var server = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var info = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var argument in (string[])["-c", Script, "daarion-child", start.Folder, start.DeathSignal, user is null ? string.Empty : $"{user.Uid}:{user.Gid}", server])
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var argument in start.Command)
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in start.Environment)
        {
            info.Environment[name] = value;
        }

        return info;
    }

    private static BlockingCollection<Action> StartThread()
    {
        var work = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var action in work.GetConsumingEnumerable())
            {
                action();
            }
        })
        { IsBackground = true, Name = "children" }.Start();
        return work;
    }
}
