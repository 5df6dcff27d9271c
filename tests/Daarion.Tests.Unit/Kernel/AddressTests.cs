using Daarion.Core.Kernel;

namespace Daarion.Tests.Unit.Kernel;

public sealed class AddressTests
{
    [Theory]
    [InlineData(" Olena@Example.org ", "olena@example.org")]
    [InlineData("olena+city@example.org", "olena+city@example.org")]
    public void An_address_is_kept_in_lower_case_without_spaces(string given, string kept) => Assert.Equal(kept, EmailAddress.Parse(given).Value);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("olena")]
    [InlineData("@example.org")]
    [InlineData("olena@")]
    [InlineData("Olena <olena@example.org>")]
    [InlineData("olena@example.org,taras@example.org")]
    [InlineData("olena@example.org\r\nBcc: all@example.org")]
    [InlineData("\"olena\"@example.org")]
    public void What_is_no_address_is_refused(string? given) => Assert.Throws<CityException>(() => EmailAddress.Parse(given));

    [Theory]
    [InlineData("  Теплий   дім ", "Теплий дім")]
    [InlineData("👩‍🌾 сад", "👩‍🌾 сад")]
    public void A_name_is_kept_without_outer_and_doubled_spaces(string given, string kept) => Assert.Equal(kept, Names.Checked(given, "name"));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("a\u0000b")]
    [InlineData("safe\u202egnp.exe")]
    public void An_empty_or_unprintable_name_is_refused(string given) => Assert.Throws<CityException>(() => Names.Checked(given, "name"));

    [Fact]
    public void A_broken_or_too_long_name_is_refused()
    {
        Assert.Throws<CityException>(() => Names.Checked("a" + '\ud800' + "b", "name"));
        Assert.Throws<CityException>(() => Names.Checked(new string('a', 81), "name"));
    }
}
