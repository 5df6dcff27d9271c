using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Daarion.Core.Embassies;
using Daarion.Core.Kernel;

namespace Daarion.Server.Demo;

/// <summary>The outside platform of the demonstration: signs its readings and sends them over HTTP like any other.</summary>
internal sealed class DemoPlatform(HttpClient http, string secret, TimeProvider clock)
{
    /// <summary>Sends readings of a site in one delivery.</summary>
    /// <exception cref="DemoFailedException">They were refused, or the city stays away.</exception>
    public async Task Send(string site, IEnumerable<DemoReading> readings, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new { readings = readings.Select(reading => Line(site, reading)) }, CityJson.Options);
        using var answer = await DemoClient.Deliver(http, () => Signed(body), clock, ct);
        if (!answer.IsSuccessStatusCode)
        {
            throw new DemoFailedException($"A delivery for {site} was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}", answer.StatusCode);
        }
    }

    private static object Line(string site, DemoReading reading) => new
    {
        source = DemoMarks.Platform,
        domain = "energy",
        site_id = site,
        unit = "kwh",
        value = reading.Total.ToString(CultureInfo.InvariantCulture),
        ts = Timestamps.Format(reading.Ts),
    };

    private HttpRequestMessage Signed(byte[] body)
    {
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes(timestamp + "."), .. body];
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed);
        var request = new HttpRequestMessage(HttpMethod.Post, "/embassy/energy") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("X-Platform-Id", DemoMarks.Platform);
        request.Headers.Add("X-Timestamp", timestamp);
        request.Headers.Add("X-Signature", $"sha256={Convert.ToHexStringLower(signature)}");
        return request;
    }
}
