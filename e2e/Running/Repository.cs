namespace Daarion.E2E.Running;

/// <summary>Where things are in the checkout under test.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The server built in the same configuration as these tests.</summary>
    public static string ServerBinary { get; } =
        Path.Combine(Root, "Daarion.Server", "bin", AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug", "net10.0", "daarion");

    /// <summary>Pictures and documents that the tests leave for people.</summary>
    public static string Artifacts { get; } = Directory.CreateDirectory(Path.Combine(Root, "artifacts")).FullName;

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Daarion.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("These tests run from a checkout of the project.");
    }
}
