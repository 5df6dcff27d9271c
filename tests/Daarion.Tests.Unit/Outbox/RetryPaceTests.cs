using Daarion.Server.Relay;

namespace Daarion.Tests.Unit.Outbox;

public sealed class RetryPaceTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(6, 32)]
    public void Each_pause_is_twice_the_one_before_give_or_take_a_fifth(int attempts, double seconds)
    {
        var pause = RetryPace.Default.After(attempts).TotalSeconds;

        Assert.InRange(pause, seconds * 0.8, seconds * 1.2);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    public void No_pause_is_longer_than_a_minute(int attempts) => Assert.Equal(60, RetryPace.Default.After(attempts).TotalSeconds);

    [Theory]
    [InlineData("message size exceeds maximum allowed", true)]
    [InlineData("no suitable peers for placement", false)]
    [InlineData("insufficient resources", false)]
    [InlineData("no stream takes this subject", false)]
    public void Only_what_can_never_fit_is_refused_for_good(string refusal, bool forGood) => Assert.Equal(forGood, RelayLimits.IsForGood(refusal));
}
