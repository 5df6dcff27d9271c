using Daarion.Server.Gateway;
using Daarion.Server.SignIn;

namespace Daarion.Tests.Unit.Gateway;

/// <summary>A token whose signature was verified is known again for a moment, and not longer than it is good.</summary>
public sealed class ProvenTokensTests
{
    private static readonly ServiceKeyToken Proof = new("ak_1", ["policy.decide"]);
    private readonly Clock clock = new();

    [Fact]
    public void A_proven_token_is_known_for_half_a_minute_and_no_other_is()
    {
        var tokens = new ProvenTokens(clock);
        tokens.Keep("token", Proof, clock.Now.AddMinutes(10));

        Assert.Same(Proof, tokens.Find("token"));
        Assert.Null(tokens.Find("tokem"));
        clock.Now += ProvenTokens.Fresh;
        Assert.Null(tokens.Find("token"));
    }

    [Fact]
    public void A_token_that_ends_sooner_is_forgotten_with_it()
    {
        var tokens = new ProvenTokens(clock);
        tokens.Keep("token", Proof, clock.Now.AddSeconds(5));

        clock.Now = clock.Now.AddSeconds(5);

        Assert.Null(tokens.Find("token"));
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
