using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Daarion.Core.Embassies;
using Daarion.Core.Kernel;
using Daarion.Tests.Integration.Running;
using FsCheck;
using FsCheck.Fluent;

namespace Daarion.Tests.Integration.Gateway.Hostile;

/// <summary>A platform that knows its secret may be as hostile as anybody: what it signs is read no less carefully, and what was changed on the way is not read at all.</summary>
[Collection(HostileCityCollection.Name)]
public sealed class HostileDeliveryTests(CityFixture city)
{
    private const int AtOnce = 60;

    // Seconds that the sender's clock is off; the city takes up to five minutes.
    private static readonly long[] Clocks = [0, 0, 0, 0, 299, -299, 302, -302, 3600, 86_400, -4_000_000_000, long.MaxValue / 2];
    private static readonly string[] NoTimes = ["0", "-1", "1e9", "NaN", "9223372036854775807", "99999999999999999999", "999999999999999999999999999", "1763121600.5", " 1763121600", "١٧٦٣١٢١٦٠٠", "2026-11-14T12:00:00Z", ""];
    private static readonly string[] NoSignatures = ["sha256=", "v1,", "sha256=zz", "v1,####", "v1a,AAAA", "sha1=00", "", "SHA256=00", "v1,AAAA v1,BBBB", "їжак"];

    /// <summary>A body, how it is signed, and what becomes of it on the way.</summary>
    private sealed record Delivery(byte[] Body, SignatureStyle Style, string WebhookId, long ClockOff, Func<string, string>? Retime, Func<string, string>? Resign);

    [Fact]
    public Task A_signed_body_is_taken_or_refused_whatever_is_in_it() => Holds(5, Signed);

    [Fact]
    public Task What_was_changed_on_the_way_changes_nothing() => Holds(3, Tampered);

    private static Gen<byte[]> Bodies { get; } = Gen.Frequency(
        (6, HostileBodies.From(Reading("A", 0)).Select(body => body.Bytes)),
        (4, HostileBodies.From(new JsonObject { ["readings"] = new JsonArray([.. Enumerable.Range(1, 3).Select(i => Reading("A", i))]) }).Select(body => body.Bytes)),
        (2, Many));

    private static Gen<byte[]> Many =>
        from count in Gen.Elements(0, 1, 2, 1000, 1001, 3000)
        from site in HostileValues.ShortText
        from ts in HostileValues.ShortText
        from kind in Gen.Choose(0, 2)
        select Encoding.UTF8.GetBytes($"{{\"readings\":[{string.Join(',', Enumerable.Range(0, count).Select(i => kind switch
        {
            0 => Reading("A", i).ToJsonString(),
            1 => $"{{\"site_id\":{HostileValues.Quoted(site, escaped: false)},\"unit\":\"kwh\",\"value\":{i},\"ts\":\"2026-11-14T12:00:00.{i:000}Z\"}}",
            _ => $"{{\"site_id\":\"A\",\"unit\":\"kwh\",\"value\":{i},\"ts\":{HostileValues.Quoted(ts, escaped: false)}}}",
        }))}]}}");

    private static Gen<Delivery> Signed { get; } =
        from body in Bodies
        from style in Gen.Elements(SignatureStyle.XSignature, SignatureStyle.StandardWebhooks)
        from id in Gen.OneOf(HostileValues.ShortText.Select(Printable), Gen.Elements("msg_1", "msg_2", ".", "a.b.c"))
        from clock in Gen.Elements(Clocks)
        select new Delivery(body, style, id, clock, null, null);

    private static Gen<Delivery> Tampered { get; } =
        from delivery in Signed
        from time in Gen.Elements(NoTimes)
        from signature in Gen.OneOf(Gen.Elements(NoSignatures), HostileValues.ShortText)
        from at in Gen.Choose(0, 1000)
        from what in Gen.Choose(0, 2)
        select what switch
        {
            0 => delivery with { Retime = _ => time },
            1 => delivery with { Resign = _ => signature },
            _ => delivery with { Resign = good => Turned(good, at) },
        };

    private static JsonObject Reading(string site, int minutes) => new()
    {
        ["domain"] = "energy",
        ["site_id"] = site,
        ["unit"] = "kwh",
        ["value"] = "126.45",
        ["ts"] = Timestamps.Format(DateTimeOffset.UnixEpoch.AddYears(56).AddMinutes(minutes)),
        ["reading_id"] = $"r-{minutes}",
    };

    private Task Holds(int waves, Gen<Delivery> deliveries)
    {
        var siege = new Siege(city);
        var route = Route.Of(city.Services).Single(one => one.Pattern == "/embassy/energy");
        return HostileRun.Holds(waves, Gen.ArrayOf(deliveries, AtOnce), async wave =>
        {
            await siege.Prepare();
            await siege.Withstand([.. wave.Select(delivery => Request(route, delivery, siege.Things))], siege.Things);
        });
    }

    private static HostileRequest Request(Route route, Delivery delivery, ThingsThere things)
    {
        // The names of things stand for themselves before they are signed.
        var body = things.Name(delivery.Body);
        var id = delivery.Style == SignatureStyle.StandardWebhooks && delivery.WebhookId.Length > 0 ? things.Name(delivery.WebhookId) : null;
        var timestamp = (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + delivery.ClockOff).ToString(CultureInfo.InvariantCulture);
        var signature = DeliverySignature.Sign(PlatformKey.Of(things.Platform.Secret), id, timestamp, body);
        timestamp = delivery.Retime?.Invoke(timestamp) ?? timestamp;
        signature = delivery.Resign?.Invoke(signature) ?? signature;
        (string, string)[] headers = id is null
            ? [("X-Platform-Id", things.Platform.Name), ("X-Timestamp", timestamp), ("X-Signature", signature)]
            : [("X-Platform-Id", things.Platform.Name), ("webhook-timestamp", timestamp), ("webhook-signature", signature), ("webhook-id", id)];
        return new HostileRequest(route, route.Pattern, headers, new HostileBody(body), Sender.Nobody);
    }

    private static string Printable(string text) => string.Concat(text.Where(c => c is > ' ' and < '~'));

    // One character of a good signature, turned into another of its alphabet.
    private static string Turned(string signature, int at)
    {
        var place = signature.IndexOfAny(['=', ',']) + 1;
        place += at % (signature.Length - place - 1);
        return $"{signature[..place]}{(signature[place] == 'a' ? 'b' : 'a')}{signature[(place + 1)..]}";
    }
}
