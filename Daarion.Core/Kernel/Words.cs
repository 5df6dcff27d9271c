using System.Collections.Frozen;
using System.Text.Json;

namespace Daarion.Core.Kernel;

/// <summary>Enumerations as the wire and the database have them: <c>snake_case</c> words.</summary>
public static class Words
{
    /// <summary>The word of a value.</summary>
    public static string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum => Cache<TEnum>.ToWord.TryGetValue(value, out var word) ? word : throw new ArgumentOutOfRangeException(nameof(value));

    /// <summary>The value of a word.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c> naming the words there are.</exception>
    public static TEnum Parse<TEnum>(string word, string field = "value")
        where TEnum : struct, Enum =>
        Cache<TEnum>.ToValue.TryGetValue(word, out var value) ? value : throw CityException.Invalid(field, $"Use one of: {string.Join(", ", Cache<TEnum>.ToValue.Keys.Order(StringComparer.Ordinal))}.");

    /// <summary>The value of a word; false where there is no such word.</summary>
    public static bool TryParse<TEnum>(string? word, out TEnum value)
        where TEnum : struct, Enum
    {
        value = default;
        return word is not null && Cache<TEnum>.ToValue.TryGetValue(word, out value);
    }

    private static class Cache<TEnum>
        where TEnum : struct, Enum
    {
        public static readonly FrozenDictionary<TEnum, string> ToWord =
            Enum.GetValues<TEnum>().ToFrozenDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

        public static readonly FrozenDictionary<string, TEnum> ToValue = ToWord.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
    }
}
