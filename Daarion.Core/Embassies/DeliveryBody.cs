using System.Text.Json;
using System.Text.Unicode;
using Daarion.Core.Kernel;

namespace Daarion.Core.Embassies;

/// <summary>A reading as it was sent.</summary>
/// <param name="Position">Its place in the delivery.</param>
/// <param name="Domain">What it is about: <c>energy</c>, or <c>rwa.energy</c> for what is claimed about such an asset.</param>
/// <param name="SiteId">The site.</param>
/// <param name="Value">The counter.</param>
/// <param name="Unit">Its unit, in lower case.</param>
/// <param name="Ts">The time of the reading.</param>
/// <param name="ReadingId">The sender's id.</param>
/// <param name="Claim">What is claimed, where it is no reading of a meter.</param>
internal sealed record SentReading(int Position, string Domain, string SiteId, Quantity Value, string Unit, DateTimeOffset Ts, string? ReadingId, SentClaim? Claim = null);

/// <summary>What is said about an asset beside its quantity.</summary>
/// <param name="Asset">Its type: <c>energy</c>.</param>
/// <param name="Kind">How it is said.</param>
/// <param name="Reference">The sender's name of the paper behind it.</param>
internal sealed record SentClaim(string Asset, ClaimKind Kind, string? Reference);

/// <summary>
/// Reads a delivery's body straight from its bytes: one reading, or <c>{"readings": […]}</c>. Everything wrong is <c>invalid_payload</c> that names the field.
/// </summary>
internal static class DeliveryBody
{
    /// <summary>Readings of one delivery.</summary>
    public const int MaxReadings = 1000;

    /// <summary>Characters of a name.</summary>
    public const int MaxName = 120;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 4 };

    public static IReadOnlyList<SentReading> Parse(ReadOnlySpan<byte> body, string address)
    {
        if (!Utf8.IsValid(body))
        {
            throw Malformed();
        }

        try
        {
            var reader = new Utf8JsonReader(body, Options);
            return ReadDelivery(ref reader, address);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escape that is half of a surrogate pair.
            throw Malformed();
        }
    }

    private static List<SentReading> ReadDelivery(ref Utf8JsonReader reader, string address)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw CityException.Invalid("body", "Send a JSON object: a reading, or {\"readings\": […]}.");
        }

        var ahead = reader;
        ahead.Read();
        if (ahead.TokenType == JsonTokenType.PropertyName && ahead.ValueTextEquals("readings"u8))
        {
            reader = ahead;
            var batch = ReadBatch(ref reader, address);
            ExpectEnd(ref reader);
            return batch;
        }

        var fields = new ReadingFields(string.Empty, address);
        var single = fields.Read(ref reader, 0, null);
        ExpectEnd(ref reader);
        return [single];
    }

    private static List<SentReading> ReadBatch(ref Utf8JsonReader reader, string address)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw CityException.Invalid("readings", "Give a list of readings.");
        }

        var readings = new List<SentReading>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var place = readings.Count;
            if (place == MaxReadings)
            {
                throw CityException.Invalid("readings", $"At most {MaxReadings} readings in one delivery.");
            }

            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw CityException.Invalid($"readings[{place}]", "Give a reading as a JSON object.");
            }

            var fields = new ReadingFields($"readings[{place}].", address);
            readings.Add(fields.Read(ref reader, place, place > 0 ? readings[place - 1] : null));
        }

        if (readings.Count == 0)
        {
            throw CityException.Invalid("readings", "Give at least one reading.");
        }

        reader.Read();
        return reader.TokenType == JsonTokenType.EndObject
            ? readings
            : throw CityException.Invalid(Clip(reader.GetString()), "There is no such field beside readings.");
    }

    private static void ExpectEnd(ref Utf8JsonReader reader)
    {
        if (reader.Read())
        {
            throw Malformed();
        }
    }

    internal static string Clip(string? name) => name is { Length: > 64 } tooLong ? tooLong[..64] : name ?? string.Empty;

    private static CityException Malformed() => CityException.Invalid("body", "This is not well-formed JSON in UTF-8.");
}
