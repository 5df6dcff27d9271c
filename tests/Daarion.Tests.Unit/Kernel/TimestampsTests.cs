using Daarion.Core.Kernel;

namespace Daarion.Tests.Unit.Kernel;

public sealed class TimestampsTests
{
    [Theory]
    [InlineData("2026-11-14T12:00:00Z", "2026-11-14T12:00:00.000Z")]
    [InlineData("2026-11-14t12:00:00z", "2026-11-14T12:00:00.000Z")]
    [InlineData("2026-11-14T14:00:00+02:00", "2026-11-14T12:00:00.000Z")]
    [InlineData("2026-11-14T12:00:00.1239Z", "2026-11-14T12:00:00.123Z")]
    [InlineData("2024-02-29T00:00:00-00:00", "2024-02-29T00:00:00.000Z")]
    public void Reads_rfc_3339_and_answers_in_utc_milliseconds(string text, string expected)
    {
        Assert.True(Timestamps.TryParse(text, out var at));
        Assert.Equal(expected, Timestamps.Format(at));
    }

    [Theory]
    [InlineData("2026-11-14")]
    [InlineData("2026-11-14T12:00:00")]
    [InlineData("2026-11-14 12:00:00Z")]
    [InlineData("2026-02-30T12:00:00Z")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("14.11.2026 12:00:00 Z")]
    [InlineData("2026-11-14T25:00:00Z")]
    [InlineData("1731585600000000000000")]
    [InlineData("2026-11-14T12:00:00.00000000000000000000Z")]
    public void Refuses_what_has_no_offset_or_is_no_time(string text) => Assert.False(Timestamps.TryParse(text, out _));
}
