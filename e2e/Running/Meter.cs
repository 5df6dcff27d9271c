using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Daarion.E2E.Running;

/// <summary>One value of the real meter in <c>Data/energy_readings.csv</c>, shifted so that the last one falls just before now.</summary>
public sealed record MeterReading(DateTimeOffset Ts, decimal Total);

/// <summary>The real meter: half-hourly, cumulative, never falling.</summary>
public static class MeterReadings
{
    private const long HalfHourTicks = TimeSpan.TicksPerMinute * 30;

    /// <summary>The last <paramref name="count"/> readings before now.</summary>
    public static IReadOnlyList<MeterReading> Last(int count, TimeProvider clock)
    {
        var rows = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "energy_readings.csv"))
            .Skip(1)
            .Select(line => line.Split(','))
            .Select(cells => new MeterReading(
                DateTimeOffset.Parse(cells[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal), decimal.Parse(cells[1], CultureInfo.InvariantCulture)))
            .TakeLast(count)
            .ToList();
        var shift = (clock.GetUtcNow().Ticks - rows[^1].Ts.UtcTicks) / HalfHourTicks * HalfHourTicks;
        return [.. rows.Select(row => row with { Ts = row.Ts.AddTicks(shift) })];
    }
}

/// <summary>An outside platform that signs and sends readings.</summary>
public sealed class Platform(HttpClient http, string name, string secret, TimeProvider clock)
{
    public string Name => name;

    public Task<HttpResponseMessage> Send(string site, MeterReading reading) => Post(Reading(site, reading).ToJsonString());

    public Task<HttpResponseMessage> SendBatch(string site, IEnumerable<MeterReading> readings) =>
        Post(new JsonObject { ["readings"] = new JsonArray([.. readings.Select(reading => (JsonNode)Reading(site, reading))]) }.ToJsonString());

    public async Task<HttpResponseMessage> Post(string body, string address = "energy")
    {
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/embassy/{address}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Platform-Id", name);
        request.Headers.Add("X-Timestamp", timestamp);
        request.Headers.Add("X-Signature", "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{timestamp}.{body}"))));
        return await http.SendAsync(request);
    }

    private JsonObject Reading(string site, MeterReading reading) => new()
    {
        ["source"] = name,
        ["domain"] = "energy",
        ["site_id"] = site,
        ["unit"] = "kwh",
        ["value"] = reading.Total.ToString(CultureInfo.InvariantCulture),
        ["ts"] = reading.Ts.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    };
}
