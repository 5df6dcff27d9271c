using Daarion.Core.Kernel;

namespace Daarion.Tests.Unit.Kernel;

public sealed class PageTests
{
    [Fact]
    public void A_cursor_reads_back_its_key() => Assert.Equal(["2026", "t_1"], PageCursor.Decode(PageCursor.Encode("2026", "t_1"), 2)!);

    [Theory]
    [InlineData("!")]
    [InlineData("AAAA")]
    [InlineData("WzFd")]
    [InlineData("W251bGxd")]
    [InlineData("eyJhIjoxfQ")]
    [InlineData("ключ")]
    public void A_damaged_cursor_is_bad_input(string cursor) =>
        Assert.Equal(ErrorCode.InvalidPayload, Assert.Throws<CityException>(() => PageCursor.Decode(cursor, 1)).Code);

    [Fact]
    public void A_cursor_of_another_list_is_bad_input() =>
        Assert.Equal(ErrorCode.InvalidPayload, Assert.Throws<CityException>(() => PageCursor.Decode(PageCursor.Encode("a", "b"), 1)).Code);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(201)]
    public void A_limit_outside_1_to_200_names_the_field(int limit) =>
        Assert.Contains("limit", Assert.Throws<CityException>(() => new PageRequest(limit).Checked()).Errors.Keys);

    [Fact]
    public void One_row_too_many_says_that_there_is_more()
    {
        var page = Page<int>.From([1, 2, 3], new PageRequest(2), n => [$"{n}"]);

        Assert.Equal([1, 2], page.Items);
        Assert.Equal(["2"], PageCursor.Decode(page.NextCursor, 1)!);
        Assert.Null(Page<int>.From([1, 2], new PageRequest(2), n => [$"{n}"]).NextCursor);
    }
}
