using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Teams;

/// <summary>A person's place in a team. Only a Member has a viewer type.</summary>
internal sealed class Member
{
    private Member()
    {
    }

    public Member(TeamId team, UserId user, TeamRole role, ViewerType? viewerType, DateTimeOffset at)
    {
        (TeamId, UserId, JoinedAt) = (team, user, at);
        Become(role, viewerType);
    }

    public TeamId TeamId { get; private set; }

    public UserId UserId { get; private set; }

    public TeamRole Role { get; private set; }

    public ViewerType? ViewerType { get; private set; }

    public DateTimeOffset JoinedAt { get; private set; }

    public void Become(TeamRole role, ViewerType? viewerType) => (Role, ViewerType) = (role, ViewerTypeOf(role, viewerType));

    /// <summary>The viewer type that goes with a role: contributor for a Member when none is said, none for any other.</summary>
    public static ViewerType? ViewerTypeOf(TeamRole role, ViewerType? viewerType) => role == TeamRole.Member
        ? viewerType ?? Policy.ViewerType.Contributor
        : viewerType is null ? null : throw CityException.Invalid("viewer_type", "Only a Member has a viewer type.");
}
