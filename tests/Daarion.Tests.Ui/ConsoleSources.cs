namespace Daarion.Tests.Ui;

/// <summary>The console as it is written, for tests of what all of its pages have in common.</summary>
internal static class ConsoleSources
{
    public static string Folder { get; } = Find();

    /// <summary>The text of every page and class.</summary>
    public static IEnumerable<string> All() => Directory.EnumerateFiles(Folder, "*.*", SearchOption.AllDirectories)
        .Where(file => (file.EndsWith(".razor", StringComparison.Ordinal) || file.EndsWith(".cs", StringComparison.Ordinal)) && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Select(File.ReadAllText);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Daarion.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, "Daarion.UI");
    }
}
