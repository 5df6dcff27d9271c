using System.Text;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.UI.Text;

namespace Daarion.UI.Components;

/// <summary>The PDP's sentences in the language of the screen; a sentence the console does not know is said in English, as it came.</summary>
public static class Sentences
{
    /// <summary>Writes a sentence with its values; times among them as the screen has times.</summary>
    public static string Say(Sentence sentence, ScreenClock clock)
    {
        if (Texts.Find($"sentence.{sentence.Code}") is not { } template)
        {
            return sentence.Text;
        }

        var text = new StringBuilder(template);
        foreach (var (name, value) in sentence.Values)
        {
            text.Replace($"{{{name}}}", Value(name, value, clock));
        }

        return text.ToString();
    }

    private static string Value(string name, string value, ScreenClock clock) => name switch
    {
        _ when Timestamps.TryParse(value, out var at) => clock.Minute(at),
        "role" or "viewer" or "least" or "state" or "plan" => Texts.Find($"policy.{value.ToLowerInvariant()}") ?? value,
        "subject" when value.Length > 24 => Format.ShortId(value),
        _ => value,
    };
}
