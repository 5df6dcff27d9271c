using System.Text.RegularExpressions;
using Daarion.Core;

namespace Daarion.Tests.Ui;

/// <summary>What the console asks the PDP about is in the registry: a capability that nobody declared is refused to everybody.</summary>
public sealed partial class AskedRightsTests
{
    [Fact]
    public void Every_right_the_pages_ask_about_is_a_declared_capability()
    {
        var declared = CityModules.All.SelectMany(module => module.Capabilities).Select(capability => capability.Code).ToHashSet(StringComparer.Ordinal);

        var asked = ConsoleSources.All().SelectMany(source => Question().Matches(source).SelectMany(question => Literal().Matches(question.Value))).Select(literal => literal.Groups["code"].Value).Distinct(StringComparer.Ordinal).ToList();

        Assert.True(asked.Count > 20, $"only {asked.Count} questions were found");
        Assert.Empty(asked.Except(declared, StringComparer.Ordinal));
    }

    [GeneratedRegex(@"\b[Mm]ay\[[^\]]*\]|\.May\([^)]*\)|RightQuestion\([^,)]*|Rights\.In\([^;]*;|(Asks|Capability) = ""[^""]*""", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Question();

    [GeneratedRegex(@"""(?<code>[a-z_]+(\.[a-z_]+)+)""", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Literal();
}
