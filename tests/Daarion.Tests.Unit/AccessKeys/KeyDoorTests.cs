using Daarion.Core.Capabilities.AccessKeys;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Tests.Unit.AccessKeys;

/// <summary>What the door tells and what it costs, by the facts it looks up.</summary>
public sealed class KeyDoorTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly AccessKeyId Good = AccessKeyId.New(Now);
    private static readonly AccessKeyId Revoked = AccessKeyId.New(Now);
    private static readonly AccessKeyId Expired = AccessKeyId.New(Now);
    private readonly Sources sources = new();

    [Fact]
    public async Task A_right_secret_is_let_in_and_tells_of_a_key_that_ended_how()
    {
        Assert.Equal((true, null), await Try(Good, "right"));
        Assert.Equal((true, null), await Try(Good, "before"));
        Assert.Equal((false, Reasons.KeyRevoked), await Try(Revoked, "right"));
        Assert.Equal((false, Reasons.KeyExpired), await Try(Expired, "right"));
    }

    [Fact]
    public async Task A_wrong_secret_tells_nothing_and_costs_the_same_whatever_the_key()
    {
        foreach (var key in new[] { Good, Revoked, Expired, AccessKeyId.New(Now) })
        {
            sources.Asked.Clear();

            Assert.Equal((false, null), await Try(key, "wrong"));

            Assert.Equal(["secret", "key"], sources.Asked);
        }
    }

    [Fact]
    public async Task The_secret_before_is_good_until_its_time_and_not_after()
    {
        Assert.True((await Door().Verify($"{Good}.before", null, Now.AddMinutes(9), default)).Good);
        Assert.False((await Door().Verify($"{Good}.before", null, Now.AddMinutes(10), default)).Good);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ak_")]
    [InlineData("ak_x.right")]
    [InlineData("u_01jd3x6v7k9m2n4p5q8r0s1t2v.right")]
    [InlineData("ak_01jd3x6v7k9m2n4p5q8r0s1t2v")]
    [InlineData("ak_01jd3x6v7k9m2n4p5q8r0s1t2v.")]
    [InlineData("ak_01jd3x6v7k9m2n4p5q8r0s1t2v.right.more")]
    public async Task What_has_not_the_form_of_a_key_is_none(string presented)
    {
        Assert.False((await Door().Verify(presented, null, Now, default)).Good);
        Assert.Empty(sources.Asked);
    }

    [Fact]
    public async Task A_disabled_persons_key_lets_nobody_in()
    {
        sources.Disabled = true;

        Assert.Equal((false, null), await Try(Good, "right"));
    }

    [Fact]
    public void Of_many_uses_one_waits_to_be_written_and_then_none_for_a_minute()
    {
        var uses = new KeyUses();
        uses.Note(Good, "192.0.2.1", Now);
        uses.Note(Good, "192.0.2.2", Now.AddSeconds(1));

        var due = Assert.Single(uses.Due(Now.AddSeconds(2)));
        uses.Written(due);
        uses.Note(Good, "192.0.2.3", Now.AddSeconds(30));

        Assert.Equal("192.0.2.2", due.Ip);
        Assert.Empty(uses.Due(Now.AddSeconds(59)));
        Assert.Equal("192.0.2.3", Assert.Single(uses.Due(Now.AddSeconds(62))).Ip);
    }

    private async Task<(bool Good, string? Reason)> Try(AccessKeyId key, string secret)
    {
        var proof = await Door().Verify($"{key}.{secret}", "192.0.2.7", Now, default);
        return (proof.Good, proof.Reason);
    }

    private KeyDoor Door()
    {
        var services = new ServiceCollection().AddSingleton<IKeyFacts>(sources).AddSingleton<ISecretFacts>(sources).BuildServiceProvider();
        return new KeyDoor(new FactCache(TimeProvider.System, services.GetRequiredService<IServiceScopeFactory>()), sources, new KeyUses());
    }

    private sealed class Sources : IKeyFacts, ISecretFacts, IDisabledPeople
    {
        public List<string> Asked { get; } = [];

        public bool Disabled { get; set; }

        public Task<KeyFact?> Key(string keyId, CancellationToken ct)
        {
            Asked.Add("key");
            var owner = UserId.New(Now);
            return Task.FromResult(!IsKnown(keyId) ? null : new KeyFact(keyId, "Key", keyId == Revoked.Value ? Now.AddDays(-1) : null, keyId == Expired.Value ? Now : Now.AddDays(1), [])
            {
                Access = new AccessGrant(SubjectKind.User, owner.Value, TeamId.New(Now), owner, [], null, null, []),
            });
        }

        public Task<SecretFact?> Secret(string keyId, CancellationToken ct)
        {
            Asked.Add("secret");
            return Task.FromResult(IsKnown(keyId) ? new SecretFact(OneTimeToken.Digest("right"), OneTimeToken.Digest("before"), Now.AddMinutes(10)) : null);
        }

        public Task<IReadOnlyList<KeyFact>> Holding(string capability, TeamId team, int limit, CancellationToken ct) => Task.FromResult<IReadOnlyList<KeyFact>>([]);

        public ValueTask<bool> Include(UserId user, CancellationToken ct) => new(Disabled);

        private static bool IsKnown(string keyId) => keyId == Good.Value || keyId == Revoked.Value || keyId == Expired.Value;
    }
}
