using Daarion.Core.Kernel;

namespace Daarion.Tests.Unit.Kernel;

public sealed class MeasuresTests
{
    [Theory]
    [InlineData("energy", "1500", "wh", "1.5")]
    [InlineData("energy", "1.5", "kwh", "1.5")]
    [InlineData("energy", "1.5", "mwh", "1500")]
    [InlineData("energy", "3.6", "gj", "1000")]
    [InlineData("food", "2500", "g", "2.5")]
    [InlineData("food", "2.5", "kg", "2.5")]
    [InlineData("food", "0.5", "t", "500")]
    [InlineData("food", "12", "units", "3")]
    [InlineData("water", "250", "l", "0.25")]
    [InlineData("water", "0.25", "m3", "0.25")]
    [InlineData("water", "1000", "gal", "3.785411784")]
    public void A_quantity_is_brought_to_the_unit_of_its_domain(string domain, string value, string unit, string expected) =>
        Assert.Equal(Quantity.Parse(expected), Measures.Normalize(domain, Quantity.Parse(value), unit, pieceWeighs: 0.25m));

    [Theory]
    [InlineData("energy", "l")]
    [InlineData("food", "kwh")]
    [InlineData("water", "kg")]
    [InlineData("energy", "KWH")]
    public void A_unit_of_another_domain_is_refused_by_name(string domain, string unit)
    {
        var refused = Assert.Throws<CityException>(() => Measures.Normalize(domain, Quantity.Of(1), unit));

        Assert.Equal(["unit"], refused.Errors.Keys);
    }

    [Fact]
    public void What_is_too_large_to_count_has_no_quantity() => Assert.Null(Measures.Normalize("energy", Quantity.Parse("9999999999999999999"), "mwh"));
}
