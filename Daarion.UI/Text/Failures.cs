using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using Daarion.Core.Kernel;

namespace Daarion.UI.Text;

/// <summary>
/// What went wrong, in the language of the screen. Services word their failures in English for whoever calls them; the sentences are a finite
/// set, and <c>Resources/Said.resx</c> has each by its own words, with <c>{0}</c> where a value stands.
/// </summary>
public static class Failures
{
    private const string Area = "said.";
    private const string NoSuch = "There is no such ";
    private static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(100);
    private static readonly Lazy<IReadOnlyList<(Regex Form, string Key)>> Forms = new(ReadForms);
    private static readonly ConcurrentDictionary<string, (string Key, object[] Values)?> Known = new(StringComparer.Ordinal);
    private const int MostKnown = 1000;

    private static bool IsEnglish => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";

    /// <summary>A failure in a sentence for the person at the screen.</summary>
    public static string Say(Texts t, CityException failure) => failure switch
    {
        { Code: ErrorCode.Forbidden } => t.Of("reason", failure.Reason ?? "forbidden"),
        _ when IsEnglish => failure.Message,
        { Code: ErrorCode.NotFound } when failure.Message.StartsWith(NoSuch, StringComparison.Ordinal) && Find(failure.Message) is null => t["common.not_found_more"],
        { Errors.Count: > 0 } => string.Join(' ', failure.Errors.Select(field => $"{field.Key}: {string.Join(' ', field.Value.Select(message => Say(message) ?? message))}")),
        _ => Say(failure.Message) ?? (IsCyrillic(failure.Message) ? failure.Message : t.Of("error", Words.Of(failure.Code))),
    };

    /// <summary>What is wrong with a field, or any other sentence of a service; as it came where the console does not know it.</summary>
    public static string Sentence(string english) => Say(english) ?? english;

    /// <summary>Whether the console has a sentence in its own words.</summary>
    public static bool Knows(string english) => Find(english) is not null;

    private static string? Say(string english)
    {
        if (IsEnglish)
        {
            return english;
        }

        if (Find(english) is { } found && Texts.Find(found.Key) is { } sentence)
        {
            return string.Format(CultureInfo.CurrentCulture, sentence, found.Values);
        }

        // A field that is wrong stands before what is wrong with it.
        var field = english.IndexOf(": ", StringComparison.Ordinal);
        return field > 0 && Say(english[(field + 2)..]) is { } rest ? $"{english[..field]}: {rest}" : null;
    }

    private static (string Key, object[] Values)? Find(string english)
    {
        if (Known.TryGetValue(english, out var known))
        {
            return known;
        }

        var found = Look(english);
        if (Known.Count < MostKnown)
        {
            Known[english] = found;
        }

        return found;
    }

    private static (string Key, object[] Values)? Look(string english)
    {
        foreach (var (form, key) in Forms.Value)
        {
            if (form.Match(english) is { Success: true } match)
            {
                return (key, [.. match.Groups.Values.Skip(1).Select(group => group.Value)]);
            }
        }

        return null;
    }

    private static List<(Regex Form, string Key)> ReadForms()
    {
        var texts = new ResourceManager("Daarion.UI.Resources.Said", typeof(Failures).Assembly).GetResourceSet(CultureInfo.InvariantCulture, true, false)!;
        return [.. texts.Cast<DictionaryEntry>().Select(entry => (string)entry.Key).OrderBy(key => key.Count(c => c == '{')).ThenByDescending(key => key.Length).Select(key => (Form(key[Area.Length..]), key))];
    }

    private static Regex Form(string english) =>
        new($"^{Regex.Replace(Regex.Escape(english), @"\\\{[0-9]\}", "(.+?)", RegexOptions.NonBacktracking, MatchLimit)}$", RegexOptions.CultureInvariant | RegexOptions.Singleline, MatchLimit);

    private static bool IsCyrillic(string text) => text.Any(c => c is >= '\u0400' and <= '\u04ff');
}
