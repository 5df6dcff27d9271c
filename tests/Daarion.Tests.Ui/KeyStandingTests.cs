using Daarion.Core.Capabilities.AccessKeys;
using Daarion.Core.Kernel;
using Daarion.UI.Pages.Keys;

namespace Daarion.Tests.Ui;

/// <summary>How a key stands, and what may be done with it.</summary>
public sealed class KeyStandingTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(AccessKeyStatus.Active, 90, "good", "ok", true, true)]
    [InlineData(AccessKeyStatus.Active, 6, "ending", "wait", true, true)]
    [InlineData(AccessKeyStatus.Active, -1, "expired", "wait", false, false)]
    [InlineData(AccessKeyStatus.Suspended, 90, "suspended", "bad", false, true)]
    [InlineData(AccessKeyStatus.Suspended, -1, "expired", "wait", false, false)]
    [InlineData(AccessKeyStatus.Revoked, 90, "revoked", "bad", false, false)]
    public void A_key_stands_as_its_time_and_its_state_say(AccessKeyStatus status, int days, string standing, string kind, bool isGood, bool hasNotEnded)
    {
        var key = Key(status, Now.AddDays(days));

        Assert.Equal((standing, kind), (KeyStanding.Of(key, Now), KeyStanding.Kind(key, Now)));
        Assert.Equal((isGood, hasNotEnded), (KeyStanding.IsGood(key, Now), KeyStanding.HasNotEnded(key, Now)));
        Assert.Equal(!isGood && hasNotEnded, KeyStanding.IsSuspended(key, Now));
    }

    private static AccessKeyView Key(AccessKeyStatus status, DateTimeOffset until)
    {
        var owner = UserId.New(Now);
        return new(
            AccessKeyId.New(Now), "Садівник", KeySubject.Of(owner), SubjectKind.User, TeamId.New(Now), owner, [], [], status, owner.Value, Now, until, null, null, null, null, null, null, null, [],
            status == AccessKeyStatus.Suspended ? Now : null, status == AccessKeyStatus.Suspended ? AnomalyId.New(Now) : null);
    }
}
