using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Teams;

/// <summary>An invitation by mail. Its link is the proof that the address is the guest's own; only the link's digest is kept.</summary>
internal sealed class Invitation
{
    /// <summary>How long it is good.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    /// <summary>Invitations of a team that may be open at once: each is a letter, and letters are not for flooding.</summary>
    public const int MaxOpen = 200;

    private Invitation()
    {
    }

    public InvitationId Id { get; private set; }

    public TeamId TeamId { get; private set; }

    public string Email { get; private set; } = string.Empty;

    public TeamRole Role { get; private set; }

    public ViewerType? ViewerType { get; private set; }

    public byte[] TokenHash { get; private set; } = [];

    public UserId? InvitedBy { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset ExpiresAt { get; private set; }

    public DateTimeOffset? AcceptedAt { get; private set; }

    public UserId? AcceptedBy { get; private set; }

    public DateTimeOffset? RevokedAt { get; private set; }

    public static (Invitation Invitation, string Token) New(TeamId team, EmailAddress email, TeamRole role, ViewerType? viewerType, UserId? invitedBy, DateTimeOffset at)
    {
        if (role == TeamRole.Owner)
        {
            throw CityException.Invalid("role", "A team has one Owner; transfer the ownership instead.");
        }

        var token = OneTimeToken.New();
        var invitation = new Invitation
        {
            Id = InvitationId.New(at),
            TeamId = team,
            Email = email.Value,
            Role = role,
            ViewerType = Member.ViewerTypeOf(role, viewerType),
            TokenHash = OneTimeToken.Digest(token),
            InvitedBy = invitedBy,
            CreatedAt = at,
            ExpiresAt = at + Lifetime,
        };
        return (invitation, token);
    }

    public InvitationState StateAt(DateTimeOffset at) =>
        AcceptedAt is not null ? InvitationState.Accepted
        : RevokedAt is not null ? InvitationState.Revoked
        : at >= ExpiresAt ? InvitationState.Expired
        : InvitationState.Open;

    public void Accept(UserId user, DateTimeOffset at)
    {
        RequireOpen(at);
        (AcceptedAt, AcceptedBy) = (at, user);
    }

    public void Revoke(DateTimeOffset at)
    {
        if (StateAt(at) is InvitationState.Accepted or InvitationState.Revoked)
        {
            throw CityException.Conflict("This invitation is no longer open.", "invitation_closed");
        }

        RevokedAt = at;
    }

    public void RequireOpen(DateTimeOffset at)
    {
        if (StateAt(at) != InvitationState.Open)
        {
            throw CityException.Conflict("This invitation is no longer open; ask for a new one.", "invitation_closed");
        }
    }
}
