using System.Text;
using System.Text.Json;
using Daarion.Core.Kernel;

namespace Daarion.Core.Embassies;

/// <summary>Gathers the fields of one reading while they are read.</summary>
/// <param name="path">What the names of fields begin with in messages: <c>readings[3].</c>.</param>
/// <param name="address">The last word of the address it came to.</param>
internal ref struct ReadingFields(string path, string address)
{
    private const int MaxUnit = 32;
    private Seen seen;
    private string? domain;
    private string? site;
    private Quantity value;
    private string? unit;
    private DateTimeOffset ts;
    private string? readingId;
    private ClaimKind kind = ClaimKind.Claim;
    private string? reference;

    [Flags]
    private enum Seen
    {
        None = 0,
        Source = 1,
        Domain = 2,
        Site = 4,
        Unit = 8,
        Value = 16,
        Ts = 32,
        ReadingId = 64,
        Kind = 128,
        Reference = 256,
    }

    private readonly bool IsClaim => address == EmbassyDomain.Rwa;

    // Whether the reading itself says what it is about.
    private readonly bool IsMixed => IsClaim || address == EmbassyDomain.Oracle;

    /// <summary>Reads up to the end of the object.</summary>
    /// <param name="reader">At the object's beginning.</param>
    /// <param name="place">The reading's place in the delivery.</param>
    /// <param name="before">The reading before it: most batches are of one site, whose name is then not made again.</param>
    public SentReading Read(ref Utf8JsonReader reader, int place, SentReading? before)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = FieldOf(ref reader);
            if ((seen & field) != Seen.None)
            {
                throw Invalid(NameOf(field), "This field is given twice.");
            }

            seen |= field;
            reader.Read();
            Take(field, ref reader, before);
        }

        var missing = (Seen.Site | Seen.Unit | Seen.Value | Seen.Ts | (IsMixed ? Seen.Domain : Seen.None)) & ~seen;
        if (missing != Seen.None)
        {
            throw Invalid(NameOf((Seen)((int)missing & -(int)missing)), "This field is required.");
        }

        if (IsMixed && Measures.UnitsOf(domain!) is { Count: > 0 } units && !units.Contains(unit!))
        {
            throw WrongUnit(units);
        }

        return IsClaim
            ? new SentReading(place, EmbassyDomain.OfClaims(domain!), site!, value, unit!, ts, readingId, new SentClaim(domain!, kind, reference))
            : new SentReading(place, domain ?? address, site!, value, unit!, ts, readingId);
    }

    private readonly Seen FieldOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("site_id"u8) ? Seen.Site
        : reader.ValueTextEquals("value"u8) ? Seen.Value
        : reader.ValueTextEquals("ts"u8) ? Seen.Ts
        : reader.ValueTextEquals("unit"u8) ? Seen.Unit
        : reader.ValueTextEquals("domain"u8) ? Seen.Domain
        : reader.ValueTextEquals("source"u8) ? Seen.Source
        : reader.ValueTextEquals("reading_id"u8) ? Seen.ReadingId
        : IsClaim && reader.ValueTextEquals("kind"u8) ? Seen.Kind
        : IsClaim && reader.ValueTextEquals("reference"u8) ? Seen.Reference
        : throw Invalid(DeliveryBody.Clip(reader.GetString()), "There is no such field in a reading.");

    private void Take(Seen field, ref Utf8JsonReader reader, SentReading? before)
    {
        switch (field)
        {
            case Seen.Site:
                site = before is not null && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(before.SiteId) ? before.SiteId : Name(field, ref reader);
                break;
            case Seen.Value:
                value = Number(ref reader);
                break;
            case Seen.Ts:
                ts = reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= 64 && Timestamps.TryParse(reader.GetString(), out var at)
                    ? at
                    : throw Invalid("ts", "Give a time such as \"2026-11-14T12:00:00Z\" (RFC 3339, with its offset).");
                break;
            case Seen.Unit:
                unit = UnitOf(ref reader);
                break;
            case Seen.Domain:
                domain = DomainOf(ref reader);
                break;
            case Seen.Kind:
                kind = reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= MaxUnit && Words.TryParse<ClaimKind>(reader.GetString(), out var said)
                    ? said
                    : throw Invalid("kind", "Use claim, statement or certificate.");
                break;
            case Seen.Reference:
                reference = reader.TokenType == JsonTokenType.Null ? null : Name(field, ref reader);
                break;
            case Seen.Source:
                Name(field, ref reader);
                break;
            case Seen.ReadingId:
                readingId = reader.TokenType == JsonTokenType.Null ? null : Name(field, ref reader);
                break;
            default:
                throw new InvalidOperationException($"{field} is not a field");
        }
    }

    private readonly string Name(Seen field, ref Utf8JsonReader reader)
    {
        var name = reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= DeliveryBody.MaxName * 6 ? reader.GetString() : null;
        return name is { Length: > 0 and <= DeliveryBody.MaxName } && !name.AsSpan().ContainsAnyInRange('\0', '\x1f')
            ? name
            : throw Invalid(NameOf(field), $"Give a text of 1 to {DeliveryBody.MaxName} characters.");
    }

    private readonly string DomainOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= MaxUnit)
        {
            if (!IsMixed)
            {
                return reader.ValueTextEquals(address) ? address : throw Invalid("domain", $"This address takes {address}.");
            }

            var said = reader.GetString()!;
            if (IsClaim || Measures.Measured.Contains(said))
            {
                return said;
            }
        }

        throw Invalid("domain", IsClaim ? "Give the type of asset, such as energy." : IsMixed ? $"Use one of: {string.Join(", ", Measures.Measured)}." : $"This address takes {address}.");
    }

    private readonly string UnitOf(ref Utf8JsonReader reader)
    {
        if (IsMixed)
        {
            // Which units there are is known when the domain is.
            return reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= MaxUnit && reader.GetString() is { Length: > 0 } said && said.All(char.IsAsciiLetterOrDigit)
                ? said.ToLowerInvariant()
                : throw Invalid("unit", "Give a unit such as kwh, kg or m3.");
        }

        var units = Measures.UnitsOf(address);
        if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= 8)
        {
            foreach (var known in units)
            {
                if (reader.ValueTextEquals(known))
                {
                    return known;
                }
            }

            var text = reader.GetString();
            foreach (var known in units)
            {
                if (known.Equals(text, StringComparison.OrdinalIgnoreCase))
                {
                    return known;
                }
            }
        }

        throw WrongUnit(units);
    }

    private readonly CityException WrongUnit(IReadOnlyList<string> units) => Invalid("unit", $"Use one of: {string.Join(", ", units)}.");

    private readonly Quantity Number(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.Number && reader.ValueSpan.Length <= 40 && !reader.ValueIsEscaped)
        {
            Span<char> digits = stackalloc char[40];
            var length = Encoding.UTF8.GetChars(reader.ValueSpan, digits);
            if (Quantity.TryParse(digits[..length], out var number))
            {
                return number;
            }
        }

        throw Invalid("value", "Give a decimal number such as \"12.5\", without an exponent, with at most 19 digits before the point and 28 in all.");
    }

    private readonly CityException Invalid(string field, string message) => CityException.Invalid(path + field, message);

    private static string NameOf(Seen field) => field switch
    {
        Seen.Site => "site_id",
        Seen.ReadingId => "reading_id",
        _ => field.ToString().ToLowerInvariant(),
    };
}
