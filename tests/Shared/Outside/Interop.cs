using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Daarion.Testing;

/// <summary>Programs of others, from tests/Interop.</summary>
public static class Interop
{
    /// <summary>Where they are.</summary>
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "Interop"));

    /// <summary>A file of the project.</summary>
    public static string InRepository(params string[] path) => Path.Combine([Path.GetFullPath(Path.Combine(Folder, "..", "..")), .. path]);

    /// <summary>Runs a script of that folder with node; answers what it wrote.</summary>
    public static async Task<string> Node(string script, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("node", [script, .. arguments]) { WorkingDirectory = Folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{script} ended with {process.ExitCode}: {await output} {await errors}");
    }

    private static string ThisFile([CallerFilePath] string file = "") => file;
}
