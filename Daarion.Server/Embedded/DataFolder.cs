using System.Globalization;
using Daarion.Server.Settings;

namespace Daarion.Server.Embedded;

/// <summary>
/// The data folder and the lock that keeps a second server out of it. The lock is the kernel's (<c>flock</c>): it goes with the process
/// that holds it, however that ends, and leaves nothing behind that could be stale.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string ProcessFile = "server.pid";
    private readonly FileStream held;

    private DataFolder(string path, FileStream held) => (Path, this.held) = (path, held);

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Takes the folder for this process; makes it where there is none.</summary>
    /// <exception cref="StartException">It cannot be written, or another server has it.</exception>
    public static DataFolder Take(string path)
    {
        Create(path);
        var file = Hold(System.IO.Path.Combine(path, ".lock")) ?? throw new StartException(
            ExitCode.Failed, $"Another daarion{Holder(path)} is running on {path}: stop it first, or give this one a folder of its own with DAARION_DATA.");
        File.WriteAllText(System.IO.Path.Combine(path, ProcessFile), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new DataFolder(path, file);
    }

    /// <summary>True while some process has the folder.</summary>
    public static bool IsTaken(string path)
    {
        var file = System.IO.Path.Combine(path, ".lock");
        if (!File.Exists(file))
        {
            return false;
        }

        using var free = Hold(file);
        return free is null;
    }

    /// <summary>A folder within, for this server alone or for the children's user.</summary>
    public string Sub(string name, UnprivilegedUser? owner = null)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(path, OwnerOnly);
        if (owner is not null)
        {
            Native.Give(path, owner);
        }

        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => held.Dispose();

    private static void Create(string path)
    {
        try
        {
            if (!Directory.Exists(path))
            {
                Directory.CreateDirectory(path, OwnerOnly);
            }

            using (File.Create(System.IO.Path.Combine(path, ".writable"), 1, FileOptions.DeleteOnClose))
            {
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingException("DAARION_DATA", $"is a folder that cannot be written ({path})", "/var/lib/daarion");
        }
    }

    private static FileStream? Hold(string file)
    {
        try
        {
            return new FileStream(file, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException)
        {
            return null;
        }
    }

    // Beside the lock: a file under flock is not opened a second time, not even to read.
    private static string Holder(string path) =>
        System.IO.Path.Combine(path, ProcessFile) is var file && File.Exists(file) ? $" (process {File.ReadAllText(file)})" : string.Empty;
}
