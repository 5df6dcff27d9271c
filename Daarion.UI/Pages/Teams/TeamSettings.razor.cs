using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.Core.Teams;
using Daarion.UI.Components;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Teams;

/// <summary>What a team is called, who sees it, its plan and state, and whose it is.</summary>
public sealed partial class TeamSettings
{
    private string name = "";
    private TeamMode mode;
    private TeamPlan plan;
    private long shown = -1;
    private string? asking;
    private string newOwner = "";
    private IReadOnlyList<MemberView> candidates = [];

    [Parameter, EditorRequired]
    public TeamView Team { get; set; } = null!;

    [Parameter, EditorRequired]
    public RightSet May { get; set; } = RightSet.None;

    [Parameter]
    public Func<Task> OnChanged { get; set; } = () => Task.CompletedTask;

    [Inject]
    private ITeamService Teams { get; set; } = null!;

    [Inject]
    private IMembershipService Memberships { get; set; } = null!;

    [Inject]
    private IConsoleSession Session { get; set; } = null!;

    [Inject]
    private Toasts Toasts { get; set; } = null!;

    [Inject]
    private NameBook Names { get; set; } = null!;

    private string modeWord
    {
        get => Words.Of(mode);
        set => mode = Words.Parse<TeamMode>(value);
    }

    private string planWord
    {
        get => Words.Of(plan);
        set => plan = Words.Parse<TeamPlan>(value);
    }

    // To open a confidential team again takes more than to close it.
    private Right ChangeMode => May[Team.Mode == TeamMode.Confidential && May.May("team.mode.change") ? "team.mode.open" : "team.mode.change"];

    private string? WhyNot(Right right) => right.Allow ? null : T.Of("reason", right.Reason);

    protected override void OnParametersSet()
    {
        if (shown != Team.Version)
        {
            (shown, name, mode, plan) = (Team.Version, Team.Name, Team.Mode, Team.Plan);
        }
    }

    private async Task Save()
    {
        var change = new UpdateTeam(
            Team.Id,
            name.Trim() == Team.Name ? null : name.Trim(),
            mode == Team.Mode ? null : mode,
            plan == Team.Plan ? null : plan,
            ExpectedVersion: Team.Version);
        if (change is { Name: null, Mode: null, Plan: null })
        {
            return;
        }

        await Teams.Update(Session.Caller, change, CancellationToken.None);
        Names.Forget(Team.Id.Value);
        Toasts.Done(T["common.saved"]);
        await OnChanged();
    }

    private async Task BeginTransfer()
    {
        candidates = [.. (await Memberships.List(Session.Caller, new ListMembers(Team.Id, new PageRequest(PageRequest.MaxLimit)), CancellationToken.None)).Items.Where(member => member.Role != TeamRole.Owner)];
        asking = "transfer";
    }

    private async Task Confirm()
    {
        try
        {
            await Apply();
            asking = null;
            await OnChanged();
        }
        catch (CityException e)
        {
            Toasts.Failed(e);
        }
    }

    private Task Apply() => asking switch
    {
        "archive" => Teams.Archive(Session.Caller, new ArchiveTeam(Team.Id, Team.Version), CancellationToken.None),
        "restore" => Teams.Restore(Session.Caller, new RestoreTeam(Team.Id), CancellationToken.None),
        "transfer" => Memberships.TransferOwner(Session.Caller, new TransferOwner(Team.Id, UserId.Parse(newOwner)), CancellationToken.None),
        "lock" => ChangeState(TeamState.Locked),
        "suspend" => ChangeState(TeamState.Suspended),
        _ => ChangeState(TeamState.Active),
    };

    private Task<TeamView> ChangeState(TeamState state) => Teams.Update(Session.Caller, new UpdateTeam(Team.Id, State: state, ExpectedVersion: Team.Version), CancellationToken.None);
}
