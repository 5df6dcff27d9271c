using System.Globalization;
using Daarion.Core.Kernel;
using Daarion.UI.Text;

namespace Daarion.Tests.Ui;

/// <summary>Numbers, plurals and times as each language writes them.</summary>
public sealed class FormattingTests
{
    [Theory]
    [InlineData("uk-UA", "18204.5", "18 204,5")]
    [InlineData("en-GB", "18204.5", "18,204.5")]
    [InlineData("uk-UA", "-7.412", "−7,412")]
    [InlineData("en-GB", "0.000000001", "0.000000001")]
    public void A_quantity_has_as_many_places_as_it_needs(string culture, string value, string expected)
    {
        CultureInfo.CurrentCulture = new CultureInfo(culture);

        Assert.Equal(expected, Format.Quantity(Quantity.Parse(value)).Replace('\u00a0', ' ').Replace('\u202f', ' '));
    }

    [Theory]
    [InlineData(1, "one")]
    [InlineData(2, "few")]
    [InlineData(5, "many")]
    [InlineData(11, "many")]
    [InlineData(12, "many")]
    [InlineData(21, "one")]
    [InlineData(22, "few")]
    [InlineData(111, "many")]
    public void Ukrainian_counts_in_three_forms(long number, string form) => Assert.Equal(form, Plurals.Form(number, new CultureInfo("uk-UA")));

    [Theory]
    [InlineData(0, "many")]
    [InlineData(1, "one")]
    [InlineData(2, "many")]
    public void English_counts_in_two(long number, string form) => Assert.Equal(form, Plurals.Form(number, new CultureInfo("en-GB")));

    [Theory]
    [InlineData("uk-UA", 3, "щойно")]
    [InlineData("uk-UA", 40, "40 с тому")]
    [InlineData("uk-UA", 7200, "2 год тому")]
    [InlineData("uk-UA", 86400 * 5, "5 днів тому")]
    [InlineData("en-GB", 180, "3 min ago")]
    [InlineData("en-GB", -3600, "in 1 h")]
    public void Times_are_told_by_their_distance(string culture, int secondsAgo, string expected)
    {
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (new CultureInfo(culture), new CultureInfo(culture));
        var now = new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

        Assert.Equal(expected, RelativeTime.Of(new Texts(), now.AddSeconds(-secondsAgo), now));
    }

    [Theory]
    [InlineData("pay_01jcqm8y3d5f7h9k1m3n5p7r9t", "pay_01jcq…7r9t")]
    [InlineData("t_city", "t_city")]
    [InlineData("0af7651916cd43dd8448eb211c80319c", "0af76…319c")]
    public void Ids_are_shortened_in_the_middle(string id, string expected) => Assert.Equal(expected, Format.ShortId(id));

    [Theory]
    [InlineData("Олена Коваль", "ОК")]
    [InlineData("olena", "O")]
    public void A_face_has_the_initials(string name, string expected) => Assert.Equal(expected, Format.Initials(name));
}
