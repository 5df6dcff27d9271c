using System.Text;
using Daarion.Core.Embassies;
using Daarion.Core.Kernel;

namespace Daarion.Tests.Unit.Embassies;

public sealed class DeliveryBodyTests
{
    private const string Good = """{"source":"energyunion","domain":"energy","site_id":"EU-KYIV-01","unit":"kWh","value":"126.450","ts":"2026-11-14T12:00:00+02:00","reading_id":"r1"}""";

    [Fact]
    public void A_reading_is_read_as_it_was_sent()
    {
        var reading = Assert.Single(Parse(Good));

        Assert.Equal(new SentReading(0, "energy", "EU-KYIV-01", Quantity.Of(126.45m), "kwh", new DateTimeOffset(2026, 11, 14, 10, 0, 0, TimeSpan.Zero), "r1"), reading);
    }

    [Theory]
    [InlineData("126.450", "126.450000000")]
    [InlineData("\"0.1\"", "0.100000000")]
    [InlineData("0.1", "0.100000000")]
    [InlineData("9007199254740993", "9007199254740993.000000000")]
    [InlineData("\"1234567890123456789.123456789\"", "1234567890123456789.123456789")]
    public void A_value_is_a_decimal_and_never_a_double(string json, string expected) => Assert.Equal(expected, Assert.Single(Parse(With("value", json))).Value.ToString());

    [Theory]
    [InlineData("value", "1e3")]
    [InlineData("value", "\"1e3\"")]
    [InlineData("value", "\"NaN\"")]
    [InlineData("value", "\"\"")]
    [InlineData("value", "\" 1\"")]
    [InlineData("value", "\"12345678901234567890\"")]
    [InlineData("value", "\"1.12345678901234567890123456789\"")]
    [InlineData("value", "null")]
    [InlineData("value", "true")]
    [InlineData("value", "{}")]
    [InlineData("unit", "\"litre\"")]
    [InlineData("unit", "1")]
    [InlineData("ts", "\"2026-11-14T12:00:00\"")]
    [InlineData("ts", "\"yesterday\"")]
    [InlineData("ts", "1763121600")]
    [InlineData("ts", "\"0001-01-01T00:00:00Z\"")]
    [InlineData("site_id", "\"\"")]
    [InlineData("site_id", "\"a\\u0000b\"")]
    [InlineData("site_id", "17")]
    [InlineData("domain", "\"water\"")]
    [InlineData("source", "[]")]
    [InlineData("reading_id", "7")]
    public void A_wrong_field_is_named(string field, string json)
    {
        var failure = Assert.Throws<CityException>(() => Parse(With(field, json)));

        Assert.Equal(ErrorCode.InvalidPayload, failure.Code);
        Assert.Equal([field], failure.Errors.Keys);
    }

    [Theory]
    [InlineData("", "body")]
    [InlineData("{", "body")]
    [InlineData("null", "body")]
    [InlineData("[]", "body")]
    [InlineData("{}", "site_id")]
    [InlineData("{\"readings\":{}}", "readings")]
    [InlineData("{\"readings\":[]}", "readings")]
    [InlineData("{\"readings\":[1]}", "readings[0]")]
    [InlineData("{\"readings\":[{}]}", "readings[0].site_id")]
    [InlineData("{\"colour\":\"red\"}", "colour")]
    [InlineData("{\"site_id\":\"\\ud800\"}", "body")]
    [InlineData("{\"site_id\":\"a\",\"site_id\":\"a\"}", "site_id")]
    [InlineData("{\"readings\":[[[[[[[[1]]]]]]]]}", "readings[0]")]
    public void What_is_no_delivery_is_refused_with_the_place_named(string body, string field) =>
        Assert.Equal([field], Assert.Throws<CityException>(() => Parse(body)).Errors.Keys);

    [Fact]
    public void An_unknown_field_in_a_batch_is_named_with_its_place()
    {
        var failure = Assert.Throws<CityException>(() => Parse($$"""{"readings":[{{Good}},{"colour":1}]}"""));

        Assert.Equal(["readings[1].colour"], failure.Errors.Keys);
    }

    [Fact]
    public void Something_after_the_end_is_refused() => Assert.Throws<CityException>(() => Parse(Good + "{}"));

    [Fact]
    public void Bytes_that_are_no_text_are_refused() => Assert.Throws<CityException>(() => DeliveryBody.Parse([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d], "energy"));

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public void A_batch_has_at_most_a_thousand_readings(int count, bool taken)
    {
        var body = $$"""{"readings":[{{string.Join(',', Enumerable.Repeat(Good, count))}}]}""";

        Assert.Equal(taken ? count : -1, taken ? Parse(body).Count : Record.Exception(() => Parse(body)) is CityException ? -1 : 0);
    }

    [Theory]
    [InlineData("food", """{"site_id":"s","unit":"G","value":"1","ts":"2026-11-14T12:00:00Z"}""", "g")]
    [InlineData("water", """{"site_id":"s","unit":"gal","value":"1","ts":"2026-11-14T12:00:00Z"}""", "gal")]
    [InlineData("oracle", """{"unit":"m3","domain":"water","site_id":"s","value":"1","ts":"2026-11-14T12:00:00Z"}""", "m3")]
    public void Each_address_takes_the_units_of_its_domain(string address, string body, string unit) =>
        Assert.Equal(unit, Assert.Single(DeliveryBody.Parse(Encoding.UTF8.GetBytes(body), address)).Unit);

    [Theory]
    [InlineData("water", """{"site_id":"s","unit":"kwh","value":"1","ts":"2026-11-14T12:00:00Z"}""", "unit")]
    [InlineData("oracle", """{"site_id":"s","unit":"kwh","value":"1","ts":"2026-11-14T12:00:00Z"}""", "domain")]
    [InlineData("oracle", """{"domain":"rwa","site_id":"s","unit":"kwh","value":"1","ts":"2026-11-14T12:00:00Z"}""", "domain")]
    [InlineData("oracle", """{"unit":"kwh","domain":"water","site_id":"s","value":"1","ts":"2026-11-14T12:00:00Z"}""", "unit")]
    [InlineData("oracle", """{"unit":"k wh","domain":"water","site_id":"s","value":"1","ts":"2026-11-14T12:00:00Z"}""", "unit")]
    [InlineData("energy", """{"kind":"claim","site_id":"s","unit":"kwh","value":"1","ts":"2026-11-14T12:00:00Z"}""", "kind")]
    [InlineData("rwa", """{"domain":"energy","kind":"gift","site_id":"s","unit":"kwh","value":"1","ts":"2026-11-14T12:00:00Z"}""", "kind")]
    [InlineData("rwa", """{"domain":"energy","site_id":"s","unit":"kg","value":"1","ts":"2026-11-14T12:00:00Z"}""", "unit")]
    public void What_does_not_belong_to_an_address_is_named(string address, string body, string field) =>
        Assert.Equal([field], Assert.Throws<CityException>(() => DeliveryBody.Parse(Encoding.UTF8.GetBytes(body), address)).Errors.Keys);

    [Fact]
    public void A_claim_says_its_asset_its_kind_and_its_paper()
    {
        var claim = Assert.Single(DeliveryBody.Parse("""{"domain":"energy","kind":"certificate","reference":"GO-17","site_id":"s","unit":"mwh","value":"-1","ts":"2026-11-14T12:00:00Z"}"""u8, "rwa"));

        Assert.Equal(("rwa.energy", new SentClaim("energy", ClaimKind.Certificate, "GO-17")), (claim.Domain, claim.Claim));
    }

    private static IReadOnlyList<SentReading> Parse(string body) => DeliveryBody.Parse(Encoding.UTF8.GetBytes(body), "energy");

    private static string With(string field, string json)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["site_id"] = "\"s\"", ["unit"] = "\"kwh\"", ["value"] = "\"1\"", ["ts"] = "\"2026-11-14T12:00:00Z\"" };
        fields[field] = json;
        return $"{{{string.Join(',', fields.Select(pair => $"\"{pair.Key}\":{pair.Value}"))}}}";
    }
}
