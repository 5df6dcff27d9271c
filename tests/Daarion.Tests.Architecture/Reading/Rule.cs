namespace Daarion.Tests.Architecture.Reading;

/// <summary>Says everything that breaks a rule, not only the first of it.</summary>
internal static class Rule
{
    public static void Holds(IEnumerable<string> violations)
    {
        var all = violations.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        Assert.True(all.Count == 0, string.Join('\n', all.Prepend($"{all.Count} times the rule is broken:")));
    }
}
