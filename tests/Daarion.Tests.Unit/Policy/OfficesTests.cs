using Daarion.Core.Policy;

namespace Daarion.Tests.Unit.Policy;

/// <summary>The operators of a city as one fact.</summary>
public sealed class OfficesTests
{
    [Fact]
    public void Whoever_is_not_among_all_operators_holds_no_office()
    {
        var guardian = Operator(TeamRole.Guardian);
        var offices = Offices.Of([guardian]);

        Assert.True(offices.TryFind(guardian.UserId, out var held));
        Assert.Equal(guardian, held.Membership);
        Assert.True(offices.TryFind(UserId.New(Facts.Now), out var none));
        Assert.Null(none.Membership);
    }

    [Fact]
    public void Of_more_operators_than_are_kept_nobody_is_taken_for_none()
    {
        var many = Enumerable.Range(0, Offices.Capacity).Select(_ => Operator(TeamRole.Member)).ToList();
        var offices = Offices.Of(many);

        Assert.True(offices.TryFind(many[^1].UserId, out var held));
        Assert.Equal(TeamRole.Member, held.Role);
        Assert.False(offices.TryFind(UserId.New(Facts.Now), out _));
    }

    private static MembershipFact Operator(TeamRole role) => new(Facts.City, UserId.New(Facts.Now), role, null, Facts.Now);
}
