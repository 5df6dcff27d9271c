using System.Globalization;
using System.Text;

namespace Daarion.Tests.Integration.Gateway.Hostile;

/// <summary>Who sends a request.</summary>
internal enum Sender
{
    /// <summary>Somebody who may do everything: an operator in a browser, or a key with all capabilities.</summary>
    Almighty,

    /// <summary>Somebody of whom nothing is known.</summary>
    Nobody,
}

/// <summary>A request as it will be on the wire; the names in it (<c>~t_~</c>) stand for what there is when it is sent.</summary>
internal sealed record HostileRequest(Route Route, string Address, IReadOnlyList<(string Name, string Value)> Headers, HostileBody? Body, Sender Sender)
{
    private const int Shown = 3000;
    private const int AskFirst = 100_000;

    public HttpRequestMessage ToMessage(Uri listener, ThingsThere things)
    {
        // As it stands: a client that puts addresses in order would never send the hostile ones.
        var address = new Uri($"{listener.GetLeftPart(UriPartial.Authority)}{things.Name(Address)}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var message = new HttpRequestMessage(new HttpMethod(Route.Method), address);
        if (Body is { } body)
        {
            message.Content = new ByteArrayContent(things.Name(body.Bytes));
            message.Content.Headers.TryAddWithoutValidation("Content-Type", body.ContentType);
            foreach (var encoding in body.Encodings)
            {
                message.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
            }
        }

        // Who sends much asks first, so that a refusal is read and not met by a closed line.
        message.Headers.ExpectContinue = Body is { Bytes.Length: > AskFirst };
        foreach (var (name, value) in Headers)
        {
            message.Headers.TryAddWithoutValidation(name, things.Name(value));
        }

        return message;
    }

    public override string ToString()
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{Sender} on {Route.Listener}: {Route.Method} {Clipped(Address)}"));
        foreach (var (name, value) in Headers)
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"  {name}: {Clipped(Escaped(value))}");
        }

        if (Body is { } body)
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"  Content-Type: {body.ContentType}; Content-Encoding: {string.Join(',', body.Encodings)}; {body.Bytes.Length} bytes")
                .AppendLine().Append("  ").Append(Clipped(Escaped(body.ToString())));
        }

        return text.ToString();
    }

    private static string Clipped(string text) => text.Length > Shown ? $"{text[..Shown]}… ({text.Length} characters)" : text;

    private static string Escaped(string text) => string.Concat(text.Select(c => c is >= ' ' and <= '~' || char.IsLetter(c) ? c.ToString() : $"\\u{(int)c:x4}"));
}

/// <summary>A body with what is said of it.</summary>
internal sealed record HostileBody(byte[] Bytes, string? ContentType = "application/json", params string[] Encodings)
{
    /// <summary>The text where it is one, else base64.</summary>
    public override string ToString()
    {
        try
        {
            return new UTF8Encoding(false, true).GetString(Bytes);
        }
        catch (DecoderFallbackException)
        {
            return $"base64 {Convert.ToBase64String(Bytes)}";
        }
    }
}

/// <summary>Requests that are sent at once: one for each route, so that every case reaches every route.</summary>
internal sealed record Wave(IReadOnlyList<HostileRequest> Requests)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"a wave of {Requests.Count} requests, of which the failing ones are named above");
}
