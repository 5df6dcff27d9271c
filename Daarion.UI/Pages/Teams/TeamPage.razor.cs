using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.UI.Components;
using Daarion.UI.Components.Tables;
using Daarion.UI.Pages.Settings;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Teams;

/// <summary>A team: who belongs to it, who is invited, what happened; its facts and settings.</summary>
public sealed partial class TeamPage
{
    private TeamView? team;
    private TeamId teamId;
    private RightSet may = RightSet.None;
    private CityTable<MemberView>? members;
    private CityTable<InvitationView>? invitations;
    private AuditTrail? trail;
    private IReadOnlyList<TableFilter> roleFilter = [];
    private IReadOnlyList<TableFilter> invitationFilter = [];
    private Ask asking;
    private MemberView? subject;
    private InvitationView? revoking;
    private string email = "";
    private TeamRole role = TeamRole.Member;
    private ViewerType viewer = ViewerType.Contributor;

    private enum Ask
    {
        Nothing,
        Add,
        Role,
        Remove,
    }

    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    [Inject]
    private IMembershipService Memberships { get; set; } = null!;

    protected override async Task Load()
    {
        teamId = TeamId.Parse(Id);
        team = await Once("team", () => Teams.Get(Caller, new GetTeam(teamId), Gone));
        may = await Rights.Of(
            Gone,
            [
                new RightQuestion("city.team.suspend"),
                .. new[]
                {
                    "team.update", "team.mode.change", "team.mode.open", "team.plan.change", "team.state.change", "team.delete", "team.restore", "team.member.add", "team.member.remove", "team.member.change_role", "team.owner.transfer", "team.invitation.read", "audit.read", "access_key.read", "access_key.create", "usage.read",
                }.Select(action => new RightQuestion(action, teamId)),
            ]);
        roleFilter = [new("role", T["teams.role"], [.. Enum.GetValues<TeamRole>().Reverse().Select(r => (Words.Of(r), T.Word(r)))])];
        invitationFilter = [new("all", T["teams.only_open"], [("yes", T["teams.all_invitations"])])];
    }

    private Task<Page<MemberView>> Members(TableQuery query, CancellationToken ct) => Memberships.List(Caller, new ListMembers(teamId, query.Page, query.Search, query.Filter<TeamRole>("role")), ct);

    private Task<Page<InvitationView>> Invitations(TableQuery query, CancellationToken ct) => Memberships.Invitations(Caller, new ListInvitations(teamId, query.Page, query.Filter("all") is null), ct);

    private async Task Changed()
    {
        await ReloadLive();
        await Task.WhenAll(members?.Refresh() ?? Task.CompletedTask, invitations?.Refresh() ?? Task.CompletedTask, trail?.Refresh() ?? Task.CompletedTask);
    }

    private async Task Add()
    {
        await Memberships.Add(Caller, new AddMember(teamId, null, email.Trim(), role, role == TeamRole.Member ? viewer : null), Gone);
        email = "";
        Nothing();
        await Changed();
    }

    private async Task ChangeRole()
    {
        if (await Do(() => Memberships.ChangeRole(Caller, new ChangeMemberRole(teamId, subject!.UserId, role, role == TeamRole.Member ? viewer : null), Gone), T["common.saved"]))
        {
            Nothing();
            await Changed();
        }
    }

    private async Task Remove()
    {
        if (await Do(() => Memberships.Remove(Caller, new RemoveMember(teamId, subject!.UserId), Gone), T["teams.removed", subject!.DisplayName]))
        {
            Nothing();
            await Changed();
        }
    }

    private async Task Revoke()
    {
        var invitation = revoking!;
        if (await Do(() => Memberships.RevokeInvitation(Caller, new RevokeInvitation(teamId, invitation.Id), Gone), T["teams.revoked", invitation.Email]))
        {
            revoking = null;
            await (invitations?.Refresh() ?? Task.CompletedTask);
        }
    }

    private void Begin(Ask ask, MemberView member)
    {
        (asking, subject, role, viewer) = (ask, member, member.Role, member.ViewerType ?? ViewerType.Contributor);
    }

    private void Nothing() => (asking, subject) = (Ask.Nothing, null);
}
