using Daarion.Core.Capabilities;
using Daarion.Core.Governance;
using Daarion.Core.Kernel;
using Daarion.Core.Policy;
using Daarion.UI.Components;
using Daarion.UI.Text;
using Microsoft.AspNetCore.Components;

namespace Daarion.UI.Pages.Governance;

/// <summary>A proposal or policy: the vote and how it stands, what it would change, what happened to it, and the way back.</summary>
public sealed partial class ProposalPage
{
    private PolicyDetail? detail;
    private IReadOnlyList<PolicyEntry> log = [];
    private RightSet may = RightSet.None;
    private Simulation? simulation;
    private string? asking;
    private string reason = "";

    /// <summary><c>gov_…</c>.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private IGovernanceService Governance { get; set; } = null!;

    [Inject]
    private ScreenClock Clock { get; set; } = null!;

    private PolicyDetail P => detail!;

    private string? Me => Session.Person?.Id.Value;

    private bool IsMine => detail?.Policy.ProposedBy == Me;

    private bool IsDone => P.Policy.Status is PolicyStatus.Applied or PolicyStatus.RolledBack;

    private PolicyRef Ref => new(PolicyId.Parse(Id));

    protected override async Task Load()
    {
        if (!Loaded)
        {
            may = await Rights.Of(
                Gone,
                new RightQuestion("governance.vote.cast", Resource: new DecisionResource("vote", Id, Owner: Me)),
                new RightQuestion("governance.policy.manage"));
        }

        detail = await Once("policy", () => Governance.GetPolicy(Caller, Ref, Gone));
        log = (await Once("log", () => Governance.GetChangelog(Caller, Ref, Gone))).Entries;
    }

    private static string Picture(VoteChoice choice) => choice switch { VoteChoice.Yes => "check", VoteChoice.No => "cross", _ => "dash" };

    private async Task Vote(VoteChoice choice)
    {
        if (await Do(() => Governance.CastVote(Caller, new CastVote(Ref.Id, choice), Gone), T["governance.voted"]))
        {
            await Reload();
        }
    }

    private async Task Cancel()
    {
        if (await Do(() => Governance.Cancel(Caller, new CancelProposal(Ref.Id), Gone), T["governance.cancelled"]))
        {
            await Reload();
        }

        asking = null;
    }

    private async Task Rollback()
    {
        var second = P.RollbackAskedBy is not null;
        if (await Do(() => Governance.Rollback(Caller, new RollbackPolicy(Ref.Id, reason), Gone), T[second ? "governance.rollback_done" : "governance.rollback_asked"]))
        {
            (asking, reason) = (null, string.Empty);
            await Reload();
        }
    }

    private Task<bool> Simulate() => Do(async () => simulation = await Governance.Simulate(Caller, new SimulateProposal(Ref.Id), Gone));

    private string? Note(PolicyEntry entry) => (entry.What, entry.Note) switch
    {
        (_, null) or ("proposed", _) => null,
        ("opened", { } all) => T["governance.circulating", $"{Number(all)} {Symbol.DAARION.Code()}"],
        ("approved" or "rejected", { } counts) => string.Join(" / ", counts.Split(" / ").Select(Number)),
        ("applied", { } version) => T["decisions.version", version],
        ("failed", { } problem) => Failures.Sentence(problem),
        (_, { } note) => note,
    };

    private static string Number(string text) => Quantity.TryParse(text, null, out var quantity) ? Format.Quantity(quantity) : text;
}
