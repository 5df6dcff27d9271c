using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Daarion.Server.Settings;

namespace Daarion.Server.Embedded;

/// <summary>A program of the machine and its version.</summary>
internal sealed record Binary(string Path, Version Version);

/// <summary>Finds the programs that the embedded servers are, among the machine's packages.</summary>
internal static partial class Binaries
{
    /// <summary>The oldest PostgreSQL that the city runs on.</summary>
    public const int OldestPostgres = 15;

    private const string PostgresPackages = "/usr/lib/postgresql";
    private static readonly string[] OtherFolders = ["/usr/sbin", "/usr/local/sbin"];

    /// <summary>The program <c>postgres</c> of a major version, or the newest where none is asked for.</summary>
    /// <exception cref="StartException">There is none: says which package to install.</exception>
    public static Binary Postgres(int? major = null)
    {
        var installed = InstalledPostgres().Where(binary => binary.Version.Major >= OldestPostgres).ToList();
        return installed.Where(binary => major is null || binary.Version.Major == major).MaxBy(binary => binary.Version)
            ?? throw new StartException(ExitCode.Failed, major is null
                ? $"PostgreSQL {OldestPostgres} or later is not installed: install it (apt-get install postgresql), or set DAARION_POSTGRES to one elsewhere."
                : $"The database in the data folder is of PostgreSQL {major}, which is not installed: install it (apt-get install postgresql-{major}).");
    }

    /// <summary>The program <c>nats-server</c>.</summary>
    /// <exception cref="StartException">There is none: says which package to install.</exception>
    public static Binary Nats() =>
        OnPath("nats-server").Select(path => Examine(path, NatsVersion())).FirstOrDefault(binary => binary is not null)
        ?? throw new StartException(ExitCode.Failed, "nats-server is not installed: install it (apt-get install nats-server), or set DAARION_NATS to one elsewhere.");

    // The packages' own folders come first: what lies on the path under this name may be anything.
    private static IEnumerable<Binary> InstalledPostgres()
    {
        var packaged = Directory.Exists(PostgresPackages) ? Directory.EnumerateDirectories(PostgresPackages).Select(folder => Path.Combine(folder, "bin", "postgres")).Where(File.Exists) : [];
        var found = packaged.Select(path => Examine(path, PostgresVersion())).OfType<Binary>().ToList();
        return found.Count > 0 ? found : OnPath("postgres").Select(path => Examine(path, PostgresVersion())).OfType<Binary>().Where(HasInitDb);
    }

    private static bool HasInitDb(Binary binary) => File.Exists(Path.Combine(Path.GetDirectoryName(binary.Path)!, "initdb"));

    private static IEnumerable<string> OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(OtherFolders)
            .Select(folder => Path.Combine(folder, name))
            .Where(File.Exists)
            .Distinct(StringComparer.Ordinal);

    private static Binary? Examine(string path, Regex version)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(path, "--version") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false })!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return version.Match(output) is { Success: true } match
                ? new Binary(path, new Version(Number(match.Groups["major"]), Number(match.Groups["minor"])))
                : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static int Number(Group group) => group.Success ? int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^postgres \(PostgreSQL\) (?<major>\d{1,3})(\.(?<minor>\d{1,4}))?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PostgresVersion();

    [GeneratedRegex(@"^nats-server: v(?<major>\d{1,3})\.(?<minor>\d{1,4})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NatsVersion();
}
