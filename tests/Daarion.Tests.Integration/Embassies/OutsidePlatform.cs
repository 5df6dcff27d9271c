using System.Globalization;
using System.Text;
using System.Text.Json;
using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Embassies;

/// <summary>A platform that was let into the city, as it looks from outside: it signs and sends.</summary>
public sealed class OutsidePlatform(HttpClient http, string name, string secret)
{
    private long messages;

    public string Name => name;

    public string Secret { get; set; } = secret;

    /// <summary>Lets a platform in, with a site for each name, of one team.</summary>
    public static Task<OutsidePlatform> LetIn(CityFixture city, Person @operator, TeamId? team, params string[] sites) => LetIn(city, @operator, team, ["energy"], sites);

    /// <summary>Lets a platform in that reports on these domains.</summary>
    public static async Task<OutsidePlatform> LetIn(CityFixture city, Person @operator, TeamId? team, string[] domains, params string[] sites)
    {
        var embassy = city.Get<IEmbassyService>();
        var created = await embassy.CreatePlatform(@operator.Caller, new CreatePlatform(city.Unique("p"), Domains: domains, RatePerMinute: 1_000_000), default);
        foreach (var site in sites)
        {
            await embassy.CreateIdentity(@operator.Caller, new CreateIdentity(created.Platform, site, TeamId: team), default);
        }

        return new OutsidePlatform(city.Public, created.Platform, created.Secret);
    }

    public static string Reading(string site, DateTimeOffset ts, decimal value, string? readingId = null) =>
        $$"""{"domain":"energy","site_id":"{{site}}","unit":"kwh","value":"{{value.ToString(CultureInfo.InvariantCulture)}}","ts":"{{Timestamps.Format(ts)}}"{{(readingId is null ? "" : $",\"reading_id\":\"{readingId}\"")}}}""";

    /// <summary>A reading of any domain, or a claim where it says its kind.</summary>
    public static string Said(string domain, string site, DateTimeOffset ts, string value, string unit, string? kind = null, string? reference = null) =>
        $$"""{"domain":"{{domain}}","site_id":"{{site}}","unit":"{{unit}}","value":"{{value}}","ts":"{{Timestamps.Format(ts)}}"{{(kind is null ? "" : $",\"kind\":\"{kind}\"")}}{{(reference is null ? "" : $",\"reference\":\"{reference}\"")}}}""";

    public static string Batch(params IEnumerable<string> readings) => $$"""{"readings":[{{string.Join(',', readings)}}]}""";

    /// <summary>Sends a body, signed.</summary>
    public Task<Answer> Send(string body, SignatureStyle style = SignatureStyle.XSignature, string? webhookId = null, TimeSpan? clockOff = null) =>
        Send(Encoding.UTF8.GetBytes(body), style, webhookId, clockOff);

    /// <inheritdoc cref="Send(string, SignatureStyle, string?, TimeSpan?)"/>
    public async Task<Answer> Send(byte[] body, SignatureStyle style = SignatureStyle.XSignature, string? webhookId = null, TimeSpan? clockOff = null)
    {
        var timestamp = (TimeProvider.System.GetUtcNow() + (clockOff ?? TimeSpan.Zero)).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var id = style == SignatureStyle.StandardWebhooks ? webhookId ?? $"msg_{name}_{Interlocked.Increment(ref messages)}" : null;
        var signature = DeliverySignature.Sign(PlatformKey.Of(Secret), id, timestamp, body);
        return await Post(body, id is null
            ? [("X-Platform-Id", name), ("X-Timestamp", timestamp), ("X-Signature", signature)]
            : [("X-Platform-Id", name), ("webhook-timestamp", timestamp), ("webhook-signature", signature), ("webhook-id", id)]);
    }

    /// <summary>Where it sends: the last word of the address.</summary>
    public string Address { get; set; } = "energy";

    /// <summary>Sends a body to another address.</summary>
    public Task<Answer> SendTo(string address, string body)
    {
        Address = address;
        return Send(body);
    }

    /// <summary>Sends a body with these headers.</summary>
    public async Task<Answer> Post(byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/embassy/{Address}") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        foreach (var (header, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return new Answer((int)answer.StatusCode, text, answer.Headers.RetryAfter?.Delta);
    }
}

/// <summary>What the city answered.</summary>
public sealed record Answer(int Status, string Text, TimeSpan? RetryAfter)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string? Code => Json.GetProperty("code").GetString();

    public IReadOnlyList<EmbassyId> EventIds => [.. Json.GetProperty("event_ids").EnumerateArray().Select(id => EmbassyId.Parse(id.GetString()!))];
}
