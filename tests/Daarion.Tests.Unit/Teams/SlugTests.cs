using Daarion.Core.Kernel;
using Daarion.Core.Teams;

namespace Daarion.Tests.Unit.Teams;

public sealed class SlugTests
{
    [Theory]
    [InlineData("Теплий дім", "teplyi-dim")]
    [InlineData("Згурський", "zghurskyi")]
    [InlineData("Єнакієве", "yenakiieve")]
    [InlineData("Їжакевич", "yizhakevych")]
    [InlineData("Йосипівка", "yosypivka")]
    [InlineData("Юрій та Яготин", "yurii-ta-yahotyn")]
    [InlineData("Щербухи", "shcherbukhy")]
    [InlineData("Знам'янка", "znamianka")]
    [InlineData("Ґалаґан", "galagan")]
    [InlineData("Café  Über 9!", "cafe-uber-9")]
    [InlineData("東京", "team")]
    [InlineData("я", "team-ya")]
    [InlineData("--- a ---", "team-a")]
    public void A_name_is_written_in_addresses_as_the_resolution_55_says(string name, string slug) => Assert.Equal(slug, Slug.From(name));

    [Fact]
    public void A_long_name_leaves_room_for_a_number()
    {
        var slug = Slug.Numbered(Slug.From(new string('щ', 80)), 1234);

        Assert.Equal(slug, Slug.Checked(slug));
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("-abc")]
    [InlineData("abc-")]
    [InlineData("a--b")]
    [InlineData("Abc")]
    [InlineData("дім")]
    [InlineData("a b")]
    public void A_chosen_slug_of_another_form_is_refused(string slug) => Assert.Throws<CityException>(() => Slug.Checked(slug));
}
