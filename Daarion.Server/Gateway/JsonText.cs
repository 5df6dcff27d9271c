using System.Text;
using System.Text.Json;
using Daarion.Core.Kernel;

namespace Daarion.Server.Gateway;

/// <summary>Text that no database can keep and no screen can show never gets past the gateway: U+0000 and halves of surrogate pairs.</summary>
internal static class JsonText
{
    /// <summary>Refuses a body with such text in a name or a value, or with null in a list.</summary>
    /// <exception cref="CityException"><c>invalid_payload</c>.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static void EnsureClean(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 32 });
        var lists = new Stack<bool>();
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray or JsonTokenType.StartObject:
                    lists.Push(reader.TokenType == JsonTokenType.StartArray);
                    break;
                case JsonTokenType.EndArray or JsonTokenType.EndObject:
                    lists.Pop();
                    break;
                case JsonTokenType.Null when lists.TryPeek(out var inList) && inList:
                    // The serializer minds nulls in members, but not in lists.
                    throw CityException.Invalid("body", "A list in it holds null; leave it out.");
            }

            // Without an escape the reader has already checked it: raw control characters are not JSON, bad UTF-8 is found when it is read.
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && !IsReadable(ref reader))
            {
                throw CityException.Invalid("body", "A text in it holds characters that are not valid Unicode text (U+0000 or half a surrogate pair).");
            }
        }
    }

    /// <summary>True for text that can be kept.</summary>
    public static bool IsClean(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar && !text.Contains('\uFFFD', StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsReadable(ref Utf8JsonReader reader)
    {
        try
        {
            return !reader.ValueIsEscaped && System.Text.Unicode.Utf8.IsValid(reader.ValueSpan)
                || (reader.ValueIsEscaped && !reader.GetString()!.Contains('\0', StringComparison.Ordinal));
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
