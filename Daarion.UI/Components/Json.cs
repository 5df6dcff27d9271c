using System.Text.Encodings.Web;
using System.Text.Json;

namespace Daarion.UI.Components;

/// <summary>JSON as people read it.</summary>
public static class Json
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text with line breaks; as it came where it is no JSON.</summary>
    public static string Pretty(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return Pretty(document.RootElement);
        }
        catch (JsonException)
        {
            return text;
        }
    }

    /// <summary>The element with line breaks.</summary>
    public static string Pretty(JsonElement element) => JsonSerializer.Serialize(element, Indented);
}
