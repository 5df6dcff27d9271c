using System.Text.Json;
using Daarion.Core.Kernel;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Daarion.Tests.Unit.Kernel;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("0", "0.000000000")]
    [InlineData("126.450", "126.450000000")]
    [InlineData("-1", "-1.000000000")]
    [InlineData("0.0000000005", "0.000000000")]
    [InlineData("0.0000000015", "0.000000002")]
    [InlineData("9999999999999999999.999999999", "9999999999999999999.999999999")]
    public void Reads_plain_decimals_and_rounds_half_to_even(string text, string expected)
    {
        Assert.True(Quantity.TryParse(text, null, out var quantity));
        Assert.Equal(expected, quantity.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("+1")]
    [InlineData("1e3")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1,5")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("--1")]
    [InlineData("1-1")]
    [InlineData("0x10")]
    [InlineData("١٢")]
    [InlineData("10000000000000000000")]
    [InlineData("12345678901234567890123456789")]
    [InlineData("0.00000000000000000000000000001")]
    public void Refuses_what_is_not_a_plain_decimal(string text) => Assert.False(Quantity.TryParse(text, null, out _));

    [Theory]
    [InlineData("\"12.5\"")]
    [InlineData("12.5")]
    [InlineData("12.50")]
    public void A_number_and_a_decimal_string_are_the_same_in_json(string json) =>
        Assert.Equal(12.5m, JsonSerializer.Deserialize<Quantity>(json, CityJson.Options).Value);

    [Theory]
    [InlineData("1e2")]
    [InlineData("1E400")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("\"1e2\"")]
    [InlineData("[1]")]
    [InlineData("123456789012345678901234567890123456789012345678901234567890")]
    public void Json_that_is_no_plain_decimal_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Quantity>(json, CityJson.Options));

    [Property]
    public Property What_is_written_reads_back_the_same() => Prop.ForAll(
        Gen.Choose(int.MinValue, int.MaxValue).Two().ToArbitrary(),
        pair =>
        {
            var quantity = Quantity.Of((pair.Item1 * 1_000m) + (pair.Item2 / 1_000_000_000m));
            return JsonSerializer.Deserialize<Quantity>(JsonSerializer.Serialize(quantity, CityJson.Options), CityJson.Options) == quantity;
        });

    [Fact]
    public void Two_tokens_never_add_up() =>
        Assert.Throws<InvalidOperationException>(() => new Amount(Quantity.Of(1), Symbol.KWT) + new Amount(Quantity.Of(1), Symbol.RINGK));
}
