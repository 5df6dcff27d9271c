using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Daarion.Core.Embassies;
using Daarion.Tests.Integration.Embassies;
using Daarion.Tests.Integration.Running;

namespace Daarion.Tests.Integration.Gateway.Hostile;

/// <summary>
/// Good deliveries among a hundred thousand that somebody changed on the way: those are accepted and nothing else is, the city never fails, and
/// its memory does not grow. <c>DAARION_MUTATED_DELIVERIES</c> sends another number, <c>DAARION_MUTATED_SEED</c> repeats a run.
/// </summary>
[Collection(HostileCityCollection.Name)]
public sealed class MutatedDeliveriesTests(CityFixture city)
{
    private const int AtOnce = 32;
    private const int OneGoodIn = 250;
    private const long Room = 48L * 1024 * 1024;
    private const string Site = "EU-KYIV-01";
    private static readonly DateTimeOffset From = new(2026, 11, 14, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Spaces = [" ", "\n", "\t", "\u00a0", "\u200b", "\ufeff", "\0"];

    // Letters that look like those of the body's names and values.
    private static readonly (char Good, char Alike)[] Alike = [('e', 'е'), ('a', 'а'), ('i', 'і'), ('o', 'о'), ('E', 'Е'), ('K', 'К'), ('1', '１'), ('0', '٠'), ('"', '”'), ('-', '‐'), (':', '：'), ('.', '．')];

    private readonly ConcurrentDictionary<(string Mutation, HttpStatusCode Status), int> answers = new();

    private delegate Sent? Mutation(Sent good, Random random);

    /// <summary>A delivery as it goes over the wire.</summary>
    private sealed record Sent(byte[] Body, IReadOnlyList<(string Name, string Value)> Headers);

    [Fact]
    public async Task Only_what_nobody_touched_is_accepted()
    {
        var wanted = Number("DAARION_MUTATED_DELIVERIES", 100_000);
        var seed = Number("DAARION_MUTATED_SEED", 20261114);
        var (team, _) = await city.NewTeam();
        var platform = await OutsidePlatform.LetIn(city, await city.NewOperator(), team.Id, Site);
        var other = PlatformKey.Of(PlatformKey.NewSecret());
        var mutations = Mutations(platform, other);
        var places = new ConcurrentQueue<int>(Enumerable.Range(0, wanted));
        var good = 0;
        long before = 0;
        var done = 0;

        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            while (places.TryDequeue(out var place))
            {
                var random = new Random(seed + place);
                var delivery = Sign(platform.Name, PlatformKey.Of(platform.Secret), Body(place), random.Next(2) == 0, place, 0);
                if (place % OneGoodIn == 0)
                {
                    Interlocked.Increment(ref good);
                    Assert.Equal(HttpStatusCode.Accepted, await Send(delivery));
                    Assert.Equal(HttpStatusCode.OK, await Send(delivery));
                }
                else
                {
                    var (name, mutate) = mutations[random.Next(mutations.Count)];
                    if (mutate(delivery, random) is { } changed)
                    {
                        answers.AddOrUpdate((name, await Send(changed)), 1, (_, known) => known + 1);
                    }
                }

                if (Interlocked.Increment(ref done) == wanted / 5)
                {
                    Interlocked.Exchange(ref before, GC.GetTotalMemory(forceFullCollection: true));
                }
            }
        }));

        var wrong = answers.Where(one => (int)one.Key.Status is < 400 or >= 500).Select(one => $"{one.Key.Mutation}: {(int)one.Key.Status} × {one.Value}").ToList();
        Assert.True(wrong.Count == 0, $"With the seed {seed}: {string.Join(", ", wrong)}");
        Assert.Equal(mutations.Select(one => one.Name).Order(), answers.Keys.Select(one => one.Mutation).Distinct().Order());
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, Room);
        await using var database = await city.OpenDatabase();
        await using var accepted = new Npgsql.NpgsqlCommand("select count(*) from embassy.embassy_events where platform = $1 and outcome = 'accepted'", database) { Parameters = { new() { Value = platform.Name } } };
        Assert.Equal((long)good, await accepted.ExecuteScalarAsync());
    }

    private static int Number(string name, int usual) => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : usual;

    private static byte[] Body(int place) => Encoding.UTF8.GetBytes(OutsidePlatform.Reading(Site, From.AddSeconds(place), 126.45m + place, $"r-{place}"));

    private static Sent Sign(string name, PlatformKey key, byte[] body, bool isStandard, int place, long off)
    {
        var timestamp = (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + off).ToString(CultureInfo.InvariantCulture);
        var id = isStandard ? $"msg_{place}" : null;
        var signature = DeliverySignature.Sign(key, id, timestamp, body);
        return new(body, id is null
            ? [("X-Platform-Id", name), ("X-Timestamp", timestamp), ("X-Signature", signature)]
            : [("X-Platform-Id", name), ("webhook-timestamp", timestamp), ("webhook-signature", signature), ("webhook-id", id)]);
    }

    // What somebody on the way, or somebody who guesses, does to a delivery; null where it cannot be done to this one.
    private static List<(string Name, Mutation Mutate)> Mutations(OutsidePlatform platform, PlatformKey other) =>
    [
        ("a bit turned", (good, random) => OnBody(good, body => body[random.Next(body.Length)] ^= (byte)(1 << random.Next(8)))),
        ("a byte left out", (good, random) => good with { Body = [.. Without(good.Body, random.Next(good.Body.Length))] }),
        ("a byte put in", (good, random) => good with { Body = [.. With(good.Body, random.Next(good.Body.Length), (byte)random.Next(256))] }),
        ("cut off", (good, random) => good with { Body = good.Body[..random.Next(good.Body.Length)] }),
        ("a space behind", (good, random) => good with { Body = [.. good.Body, .. Encoding.UTF8.GetBytes(Spaces[random.Next(Spaces.Length)])] }),
        ("a space before", (good, random) => good with { Body = [.. Encoding.UTF8.GetBytes(Spaces[random.Next(Spaces.Length)]), .. good.Body] }),
        ("UTF-16", (good, _) => good with { Body = Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(good.Body)) }),
        ("UTF-8 with a mark", (good, _) => good with { Body = [.. Encoding.UTF8.Preamble, .. good.Body] }),
        ("a letter that looks alike", (good, random) => OnText(good, text => Replaced(text, random))),
        ("another value", (good, _) => OnText(good, text => text.Replace("\"value\":\"", "\"value\":\"9", StringComparison.Ordinal))),
        ("a space inside", (good, _) => OnText(good, text => text.Replace("\"value\":", "\"value\" :", StringComparison.Ordinal))),
        ("a key twice", (good, _) => OnText(good, text => text[..^1] + ",\"value\":\"999999\"}")),
        ("an escaped letter", (good, _) => OnText(good, text => text.Replace("kwh", "\\u006bwh", StringComparison.Ordinal))),
        ("deep", (good, random) => random.Next(2000) is var depth ? OnText(good, text => text[..^1] + ",\"x\":" + new string('[', depth) + new string(']', depth) + "}") : null),
        ("another of the same", (good, _) => OnText(good, text => $"{{\"readings\":[{text},{text}]}}")),
        ("long", (good, random) => random.Next(50) == 0 ? OnText(good, text => text[..^1] + ",\"x\":\"" + new string('x', 300_000) + "\"}") : OnText(good, text => text + new string(' ', 500))),
        ("another body", (good, random) => good with { Body = Encoding.UTF8.GetBytes(OutsidePlatform.Reading(Site, From.AddSeconds(random.Next(1_000_000)), random.Next(1_000_000))) }),
        ("no body", (good, _) => good with { Body = [] }),
        ("a digit of the signature", (good, random) => OnHeader(good, "signature", text => Turned(text, random))),
        ("half a signature", (good, random) => OnHeader(good, "signature", text => text[..random.Next(text.Length)])),
        ("no signature", (good, _) => good with { Headers = [.. good.Headers.Where(header => !header.Name.EndsWith("signature", StringComparison.OrdinalIgnoreCase))] }),
        ("another kind of signature", (good, _) => OnHeader(good, "signature", text => text.Replace("sha256=", "sha512=", StringComparison.Ordinal).Replace("v1,", "v2,", StringComparison.Ordinal))),
        ("the signature of another secret", (good, random) => Sign(platform.Name, other, good.Body, random.Next(2) == 0, random.Next(), 0)),
        ("the signature of another delivery", (good, random) => good with { Headers = Sign(platform.Name, PlatformKey.Of(platform.Secret), Body(-1 - random.Next(1000)), random.Next(2) == 0, random.Next(), 0).Headers }),
        ("another second", (good, random) => OnHeader(good, "timestamp", text => (long.Parse(text, CultureInfo.InvariantCulture) + random.Next(1, 200)).ToString(CultureInfo.InvariantCulture))),
        ("a second written otherwise", (good, random) => OnHeader(good, "timestamp", text => random.Next(4) switch { 0 => "+" + text, 1 => "0" + text, 2 => text + ".0", _ => text + "e0" })),
        ("long ago", (good, random) => Sign(platform.Name, PlatformKey.Of(platform.Secret), good.Body, random.Next(2) == 0, random.Next(), -302 - random.Next(1_000_000))),
        ("not yet", (good, random) => Sign(platform.Name, PlatformKey.Of(platform.Secret), good.Body, random.Next(2) == 0, random.Next(), 330 + random.Next(1_000_000))),
        ("another message", (good, random) => good.Headers.Any(header => header.Name == "webhook-id") ? OnHeader(good, "webhook-id", text => text + random.Next(10)) : null),
        ("another platform", (good, random) => OnHeader(good, "X-Platform-Id", text => random.Next(4) switch { 0 => text.ToUpperInvariant(), 1 => text + "x", 2 => text[..^1], _ => "energyunion" })),
        ("no platform", (good, _) => good with { Headers = [.. good.Headers.Where(header => header.Name != "X-Platform-Id")] }),
    ];

    private static Sent? OnBody(Sent good, Action<byte[]> change)
    {
        var body = good.Body.ToArray();
        change(body);
        return good with { Body = body };
    }

    private static Sent? OnText(Sent good, Func<string, string> change)
    {
        var text = Encoding.UTF8.GetString(good.Body);
        return change(text) is var changed && changed != text ? good with { Body = Encoding.UTF8.GetBytes(changed) } : null;
    }

    private static Sent OnHeader(Sent good, string name, Func<string, string> change) =>
        good with { Headers = [.. good.Headers.Select(header => header.Name.EndsWith(name, StringComparison.OrdinalIgnoreCase) ? (header.Name, change(header.Value)) : header)] };

    private static string Replaced(string text, Random random)
    {
        var (good, alike) = Alike[random.Next(Alike.Length)];
        return text.IndexOf(good, StringComparison.Ordinal) is var at and >= 0 ? $"{text[..at]}{alike}{text[(at + 1)..]}" : text;
    }

    private static string Turned(string signature, Random random)
    {
        // The last letter of base64 holds bits that say nothing.
        var at = signature.IndexOfAny(['=', ',']) + 1 + random.Next(40);
        return $"{signature[..at]}{(signature[at] == 'a' ? 'b' : 'a')}{signature[(at + 1)..]}";
    }

    private static IEnumerable<byte> Without(byte[] body, int at) => body.Where((_, place) => place != at);

    private static IEnumerable<byte> With(byte[] body, int at, byte value) => [.. body[..at], value, .. body[at..]];

    private async Task<HttpStatusCode> Send(Sent sent)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/embassy/energy") { Content = new ByteArrayContent(sent.Body) };
        request.Content.Headers.ContentType = new("application/json");
        foreach (var (name, value) in sent.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await city.Public.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }
}
