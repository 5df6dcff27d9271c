using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Daarion.UI.Text;

namespace Daarion.Tests.Ui;

/// <summary>Every word of the console is there in both languages, and every word the pages ask for exists.</summary>
public sealed partial class ResourceTests
{
    public static TheoryData<string> Areas() => [.. Directory.EnumerateFiles(Path.Combine(ConsoleSources.Folder, "Resources"), "*.resx").Select(Path.GetFileName).Where(name => !name!.EndsWith(".uk.resx", StringComparison.Ordinal)).Select(name => name![..^5])];

    [Theory]
    [MemberData(nameof(Areas))]
    public void Both_languages_have_the_same_words(string area)
    {
        var english = Read($"{area}.resx");
        var ukrainian = Read($"{area}.uk.resx");

        Assert.Equal(english.Keys.Order(StringComparer.Ordinal), ukrainian.Keys.Order(StringComparer.Ordinal));
        Assert.All(english.Concat(ukrainian), pair => Assert.False(string.IsNullOrWhiteSpace(pair.Value), pair.Key));
    }

    [Theory]
    [MemberData(nameof(Areas))]
    public void Both_languages_fill_the_same_places(string area)
    {
        var english = Read($"{area}.resx");
        var ukrainian = Read($"{area}.uk.resx");

        Assert.All(english, pair => Assert.Equal(Places(pair.Value), Places(ukrainian[pair.Key])));
    }

    [Fact]
    public void Every_word_the_pages_ask_for_exists()
    {
        var asked = ConsoleSources.All().SelectMany(source => Asked().Matches(source).Select(match => match.Groups["key"].Value)).Distinct(StringComparer.Ordinal);

        var missing = asked.Where(key => Texts.Find(key) is null).ToList();

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_counted_word_has_its_three_forms()
    {
        var counted = ConsoleSources.All().SelectMany(source => Counted().Matches(source).Select(match => match.Groups["key"].Value)).Distinct(StringComparer.Ordinal);

        var missing = counted.SelectMany(key => new[] { $"{key}.one", $"{key}.few", $"{key}.many" }).Where(key => Texts.Find(key) is null).ToList();

        Assert.Empty(missing);
    }

    [Fact]
    public void Ukrainian_is_spoken_where_the_screen_is_Ukrainian()
    {
        CultureInfo.CurrentUICulture = new CultureInfo("uk-UA");

        Assert.Equal("Огляд", new Texts()["nav.overview"]);
    }

    private static SortedSet<string> Places(string text) => new(Place().Matches(text).Select(match => match.Value), StringComparer.Ordinal);

    private static Dictionary<string, string> Read(string file) => XDocument.Load(Path.Combine(ConsoleSources.Folder, "Resources", file)).Root!.Elements("data").ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value, StringComparer.Ordinal);

    [GeneratedRegex("\\b[Tt]\\[\"(?<key>[a-z_]+(\\.[a-z_]+)+)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Asked();

    [GeneratedRegex("\\.Count\\(\"(?<key>[a-z_]+(\\.[a-z_]+)+)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Counted();

    [GeneratedRegex("\\{[a-z0-9_]+\\}", RegexOptions.NonBacktracking)]
    private static partial Regex Place();
}
