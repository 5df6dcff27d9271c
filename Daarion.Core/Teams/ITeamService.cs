using Daarion.Core.Kernel;
using Daarion.Core.Policy;

namespace Daarion.Core.Teams;

/// <summary>Teams (seed 4.1): what they are called, who sees them, whether they may change anything.</summary>
public interface ITeamService
{
    /// <summary>One team. Capability <c>team.read</c>; <c>not_found</c> for whoever may not even know that it exists.</summary>
    Task<TeamView> Get(Caller caller, GetTeam request, CancellationToken ct);

    /// <summary>All teams of the city, newest first, searched and filtered. Capability <c>team.read</c> in the city.</summary>
    Task<Page<TeamView>> List(Caller caller, ListTeams request, CancellationToken ct);

    /// <summary>The teams a person belongs to, with the role there. Capability <c>team.read</c> on one's own.</summary>
    Task<Page<MyTeamView>> Mine(Caller caller, ListMyTeams request, CancellationToken ct);

    /// <summary>
    /// Makes a team with its one Owner. Capability <c>team.create</c>. Events <c>team.created</c>, <c>team.member.joined</c>.
    /// Refuses a slug that is taken (<c>conflict</c>); without one the slug is made from the name.
    /// </summary>
    Task<TeamView> Create(Caller caller, CreateTeam request, CancellationToken ct);

    /// <summary>
    /// Changes name, mode, plan or state; what is null stays. Capabilities <c>team.update</c>, <c>team.mode.change</c>, <c>team.plan.change</c>,
    /// <c>team.state.change</c>, each for what it is about. Events <c>team.updated</c>, <c>team.mode.changed</c>.
    /// A stale version is a <c>conflict</c>. From confidential back to public only the Owner may, and it is audited.
    /// </summary>
    Task<TeamView> Update(Caller caller, UpdateTeam request, CancellationToken ct);

    /// <summary>Deletes a team, to be undone within 30 days. Capability <c>team.delete</c>. Event <c>team.updated</c>.</summary>
    Task<TeamView> Archive(Caller caller, ArchiveTeam request, CancellationToken ct);

    /// <summary>Undoes a deletion. Capability <c>team.restore</c>, which the Owner and operators hold and no Guardian does; <c>conflict</c> after 30 days. Event <c>team.updated</c>.</summary>
    Task<TeamView> Restore(Caller caller, RestoreTeam request, CancellationToken ct);
}

/// <summary>Which team.</summary>
public sealed record GetTeam(TeamId Id);

/// <summary>Which teams.</summary>
/// <param name="Page">How many, from where.</param>
/// <param name="Search">Part of the name or slug, or an id.</param>
/// <param name="Mode">Only of this mode.</param>
/// <param name="State">Only in this state; without it archived ones are left out.</param>
/// <param name="Plan">Only on this plan.</param>
/// <param name="Sort">The order.</param>
public sealed record ListTeams(PageRequest Page, string? Search = null, TeamMode? Mode = null, TeamState? State = null, TeamPlan? Plan = null, TeamSort Sort = TeamSort.Newest);

/// <summary>Orders of the list of teams.</summary>
public enum TeamSort
{
    /// <summary>The newest first.</summary>
    Newest,

    /// <summary>By name.</summary>
    Name,
}

/// <summary>Which of a person's teams.</summary>
/// <param name="Page">How many, from where.</param>
/// <param name="UserId">Whose; the caller's own when null.</param>
public sealed record ListMyTeams(PageRequest Page, UserId? UserId = null);

/// <summary>A new team.</summary>
/// <param name="Name">1 to 80 characters.</param>
/// <param name="Mode">Who sees it.</param>
/// <param name="OwnerUserId">Its Owner; the calling person when null.</param>
/// <param name="Slug">3 to 48 characters of a-z, 0-9 and hyphens; made from the name when null.</param>
public sealed record CreateTeam(string Name, TeamMode Mode = TeamMode.Public, UserId? OwnerUserId = null, string? Slug = null);

/// <summary>What to change; null stays as it is.</summary>
/// <param name="Id">Which team.</param>
/// <param name="Name">Its name.</param>
/// <param name="Mode">Who sees it.</param>
/// <param name="Plan">Its plan.</param>
/// <param name="State">Active, locked or suspended; archiving has its own operation.</param>
/// <param name="ExpectedVersion">The version the change was made from (<c>If-Match</c>).</param>
public sealed record UpdateTeam(TeamId Id, string? Name = null, TeamMode? Mode = null, TeamPlan? Plan = null, TeamState? State = null, long? ExpectedVersion = null);

/// <summary>Which team to delete.</summary>
public sealed record ArchiveTeam(TeamId Id, long? ExpectedVersion = null);

/// <summary>Which team to bring back.</summary>
public sealed record RestoreTeam(TeamId Id);

/// <summary>A team.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Slug">Its name in addresses.</param>
/// <param name="Mode">Who sees it.</param>
/// <param name="State">Whether it may change anything.</param>
/// <param name="Plan">Its plan.</param>
/// <param name="OwnerUserId">Its one Owner; null only for a city that has not been set up.</param>
/// <param name="MemberCount">How many belong to it.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="ArchivedAt">Since when it is deleted.</param>
/// <param name="RestorableUntil">How long the deletion can be undone.</param>
/// <param name="Version">Grows with each change; also its <c>ETag</c>.</param>
public sealed record TeamView(
    TeamId Id, string Name, string Slug, TeamMode Mode, TeamState State, TeamPlan Plan, UserId? OwnerUserId, int MemberCount,
    DateTimeOffset CreatedAt, DateTimeOffset? ArchivedAt, DateTimeOffset? RestorableUntil, long Version);

/// <summary>A team and one's place in it.</summary>
public sealed record MyTeamView(TeamView Team, TeamRole Role, ViewerType? ViewerType, DateTimeOffset JoinedAt);
