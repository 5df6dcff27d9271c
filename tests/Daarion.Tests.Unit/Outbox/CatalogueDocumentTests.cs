using Daarion.Core;
using Daarion.Core.Events;
using Daarion.Core.Outbox;

namespace Daarion.Tests.Unit.Outbox;

public sealed class CatalogueDocumentTests
{
    private const string Page = "docs/events.md";

    [Fact]
    public async Task The_page_about_events_says_what_the_catalogue_says()
    {
        var file = Path.Combine(Root(), Page);
        var expected = CatalogueDocument.Write(new EventCatalogue(CityModules.All));
        if (Environment.GetEnvironmentVariable("DAARION_WRITE_DOCS") is "1")
        {
            await File.WriteAllTextAsync(file, expected);
        }

        Assert.True(
            string.Equals(expected, await File.ReadAllTextAsync(file), StringComparison.Ordinal),
            $"{Page} is not current: run this test once with DAARION_WRITE_DOCS=1 and commit the page.");
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Daarion.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the project.");
        }

        return folder.FullName;
    }
}
