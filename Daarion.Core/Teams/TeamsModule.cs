using Daarion.Core.Data;
using Daarion.Core.Events;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Microsoft.Extensions.DependencyInjection;

namespace Daarion.Core.Teams;

/// <summary>Teams, members and people.</summary>
public sealed class TeamsModule : ICityModule
{
    private static readonly string[] Everyone = ["role.Owner", "role.Guardian", "role.Member", "role.Visitor"];
    private static readonly string[] Managers = ["role.Owner", "role.Guardian", "city.Owner", "city.Guardian"];
    private static readonly string[] Readers = ["city.Owner", "city.Guardian", "city.Member"];
    private static readonly string[] Services = [.. ServiceName.All.Select(service => $"service.{service}")];

    /// <inheritdoc/>
    public string Service => ServiceName.Teams;

    /// <inheritdoc/>
    public IReadOnlyList<CapabilityDeclaration> Capabilities { get; } =
    [
        new("team.read", "See a team and its members.", CapabilityRisk.Low, [.. Everyone, .. Readers, .. Services]),
        new("team.create", "Make a team and become its Owner.", CapabilityRisk.Medium, ["role.Owner:own", "role.Guardian:own", "role.Member:own", "role.Visitor:own", "city.Owner", "city.Guardian"]),
        new("team.update", "Change a team's name.", CapabilityRisk.Medium, [.. Managers, "service.auth"]),
        new("team.mode.change", "Make a team confidential.", CapabilityRisk.High, Managers),
        new("team.mode.open", "Make a confidential team public again.", CapabilityRisk.High, ["role.Owner"]),
        new("team.plan.change", "Change a team's plan.", CapabilityRisk.High, ["role.Owner", "city.Owner", "city.Guardian"]),
        new("team.state.change", "Lock a team and open it again.", CapabilityRisk.High, Managers),
        new("city.team.suspend", "Suspend a team, and let it go on.", CapabilityRisk.High, ["city.Owner", "city.Guardian"]),
        new("team.delete", "Delete a team, to be undone within 30 days.", CapabilityRisk.High, ["role.Owner", "city.Owner"]),
        new(Actions.Restore, "Undo the deletion of a team.", CapabilityRisk.High, ["role.Owner", "city.Owner", "city.Guardian"]),
        new("team.member.add", "Add or invite members.", CapabilityRisk.Medium, [.. Managers, "service.auth"]),
        new("team.member.remove", "Remove members.", CapabilityRisk.Medium, [.. Managers, "service.auth"]),
        new("team.member.change_role", "Change members' roles.", CapabilityRisk.Medium, [.. Managers, "service.auth"]),
        new("team.guardian.manage", "Make and unmake Guardians.", CapabilityRisk.High, ["role.Owner", "city.Owner", "service.auth"]),
        new("team.leave", "Leave a team.", CapabilityRisk.Low, ["role.Owner", "role.Guardian", "role.Member@reader", "role.Visitor"]),
        new("team.owner.transfer", "Make another member the Owner.", CapabilityRisk.High, ["role.Owner", "city.Owner"]),
        new("team.invitation.read", "See who is invited.", CapabilityRisk.Low, [.. Managers, "city.Member"]),
        new("team.invitation.accept", "Accept invitations to one's own address.", CapabilityRisk.Low, ["role.Owner:own", "role.Guardian:own", "role.Member:own", "role.Visitor:own"]),
        new("user.read", "See people: everybody for operators, oneself for anybody.", CapabilityRisk.Low, ["role.Owner:own", "role.Guardian:own", "role.Member:own", "role.Visitor:own", .. Readers, .. Services]),
        new("user.update", "Change one's own name and language.", CapabilityRisk.Low, ["role.Owner:own", "role.Guardian:own", "role.Member:own", "role.Visitor:own"]),
        new("user.create", "Make a person out of a verified address.", CapabilityRisk.High, ["service.auth"]),
        new("user.record_sign_in", "Keep the time of a person's last sign-in.", CapabilityRisk.Low, ["service.teams"]),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<EventDeclaration> Events { get; } =
    [
        EventDeclaration.Of<TeamCreated>("team.created", ServiceName.Teams),
        EventDeclaration.Of<TeamUpdated>("team.updated", ServiceName.Teams),
        EventDeclaration.Of<TeamModeChanged>("team.mode.changed", ServiceName.Teams),
        EventDeclaration.Of<TeamMemberJoined>("team.member.joined", ServiceName.Teams),
        EventDeclaration.Of<TeamMemberLeft>("team.member.left", ServiceName.Teams),
        EventDeclaration.Of<TeamMemberRoleChanged>("team.member.role_changed", ServiceName.Teams),
        EventDeclaration.Of<TeamInvitationCreated>("team.invitation.created", ServiceName.Teams),
        EventDeclaration.Of<TeamInvitationRevoked>("team.invitation.revoked", ServiceName.Teams),
        EventDeclaration.Of<TeamInvitationAccepted>("team.invitation.accepted", ServiceName.Teams),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<ConsumerDeclaration> Consumers { get; } =
    [
        ConsumerDeclaration.Of<RecordSignInWhenSessionCreated>(ServiceName.Teams, "auth.session.created"),
    ];

    /// <inheritdoc/>
    public void AddTo(IServiceCollection services)
    {
        services.AddModuleDbContext<TeamsDbContext>(ServiceName.Teams);
        services.AddContract<ITeamService, TeamService>(ServiceName.Teams);
        services.AddContract<IMembershipService, MembershipService>(ServiceName.Teams);
        services.AddContract<IUserService, UserService>(ServiceName.Teams);
        services.AddScoped<RecordSignInWhenSessionCreated>();
        services.AddSingleton<ITeamFacts, TeamFacts>();
    }
}
