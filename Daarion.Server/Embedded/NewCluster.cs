namespace Daarion.Server.Embedded;

/// <summary>
/// Makes PostgreSQL's files at the first start: beside their place, flushed to disk at once, then moved there, so that a power failure
/// leaves either nothing or all of it. (<c>initdb</c> itself would flush file by file, which takes longer than all its other work.)
/// </summary>
internal static class NewCluster
{
    /// <summary>Makes them.</summary>
    /// <exception cref="InvalidOperationException"><c>initdb</c> failed.</exception>
    public static async Task Make(DataFolder data, string folder, Binary postgres, Credentials credentials, UnprivilegedUser? user, ILogger log, CancellationToken ct)
    {
        var draft = Path.Combine(data.Path, "postgres.new");
        if (Directory.Exists(draft))
        {
            Directory.Delete(draft, recursive: true);
        }

        data.Sub("postgres.new", user);
        var password = Path.Combine(draft, "password");
        PrivateFile.Write(password, credentials.Postgres, user);
        try
        {
            log.LogInformation("First start: the database is made in {Folder}", folder);
            await Run(InitDb(draft, postgres), user, ct);
        }
        finally
        {
            File.Delete(password);
        }

        await Run(new ChildStart(draft, ["/bin/sync", "-f", ChildLauncher.FolderInside], "KILL", new Dictionary<string, string>(StringComparer.Ordinal)), user: null, ct);
        if (user is not null)
        {
            Native.Give(Path.Combine(draft, "data"), user);
        }

        Directory.Move(Path.Combine(draft, "data"), folder);
        Directory.Delete(draft, recursive: true);
    }

    private static ChildStart InitDb(string draft, Binary postgres) => new(
        draft,
        [
            Path.Combine(Path.GetDirectoryName(postgres.Path)!, "initdb"), "-D", ChildLauncher.FolderInside + "/data", "--no-sync", "--no-instructions",
            "--username", Credentials.User, "--pwfile", ChildLauncher.FolderInside + "/password", "--auth", "scram-sha-256",
            "--encoding", "UTF8", "--locale", "C.UTF-8", "--data-checksums",
        ],
        "KILL",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["LC_ALL"] = "C.UTF-8" });

    private static async Task Run(ChildStart start, UnprivilegedUser? user, CancellationToken ct)
    {
        using var process = await ChildLauncher.Start(start, user);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{Path.GetFileName(start.Command[0])} ended with {process.ExitCode}: {(await errors).Trim()} {(await output).Trim()}");
        }
    }
}
