using Daarion.Core.Policy;

namespace Daarion.Core.Teams;

/// <summary><c>team.created</c>.</summary>
public sealed record TeamCreated(TeamId TeamId, TeamMode Mode, TeamPlan Plan, UserId OwnerUserId);

/// <summary><c>team.updated</c>: name, plan, mode or state changed.</summary>
/// <param name="TeamId">The team.</param>
/// <param name="Changed">Which of <c>name</c>, <c>mode</c>, <c>plan</c>, <c>state</c>.</param>
/// <param name="Mode">The mode now.</param>
/// <param name="State">The state now.</param>
/// <param name="Plan">The plan now.</param>
/// <param name="Version">The version now.</param>
public sealed record TeamUpdated(TeamId TeamId, IReadOnlyList<string> Changed, TeamMode Mode, TeamState State, TeamPlan Plan, long Version);

/// <summary><c>team.mode.changed</c>.</summary>
public sealed record TeamModeChanged(TeamId TeamId, TeamMode From, TeamMode To);

/// <summary><c>team.member.joined</c>.</summary>
public sealed record TeamMemberJoined(TeamId TeamId, UserId UserId, TeamRole Role, ViewerType? ViewerType);

/// <summary><c>team.member.left</c>.</summary>
public sealed record TeamMemberLeft(TeamId TeamId, UserId UserId, TeamRole Role, ViewerType? ViewerType);

/// <summary><c>team.member.role_changed</c>.</summary>
public sealed record TeamMemberRoleChanged(TeamId TeamId, UserId UserId, TeamRole Role, ViewerType? ViewerType, TeamRole PreviousRole, ViewerType? PreviousViewerType);

/// <summary><c>team.invitation.created</c>.</summary>
public sealed record TeamInvitationCreated(InvitationId InvitationId, TeamId TeamId, TeamRole Role, ViewerType? ViewerType);

/// <summary><c>team.invitation.revoked</c>.</summary>
public sealed record TeamInvitationRevoked(InvitationId InvitationId, TeamId TeamId);

/// <summary><c>team.invitation.accepted</c>.</summary>
public sealed record TeamInvitationAccepted(InvitationId InvitationId, TeamId TeamId, UserId UserId);
