using System.Globalization;
using Daarion.Server.Embedded;
using Daarion.Server.Settings;

namespace Daarion.Server.Cli.Doctor;

/// <summary>What can be seen without a city: programs, versions, the data folder, the disk, the clock.</summary>
internal static class MachineChecks
{
    private const double FewPercent = 10;
    private const long FewBytes = 1L << 30;
    private static readonly Version SyncsAlways = new(2, 10);

    public static IEnumerable<Finding> All(CitySettings settings)
    {
        yield return settings.Postgres is null ? Postgres() : Finding.Good("postgresql", "an outside one (DAARION_POSTGRES)");
        yield return settings.Nats is null ? Nats() : Finding.Good("nats-server", "an outside one (DAARION_NATS)");
        yield return Tools();
        yield return Folder(settings.DataFolder);
        yield return Disk(settings.DataFolder);
        yield return Clock();
    }

    private static Finding Postgres() => Tried("postgresql", () =>
    {
        var binary = Binaries.Postgres();
        return Finding.Good("postgresql", $"{binary.Version} ({binary.Path})");
    });

    private static Finding Nats() => Tried("nats-server", () =>
    {
        var binary = Binaries.Nats();
        return binary.Version >= SyncsAlways
            ? Finding.Good("nats-server", $"{binary.Version} ({binary.Path})")
            : Finding.Good("nats-server", $"{binary.Version} ({binary.Path}); before 2.10 it cannot sync each message, the relay's reconciliation covers that");
    });

    private static Finding Tools()
    {
        var missing = new[] { "setsid", "setpriv" }.Where(tool => !File.Exists($"/usr/bin/{tool}") && !File.Exists($"/bin/{tool}")).ToList();
        return missing.Count == 0
            ? Finding.Good("util-linux", "setsid and setpriv are here")
            : Finding.Bad("util-linux", $"{string.Join(" and ", missing)} is missing", "apt-get install util-linux");
    }

    private static Finding Folder(string path)
    {
        if (!Directory.Exists(path))
        {
            return Finding.Good("data folder", $"{path} is made at the first start");
        }

        var others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        return (File.GetUnixFileMode(path) & others) == UnixFileMode.None
            ? Finding.Good("data folder", path)
            : Finding.Warn("data folder", $"{path} can be listed by everybody on this machine", $"chmod o-rw {path}");
    }

    private static Finding Disk(string path)
    {
        var existing = new DirectoryInfo(path);
        while (!existing.Exists && existing.Parent is { } parent)
        {
            existing = parent;
        }

        var drive = new DriveInfo(existing.FullName);
        var percent = 100.0 * drive.AvailableFreeSpace / drive.TotalSize;
        var detail = string.Create(CultureInfo.InvariantCulture, $"{drive.AvailableFreeSpace / (double)FewBytes:0.0} GiB free ({percent:0} %)");
        return drive.AvailableFreeSpace < FewBytes
            ? Finding.Bad("disk", detail, "free some space: PostgreSQL and NATS stop when the disk is full")
            : percent < FewPercent ? Finding.Warn("disk", detail, "free some space, or move DAARION_DATA to a larger disk") : Finding.Good("disk", detail);
    }

    private static Finding Clock() => Native.ClockIsSynchronised()
        ? Finding.Good("clock", "synchronised")
        : Finding.Warn("clock", "the kernel does not know of a time source", "run a time service (chrony, systemd-timesyncd): signed deliveries are refused when the clock is five minutes off");

    private static Finding Tried(string name, Func<Finding> look)
    {
        try
        {
            return look();
        }
        catch (StartException e)
        {
            return Finding.Bad(name, "not usable", e.Message);
        }
    }
}
