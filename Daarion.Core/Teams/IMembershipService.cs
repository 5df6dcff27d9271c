using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Teams;

/// <summary>
/// Who belongs to a team (seed 4.1). Exactly one Owner at any moment, under any concurrency; a Guardian touches neither the Owner nor
/// another Guardian; the Owner leaves only after transferring.
/// </summary>
public interface IMembershipService
{
    /// <summary>The members of a team, by role and then by person. Capability <c>team.read</c>.</summary>
    Task<Page<MemberView>> List(Caller caller, ListMembers request, CancellationToken ct);

    /// <summary>One member. Capability <c>team.read</c>; <c>not_found</c> for who is none.</summary>
    Task<MemberView> Get(Caller caller, GetMember request, CancellationToken ct);

    /// <summary>
    /// Adds a person known to the city, or invites an unknown address by mail. Capability <c>team.member.add</c>. Events
    /// <c>team.member.joined</c> or <c>team.invitation.created</c>. <c>conflict</c> for who is a member already.
    /// </summary>
    Task<MemberAdded> Add(Caller caller, AddMember request, CancellationToken ct);

    /// <summary>Removes a member, or leaves. Capability <c>team.member.remove</c>, for oneself <c>team.leave</c>. Event <c>team.member.left</c>. <c>conflict</c> for the Owner.</summary>
    Task<MemberView> Remove(Caller caller, RemoveMember request, CancellationToken ct);

    /// <summary>Changes a member's role or viewer type. Capability <c>team.member.change_role</c>. Event <c>team.member.role_changed</c>. Ownership changes only by <see cref="TransferOwner"/>.</summary>
    Task<MemberView> ChangeRole(Caller caller, ChangeMemberRole request, CancellationToken ct);

    /// <summary>
    /// Makes another member the Owner and the Owner a Guardian, both or neither. Capability <c>team.owner.transfer</c>. Two events
    /// <c>team.member.role_changed</c>.
    /// </summary>
    Task<MemberView> TransferOwner(Caller caller, TransferOwner request, CancellationToken ct);

    /// <summary>Invitations of a team, newest first. Capability <c>team.invitation.read</c>.</summary>
    Task<Page<InvitationView>> Invitations(Caller caller, ListInvitations request, CancellationToken ct);

    /// <summary>Takes an invitation back. Capability <c>team.member.add</c>. Event <c>team.invitation.revoked</c>.</summary>
    Task<InvitationView> RevokeInvitation(Caller caller, RevokeInvitation request, CancellationToken ct);

    /// <summary>What an invitation's link is about, without using it. Allowed by the proof in the link.</summary>
    Task<InvitationView> InspectInvitation(Caller caller, InspectInvitation request, CancellationToken ct);

    /// <summary>
    /// Accepts an invitation by its link: makes the person out of an address that nobody had, and the membership. Allowed by the proof in
    /// the link. <c>unauthenticated</c> with <c>sign_in_required</c> where somebody has the address by now: they sign in and accept by
    /// <see cref="AcceptMyInvitation"/>. Events <c>team.invitation.accepted</c>, <c>team.member.joined</c>.
    /// </summary>
    Task<MemberView> AcceptInvitation(Caller caller, AcceptInvitation request, CancellationToken ct);

    /// <summary>Invitations that wait for the calling person's own address. Capability <c>team.invitation.accept</c> on one's own.</summary>
    Task<Page<InvitationView>> MyInvitations(Caller caller, ListMyInvitations request, CancellationToken ct);

    /// <summary>Accepts an invitation to one's own address. Capability <c>team.invitation.accept</c> on one's own.</summary>
    Task<MemberView> AcceptMyInvitation(Caller caller, AcceptMyInvitation request, CancellationToken ct);
}

/// <summary>Whose members.</summary>
/// <param name="TeamId">The team.</param>
/// <param name="Page">How many, from where.</param>
/// <param name="Search">Part of a name or address.</param>
/// <param name="Role">Only with this role.</param>
public sealed record ListMembers(TeamId TeamId, PageRequest Page, string? Search = null, TeamRole? Role = null);

/// <summary>Which member.</summary>
public sealed record GetMember(TeamId TeamId, UserId UserId);

/// <summary>Whom to add: a person by id or address.</summary>
/// <param name="TeamId">To which team.</param>
/// <param name="UserId">A known person; or</param>
/// <param name="Email">an address, known or not.</param>
/// <param name="Role">Guardian, Member or Visitor.</param>
/// <param name="ViewerType">For a Member; contributor when null.</param>
public sealed record AddMember(TeamId TeamId, UserId? UserId = null, string? Email = null, TeamRole Role = TeamRole.Member, ViewerType? ViewerType = null);

/// <summary>Whom to remove.</summary>
public sealed record RemoveMember(TeamId TeamId, UserId UserId);

/// <summary>Whose role to change.</summary>
public sealed record ChangeMemberRole(TeamId TeamId, UserId UserId, TeamRole Role, ViewerType? ViewerType = null);

/// <summary>Who shall be the Owner.</summary>
public sealed record TransferOwner(TeamId TeamId, UserId UserId);

/// <summary>Whose invitations.</summary>
/// <param name="TeamId">The team.</param>
/// <param name="Page">How many, from where.</param>
/// <param name="OnlyOpen">Leaves out accepted, revoked and expired ones.</param>
public sealed record ListInvitations(TeamId TeamId, PageRequest Page, bool OnlyOpen = true);

/// <summary>Which invitation to take back.</summary>
public sealed record RevokeInvitation(TeamId TeamId, InvitationId Id);

/// <summary>An invitation's link.</summary>
public sealed record InspectInvitation(string Token);

/// <summary>An invitation's link.</summary>
/// <param name="Token">From the mail.</param>
/// <param name="DisplayName">What a new person wants to be called.</param>
/// <param name="Locale"><c>uk</c> or <c>en</c>, for a new person.</param>
public sealed record AcceptInvitation(string Token, string? DisplayName = null, string? Locale = null);

/// <summary>How many, from where.</summary>
public sealed record ListMyInvitations(PageRequest Page);

/// <summary>Which one.</summary>
public sealed record AcceptMyInvitation(InvitationId Id);

/// <summary>What adding came to: a member, or an invitation.</summary>
/// <param name="Member">The new member, for a known person.</param>
/// <param name="Invitation">The invitation, for an unknown address.</param>
public sealed record MemberAdded(MemberView? Member, InvitationView? Invitation);

/// <summary>A member.</summary>
public sealed record MemberView(TeamId TeamId, UserId UserId, string DisplayName, string Email, TeamRole Role, ViewerType? ViewerType, DateTimeOffset JoinedAt);

/// <summary>Where an invitation stands.</summary>
public enum InvitationState
{
    /// <summary>Waits for its answer.</summary>
    Open,

    /// <summary>Became a membership.</summary>
    Accepted,

    /// <summary>Taken back.</summary>
    Revoked,

    /// <summary>Too old: 14 days.</summary>
    Expired,
}

/// <summary>An invitation.</summary>
public sealed record InvitationView(
    InvitationId Id, TeamId TeamId, string TeamName, string Email, TeamRole Role, ViewerType? ViewerType, InvitationState State,
    UserId? InvitedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);
