using System.Text.RegularExpressions;
using Daarion.Core;
using Daarion.Core.Kernel;
using Daarion.UI.Text;

namespace Daarion.Tests.Ui;

/// <summary>What a service says of a failure is said in the language of the screen.</summary>
public sealed partial class FailureTests : Screen
{
    private static readonly Texts T = new();

    [Fact]
    public void Every_sentence_of_a_failure_is_known_to_the_console()
    {
        var said = Services().SelectMany(source => Failure().Matches(source)).SelectMany(failure => Literal().Matches(failure.Value).Select(Filled)).Where(text => text.Contains(' ', StringComparison.Ordinal) && text.Any(char.IsLetter)).Distinct(StringComparer.Ordinal);

        var unknown = said.Where(text => !Failures.Knows(text)).ToList();

        Assert.True(unknown.Count == 0, string.Join('\n', unknown));
    }

    [Fact]
    public void A_sentence_keeps_its_values_in_Ukrainian()
    {
        Speak("uk-UA");

        Assert.Equal("Щонайбільше 3 адрес.", Failures.Sentence("Give at most 3 addresses."));
        Assert.Equal("Майданчик A-1 платформи energyunion уже відомий.", Failures.Sentence("The site A-1 of energyunion is known already."));
        Assert.Equal("Переглянуто: 12", Failures.Sentence("12 looked at"));
        Assert.Equal("readings[2].unit: Одне з: wh, kwh, mwh, gj.", Failures.Sentence("readings[2].unit: Use one of: wh, kwh, mwh, gj."));
    }

    [Fact]
    public void What_the_console_has_no_words_for_is_at_least_named_by_its_code()
    {
        Speak("uk-UA");

        Assert.Equal("Зараз це неможливо", Failures.Say(T, CityException.Conflict("The moon is in the wrong house.")));
        Assert.Equal("Такого немає, або вам цього не видно.", Failures.Say(T, CityException.NotFound("payout")));
        Assert.Equal("name: Від 1 до 80 символів.", Failures.Say(T, CityException.Invalid("name", "Give 1 to 80 characters.")));
    }

    [Fact]
    public void Who_reads_English_reads_what_the_service_said() => Assert.Equal("The moon is in the wrong house.", Failures.Say(T, CityException.Conflict("The moon is in the wrong house.")));

    [Fact]
    public void Every_code_and_every_capability_has_its_words_in_both_languages()
    {
        foreach (var culture in new[] { "en-GB", "uk-UA" })
        {
            Speak(culture);
            Assert.DoesNotContain(Enum.GetValues<ErrorCode>(), code => Texts.Find($"error.{Words.Of(code)}") is null);
            Assert.DoesNotContain(CityModules.All.SelectMany(module => module.Capabilities), capability => Texts.Find($"capability.{capability.Code}") is null);
        }
    }

    private static new IEnumerable<string> Services() => Directory.EnumerateFiles(Path.Combine(ConsoleSources.Folder, "..", "Daarion.Core"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && Path.GetFileName(file) is not "CityException.cs")
        .Select(File.ReadAllText);

    private static string Filled(Match literal)
    {
        var text = literal.Groups["text"].Value.Replace("\\\"", "\"", StringComparison.Ordinal);
        return literal.Groups["holes"].Length > 0 ? Hole().Replace(text, "7") : text;
    }

    // Refusals are told by their reason, what is absent by one sentence for everything.
    [GeneratedRegex(@"CityException\.(Invalid|Conflict|Unavailable)\((?:""(?:\\.|[^""\\])*""|[^;""])*;|new CityException\(ErrorCode\.(?!Forbidden|NotFound)(?:""(?:\\.|[^""\\])*""|[^;""])*;")]
    private static partial Regex Failure();

    [GeneratedRegex(@"(?<holes>\$?)""(?<text>(\\.|\{[^{}]*\}|[^""\\])*)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Literal();

    [GeneratedRegex(@"\{[^{}]*\}", RegexOptions.NonBacktracking)]
    private static partial Regex Hole();
}
