using System.Text;

namespace Daarion.Core.Policy;

/// <summary>
/// One thing the PDP has to say in an explanation: a code that a screen can translate, the values in it, and the sentence in English for
/// readers without a screen.
/// </summary>
/// <param name="Code">For example <c>role.held</c>; the console has a sentence of its own for each.</param>
/// <param name="Text">The sentence in English.</param>
/// <param name="Values">What stands in it.</param>
public sealed record Sentence(string Code, string Text, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Makes a sentence from a template with <c>{names}</c>.</summary>
    /// <param name="code">The code.</param>
    /// <param name="template">The English sentence, names in braces.</param>
    /// <param name="values">The values by name.</param>
    public static Sentence Of(string code, string template, params ReadOnlySpan<(string Name, string Value)> values)
    {
        var text = new StringBuilder(template);
        var byName = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in values)
        {
            text.Replace($"{{{name}}}", value);
            byName[name] = value;
        }

        return new Sentence(code, text.ToString(), byName);
    }
}
