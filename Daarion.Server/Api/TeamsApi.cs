using Daarion.Core.Kernel;
using Daarion.Core.Teams;
using Daarion.Server.Gateway;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Daarion.Server.Api;

/// <summary>The HTTP face of teams, members and people.</summary>
internal static class TeamsApi
{
    public static void Map(ApiFaces faces)
    {
        var team = faces.Internal.MapGroup("/team");
        team.MapGet("/", ListTeams).Asks("team.read");
        team.MapPost("/create", CreateTeam).Asks("team.create");
        team.MapGet("/{id}", GetTeam).Asks("team.read");
        team.MapPatch("/{id}", UpdateTeam).Asks("team.update");
        team.MapDelete("/{id}", ArchiveTeam).Asks("team.delete");
        team.MapPost("/{id}/restore", RestoreTeam).Asks("team.restore");
        team.MapGet("/{team_id}/members", ListMembers).Asks("team.read");
        team.MapGet("/{team_id}/invitations", ListInvitations).Asks("team.invitation.read");
        team.MapPost("/member/add", AddMember).Asks("team.member.add");
        team.MapPost("/member/remove", RemoveMember).Asks("team.member.remove");
        team.MapPost("/member/role", ChangeRole).Asks("team.member.change_role");
        team.MapPost("/owner/transfer", TransferOwner).Asks("team.owner.transfer");
        team.MapPost("/invitation/revoke", RevokeInvitation).Asks("team.member.add");

        faces.Internal.MapGet("/users", ListUsers).Asks("user.read");
        faces.Internal.MapGet("/user", FindUser).Asks("user.read");
        faces.Internal.MapPost("/user", EnsureUser).Asks("user.create");
        faces.Internal.MapGet("/user/{id}", GetUser).Asks("user.read");

        var teams = faces.Public.MapGroup("/teams");
        teams.MapGet("/", MyTeams).Asks("team.read");
        teams.MapPost("/", CreateTeam).Asks("team.create");
        teams.MapGet("/{id}", GetTeam).Asks("team.read");
        teams.MapPatch("/{id}", UpdateTeam).Asks("team.update");
        teams.MapDelete("/{id}", ArchiveTeam).Asks("team.delete");
        teams.MapPost("/{id}/restore", RestoreTeam).Asks("team.restore");
        teams.MapPost("/{team_id}/transfer", TransferOwner).Asks("team.owner.transfer");
        teams.MapGet("/{team_id}/members", ListMembers).Asks("team.read");
        teams.MapPost("/{team_id}/members", AddMember).Asks("team.member.add");
        teams.MapGet("/{team_id}/members/{user_id}", GetMember).Asks("team.read");
        teams.MapPatch("/{team_id}/members/{user_id}", ChangeRole).Asks("team.member.change_role");
        teams.MapDelete("/{team_id}/members/{user_id}", RemoveMember).Asks("team.member.remove");
        teams.MapGet("/{team_id}/invitations", ListInvitations).Asks("team.invitation.read");
        teams.MapDelete("/{team_id}/invitations/{id}", RevokeInvitation).Asks("team.member.add");

        faces.Public.MapGet("/me", Me).Asks("user.read");
        faces.Public.MapPatch("/me", UpdateMe).Asks("user.update");
        faces.Public.MapGet("/me/invitations", MyInvitations).Asks("team.invitation.accept");
        faces.Public.MapPost("/me/invitations/{id}/accept", AcceptMyInvitation).Asks("team.invitation.accept");
    }

    private static async Task<Ok<Page<TeamView>>> ListTeams(RequestCaller caller, Input<ListTeams> request, ITeamService teams, CancellationToken ct) =>
        TypedResults.Ok(await teams.List(caller, request, ct));

    private static async Task<Ok<Page<MyTeamView>>> MyTeams(RequestCaller caller, Input<ListMyTeams> request, ITeamService teams, CancellationToken ct) =>
        TypedResults.Ok(await teams.Mine(caller, request, ct));

    private static async Task<Tagged<TeamView>> GetTeam(RequestCaller caller, Input<GetTeam> request, ITeamService teams, CancellationToken ct) =>
        Tagged(await teams.Get(caller, request, ct));

    private static async Task<Created<TeamView>> CreateTeam(RequestCaller caller, Input<CreateTeam> request, ITeamService teams, CancellationToken ct)
    {
        var team = await teams.Create(caller, request, ct);
        return TypedResults.Created($"/api/v1/teams/{team.Id}", team);
    }

    private static async Task<Tagged<TeamView>> UpdateTeam(RequestCaller caller, Input<UpdateTeam> request, ITeamService teams, CancellationToken ct) =>
        Tagged(await teams.Update(caller, request, ct));

    private static async Task<Tagged<TeamView>> ArchiveTeam(RequestCaller caller, Input<ArchiveTeam> request, ITeamService teams, CancellationToken ct) =>
        Tagged(await teams.Archive(caller, request, ct));

    private static async Task<Tagged<TeamView>> RestoreTeam(RequestCaller caller, Input<RestoreTeam> request, ITeamService teams, CancellationToken ct) =>
        Tagged(await teams.Restore(caller, request, ct));

    private static async Task<Ok<Page<MemberView>>> ListMembers(RequestCaller caller, Input<ListMembers> request, IMembershipService members, CancellationToken ct) =>
        TypedResults.Ok(await members.List(caller, request, ct));

    private static async Task<Ok<MemberView>> GetMember(RequestCaller caller, Input<GetMember> request, IMembershipService members, CancellationToken ct) =>
        TypedResults.Ok(await members.Get(caller, request, ct));

    private static async Task<Created<MemberAdded>> AddMember(RequestCaller caller, Input<AddMember> request, IMembershipService members, CancellationToken ct)
    {
        var added = await members.Add(caller, request, ct);
        return TypedResults.Created(added.Member is { } member ? $"/api/v1/teams/{member.TeamId}/members/{member.UserId}" : null, added);
    }

    private static async Task<Ok<MemberView>> RemoveMember(RequestCaller caller, Input<RemoveMember> request, IMembershipService members, CancellationToken ct) =>
        TypedResults.Ok(await members.Remove(caller, request, ct));

    private static async Task<Ok<MemberView>> ChangeRole(RequestCaller caller, Input<ChangeMemberRole> request, IMembershipService members, CancellationToken ct) =>
        TypedResults.Ok(await members.ChangeRole(caller, request, ct));

    private static async Task<Ok<MemberView>> TransferOwner(RequestCaller caller, Input<TransferOwner> request, IMembershipService members, CancellationToken ct) =>
        TypedResults.Ok(await members.TransferOwner(caller, request, ct));

    private static async Task<Ok<Page<InvitationView>>> ListInvitations(RequestCaller caller, Input<ListInvitations> request, IMembershipService members, CancellationToken ct) =>
        TypedResults.Ok(await members.Invitations(caller, request, ct));

    private static async Task<Ok<InvitationView>> RevokeInvitation(RequestCaller caller, Input<RevokeInvitation> request, IMembershipService members, CancellationToken ct) =>
        TypedResults.Ok(await members.RevokeInvitation(caller, request, ct));

    private static async Task<Ok<Page<UserView>>> ListUsers(RequestCaller caller, Input<ListUsers> request, IUserService users, CancellationToken ct) =>
        TypedResults.Ok(await users.List(caller, request, ct));

    private static async Task<Ok<UserView>> FindUser(RequestCaller caller, Input<FindUserByEmail> request, IUserService users, CancellationToken ct) =>
        TypedResults.Ok(await users.FindByEmail(caller, request, ct));

    private static async Task<Ok<UserView>> EnsureUser(RequestCaller caller, Input<EnsureUser> request, IUserService users, CancellationToken ct) =>
        TypedResults.Ok(await users.Ensure(caller, request, ct));

    private static async Task<Ok<UserView>> GetUser(RequestCaller caller, Input<GetUser> request, IUserService users, CancellationToken ct) =>
        TypedResults.Ok(await users.Get(caller, request, ct));

    private static async Task<Ok<MeView>> Me(RequestCaller caller, Input<GetMe> request, IUserService users, CancellationToken ct) =>
        TypedResults.Ok(await users.Me(caller, request, ct));

    private static async Task<Ok<UserView>> UpdateMe(RequestCaller caller, Input<UpdateMe> request, IUserService users, CancellationToken ct) =>
        TypedResults.Ok(await users.UpdateMe(caller, request, ct));

    private static async Task<Ok<Page<InvitationView>>> MyInvitations(RequestCaller caller, Input<ListMyInvitations> request, IMembershipService members, CancellationToken ct) =>
        TypedResults.Ok(await members.MyInvitations(caller, request, ct));

    private static async Task<Ok<MemberView>> AcceptMyInvitation(RequestCaller caller, Input<AcceptMyInvitation> request, IMembershipService members, CancellationToken ct) =>
        TypedResults.Ok(await members.AcceptMyInvitation(caller, request, ct));

    private static Tagged<TeamView> Tagged(TeamView team) => ETags.Ok(team, team.Version);
}
