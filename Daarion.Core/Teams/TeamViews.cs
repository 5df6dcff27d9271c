using Daarion.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace Daarion.Core.Teams;

/// <summary>How rows become answers.</summary>
internal static class TeamViews
{
    public static IQueryable<TeamView> AsViews(this IQueryable<Team> teams) => teams.AsNoTracking().Select(team => new TeamView(
        team.Id,
        team.Name,
        team.Slug,
        team.Mode,
        team.State,
        team.Plan,
        team.Members.Where(member => member.Role == TeamRole.Owner).Select(member => (UserId?)member.UserId).FirstOrDefault(),
        team.Members.Count,
        team.CreatedAt,
        team.ArchivedAt,
        team.ArchivedAt + Team.RestoreLimit,
        team.Version));

    public static TeamView View(this Team team) => new(
        team.Id,
        team.Name,
        team.Slug,
        team.Mode,
        team.State,
        team.Plan,
        team.Members.Where(member => member.Role == TeamRole.Owner).Select(member => (UserId?)member.UserId).FirstOrDefault(),
        team.Members.Count,
        team.CreatedAt,
        team.ArchivedAt,
        team.RestorableUntil,
        team.Version);

    public static MemberView View(this Member member, User user) =>
        new(member.TeamId, member.UserId, user.DisplayName, user.Email, member.Role, member.ViewerType, member.JoinedAt);

    public static UserView View(this User user) => new(user.Id, user.Email, user.DisplayName, user.Locale, user.CreatedAt, user.LastLoginAt, user.DisabledAt);

    public static InvitationView View(this Invitation invitation, string teamName, DateTimeOffset at) => new(
        invitation.Id,
        invitation.TeamId,
        teamName,
        invitation.Email,
        invitation.Role,
        invitation.ViewerType,
        invitation.StateAt(at),
        invitation.InvitedBy,
        invitation.CreatedAt,
        invitation.ExpiresAt);

    /// <summary>A pattern for <c>ilike</c> that finds a text anywhere; null for nothing to find.</summary>
    public static string? Pattern(string? search) => string.IsNullOrWhiteSpace(search)
        ? null
        : $"%{search.Trim().Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";
}
